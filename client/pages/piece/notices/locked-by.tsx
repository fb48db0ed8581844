import { Lock } from 'lucide-react';
import { useChangePiece, type PieceWithPeople } from '../../../api/pieces.ts';
import { problemText } from '../../../api/problem-text.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { toast } from '../../../ui/overlay/toast.ts';

/** Who has locked the piece, with the way for an owner to end that. */
export default function LockedBy({ piece }: { piece: PieceWithPeople }) {
  const change = useChangePiece(piece.id);
  const unlock = () =>
    change.mutate(
      { locked: false },
      { onError: (error) => toast({ text: problemText(error), kind: 'bad' }) },
    );
  return (
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
  );
}
