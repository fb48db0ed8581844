import { Ellipsis, Trash2 } from 'lucide-react';
import { Link } from 'wouter';
import { useDeletePiece, type Piece } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { formatAgo, formatMoment, formatWords } from '../../strings/format.ts';
import { t } from '../../strings/index.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { toast } from '../../ui/toast.tsx';
import styles from './pieces-page.module.css';

/** A piece in the list: what it is called and says, where it stands, when it last changed. */
export function PieceRow({ piece }: { piece: Piece }) {
  const title = piece.title === '' ? t.pieces.untitled : piece.title;
  const changed = new Date(piece.updatedAt);
  return (
    <li className={styles['row']}>
      <div className={styles['about']}>
        <Link href={`/pieces/${piece.id}`} className={styles['link']}>
          {title}
        </Link>
        {piece.standfirst !== '' && <p className={styles['standfirst']}>{piece.standfirst}</p>}
        <p className={styles['facts']}>
          <span>{t.pieces.status[piece.status]}</span>
          <span>{formatWords(piece.words)}</span>
          <time dateTime={piece.updatedAt} title={formatMoment(changed)}>
            {t.pieces.changed(formatAgo(changed))}
          </time>
        </p>
      </div>
      {piece.role === 'owner' && <RowMenu id={piece.id} title={title} />}
    </li>
  );
}

function RowMenu({ id, title }: { id: string; title: string }) {
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
    <Menu align="end" trigger={<IconButton label={t.pieces.actions(title)} icon={<Ellipsis />} />}>
      <MenuItem icon={<Trash2 />} danger onSelect={remove}>
        {t.pieces.remove}
      </MenuItem>
    </Menu>
  );
}
