import { Lock } from 'lucide-react';
import { useChangePiece, type PieceWithPeople } from '../../api/pieces.ts';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/piece.ts';
import { Button } from '../../ui/button.tsx';
import { toast } from '../../ui/toast.ts';
import styles from './piece-page.module.css';

/** Says that nobody changes the text for now, and lets an owner end that. */
export function LockNote({ piece }: { piece: PieceWithPeople | undefined }) {
  const change = useChangePiece(piece?.id ?? '');
  const locked = piece?.locked === true;
  const unlock = () =>
    change.mutate(
      { locked: false },
      { onError: (error) => toast({ text: problemText(error), kind: 'bad' }) },
    );
  // The region is always there: screen readers hear what is put into it.
  return (
    <div role="status" className={locked ? styles['note'] : undefined}>
      {locked && (
        <>
          <Lock aria-hidden size={16} />
          <p>
            {t.piece.locked.by(piece.lockedBy?.name ?? null)}{' '}
            {piece.role !== 'reader' && t.piece.locked.stillComment}
          </p>
          {piece.role === 'owner' && (
            <Button busy={change.isPending} onClick={unlock}>
              {t.piece.locked.unlock}
            </Button>
          )}
        </>
      )}
    </div>
  );
}
