import { Suspense } from 'react';
import type { PieceSession } from '../../../collab/index.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { lazyPart } from '../../../ui/loading/lazy-part.tsx';
import { isShut } from '../access/is-shut.ts';
import styles from '../piece-page.module.css';
import { holds } from '../refused/holds.ts';
import { offerDownload } from '../transfer/download.ts';
import { useSessionState } from '../use-session.ts';

const AskForAccess = lazyPart(() => import('../access/ask-for-access.tsx'));

/** Says in words what is wrong with the connection, and what can be done. The text stays. */
export function ConnectionBanner({ session, pieceId }: { session: PieceSession; pieceId: string }) {
  const link = useSessionState(session, (state) => state.link);
  const save = useSessionState(session, (state) => state.save);
  const refused = save.is === 'refused';
  const text = refused
    ? save.kept
      ? t.piece.refused[save.reason]
      : t.piece.notKept
    : link.at === 'away'
      ? t.piece.away[link.reason]
      : link.at === 'ended'
        ? t.piece.ended[link.reason]
        : null;
  // The region is always there: screen readers hear what is put into it.
  return (
    <div role="status" className={text === null ? undefined : styles['banner']}>
      {text !== null && (
        <>
          <p>
            {text}
            {save.is === 'refused' && save.kept && (
              <span dir="auto"> {holds(t.refused.you, save)}</span>
            )}
          </p>
          {link.at === 'away' && (
            <Button onClick={() => session.retryNow()}>{t.piece.tryNow}</Button>
          )}
          {isShut(link) && (
            <Suspense>
              <AskForAccess pieceId={pieceId} />
            </Suspense>
          )}
          {(refused || link.at === 'ended') && session.unsavedText() !== '' && (
            <Button onClick={() => offerDownload(session.unsavedText(), t.piece.downloadName)}>
              {t.piece.download}
            </Button>
          )}
        </>
      )}
    </div>
  );
}
