import { Ellipsis, PenLine, RotateCcw, Trash2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { useDeletePiece, type PieceWithPeople } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { formatAgo, formatMoment, formatWords } from '../../strings/format.ts';
import { t } from '../../strings/index.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import styles from './pieces-page.module.css';

const RenameDialog = lazy(() => import('./rename-dialog.tsx'));

/** A piece in the list: what it is called and says, where it stands, who changed it last and when. */
export function PieceRow({ piece }: { piece: PieceWithPeople }) {
  const title = piece.title === '' ? t.pieces.untitled : piece.title;
  const changed = new Date(piece.updatedAt);
  const isDeleted = piece.deletedAt !== null;
  const ago = formatAgo(changed);
  return (
    <li className={styles['row']}>
      <div className={styles['about']}>
        {isDeleted ? (
          <span className={styles['link']}>{title}</span>
        ) : (
          <Link href={`/pieces/${piece.id}`} className={styles['link']}>
            {title}
          </Link>
        )}
        {piece.standfirst !== '' && <p className={styles['standfirst']}>{piece.standfirst}</p>}
        <p className={styles['facts']}>
          <span className={styles['state']} data-status={piece.status}>
            {t.pieces.status[piece.status]}
          </span>
          <span>{formatWords(piece.words)}</span>
          <time dateTime={piece.updatedAt} title={formatMoment(changed)}>
            {piece.changedBy
              ? t.pieces.changedBy(ago, piece.changedBy.name)
              : t.pieces.changed(ago)}
          </time>
        </p>
      </div>
      {piece.present.length > 0 && <Present people={piece.present} />}
      {isDeleted ? (
        <Undelete id={piece.id} />
      ) : (
        piece.role !== 'reader' && piece.role !== 'reviewer' && <RowMenu {...{ piece, title }} />
      )}
    </li>
  );
}

function Present({ people }: { people: PieceWithPeople['present'] }) {
  const names = people.map(({ name }) => name).join(', ');
  return (
    <span
      className={styles['present']}
      role="img"
      aria-label={t.pieces.present(names)}
      title={names}
    >
      {people.slice(0, 5).map(({ id, name, color }) => (
        <Avatar key={id} name={name} color={color} />
      ))}
    </span>
  );
}

function Undelete({ id }: { id: string }) {
  const change = useDeletePiece((error) => toast({ text: problemText(error), kind: 'bad' }));
  return (
    <Button
      icon={<RotateCcw />}
      busy={change.isPending}
      onClick={() => change.mutate({ id, undelete: true })}
    >
      {t.pieces.undelete}
    </Button>
  );
}

function RowMenu({ piece, title }: { piece: PieceWithPeople; title: string }) {
  const { id, role } = piece;
  const [renaming, setRenaming] = useState(false);
  const change = useDeletePiece((error) => toast({ text: problemText(error), kind: 'bad' }));
  const undelete = () => change.mutate({ id, undelete: true });
  const remove = () => {
    const onSuccess = () =>
      toast({
        text: t.pieces.removed(title),
        action: { label: t.common.undo, run: undelete },
      });
    change.mutate({ id, undelete: false }, { onSuccess });
  };
  return (
    <>
      <Menu
        align="end"
        trigger={<IconButton label={t.pieces.actions(title)} icon={<Ellipsis />} />}
      >
        <MenuItem icon={<PenLine />} onSelect={() => setRenaming(true)}>
          {t.pieces.rename}
        </MenuItem>
        {role === 'owner' && (
          <MenuItem icon={<Trash2 />} danger onSelect={remove}>
            {t.pieces.remove}
          </MenuItem>
        )}
      </Menu>
      {renaming && (
        <Suspense>
          <RenameDialog piece={piece} onClose={() => setRenaming(false)} />
        </Suspense>
      )}
    </>
  );
}
