import { Ellipsis, RotateCcw } from 'lucide-react';
import { Suspense, useState } from 'react';
import { Link } from 'wouter';
import { useDeletePiece, type PieceWithPeople } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { formatAgo, formatMoment, formatWords } from '../../strings/format.ts';
import { t } from '../../strings/index.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button/button.tsx';
import { lazyPart } from '../../ui/loading/lazy-part.tsx';
import { MenuButton } from '../../ui/button/menu-button.tsx';
import { toast } from '../../ui/overlay/toast.ts';
import styles from './pieces-page.module.css';

const loadMenu = () => import('./row-menu.tsx');
const RowMenu = lazyPart(loadMenu);
const RenameDialog = lazyPart(() => import('./rename-dialog.tsx'));

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
        piece.role !== 'reader' && piece.role !== 'reviewer' && <RowActions {...{ piece, title }} />
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

function RowActions({ piece, title }: { piece: PieceWithPeople; title: string }) {
  const [renaming, setRenaming] = useState(false);
  return (
    <>
      <MenuButton
        trigger={<Button kind="quiet" aria-label={t.pieces.actions(title)} icon={<Ellipsis />} />}
        load={loadMenu}
        menu={(trigger) => (
          <RowMenu {...{ piece, title, trigger }} onRename={() => setRenaming(true)} />
        )}
      />
      {renaming && (
        <Suspense>
          <RenameDialog piece={piece} onClose={() => setRenaming(false)} />
        </Suspense>
      )}
    </>
  );
}
