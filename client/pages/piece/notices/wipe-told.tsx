import { Link } from 'wouter';
import type { VersionEvent } from '../../../../shared/protocol/events.ts';
import { useRestore } from '../../../api/history.ts';
import { useMembers } from '../../../api/members.ts';
import { problemText } from '../../../api/problem-text.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { toast } from '../../../ui/overlay/toast.ts';
import type { WipeNoticeProps } from './wipe-notice.tsx';

/** Who took most of the text away, and the way back. */
export default function WipeTold({
  pieceId,
  userId,
  wipe,
  mayRestore,
  onDone,
}: WipeNoticeProps & { wipe: VersionEvent }) {
  const words = t.piece.wiped;
  const { data: members } = useMembers(pieceId);
  const restore = useRestore(pieceId);
  const author = members?.items.find(({ userId: id }) => id === wipe.by)?.name;
  const who =
    wipe.by === userId ? words.byYou : author === undefined ? words.bySomebody : words.by(author);
  const back = () =>
    restore.mutate(
      { moment: wipe.id, section: null },
      {
        onSuccess: ({ restored }) => {
          toast({ text: restored ? words.done : words.same });
          onDone();
        },
        onError: (error) => toast({ text: problemText(error), kind: 'bad' }),
      },
    );
  return (
    <>
      <p>
        {who} {words.kept}
      </p>
      {mayRestore && (
        <Button kind="primary" busy={restore.isPending} onClick={back}>
          {words.back}
        </Button>
      )}
      <Link href={`/pieces/${pieceId}/history?at=${wipe.id}`}>{words.look}</Link>
      <Button kind="quiet" onClick={onDone}>
        {words.dismiss}
      </Button>
    </>
  );
}
