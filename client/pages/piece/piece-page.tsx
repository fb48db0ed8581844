import { ArrowLeft } from 'lucide-react';
import {
  Suspense,
  useCallback,
  useDeferredValue,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { Link } from 'wouter';
import { sharedTypes } from '../../../shared/document/index.ts';
import { allows } from '../../../shared/rights.ts';
import type { VersionEvent } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import { lastRole, usePieceDetails } from '../../api/pieces.ts';
import { useMe, type User } from '../../api/session.ts';
import type { PieceSession } from '../../collab/index.ts';
import { t } from '../../strings/piece.ts';
import { lazyPart } from '../../ui/loading/lazy-part.tsx';
import { loadedPage } from '../../ui/loading/loaded-page.tsx';
import { Waiting, WaitingPage } from '../../ui/loading/waiting.tsx';
import { ConnectionBanner } from './notices/connection-banner.tsx';
import { isShut } from './access/is-shut.ts';
import { LockNote } from './notices/lock-note.tsx';
import { PieceMenu, StatusMenu } from './piece-menu.tsx';
import styles from './piece-page.module.css';
import { PresenceBar } from './presence-bar.tsx';
import { SavedIndicator, type Instead } from './saved-indicator.tsx';
import { useSession, useSessionState } from './use-session.ts';
import { useWipe } from './notices/use-wipe.ts';
import { WipeNotice } from './notices/wipe-notice.tsx';
import { WritingArea } from './writing/writing-area.tsx';

const ShareButton = lazyPart(() => import('./sharing/share-button.tsx'));
const RefusedNotice = lazyPart(() => import('./refused/refused-notice.tsx'));
const NoAccess = loadedPage(() => import('./access/no-access.tsx'));

/** One piece: the text in the middle, who is here and what is saved above. */
export default function PiecePage({ me, pieceId }: { me: User; pieceId: string }) {
  const { wipe, hear, forget } = useWipe();
  const session = useSession(me, pieceId, hear);
  if (session === null) return <WaitingPage />;
  return <OpenPiece {...{ me, pieceId, session, wipe }} onWipeDone={forget} />;
}

interface OpenPieceProps {
  me: User;
  pieceId: string;
  session: PieceSession;
  wipe: VersionEvent | null;
  onWipeDone: () => void;
}

function OpenPiece({ me, pieceId, session, wipe, onWipeDone }: OpenPieceProps) {
  const { data: piece } = usePieceDetails(pieceId);
  // Deferred: what the server sends is put into the document and shown in a task each.
  const ready = useDeferredValue(useSessionState(session, (state) => state.ready));
  const readOnly = useSessionState(session, (state) => state.readOnly);
  const role = piece?.role ?? lastRole(pieceId);
  const locked = piece?.locked ?? false;
  const mayWrite = role !== null && allows(role, 'edit', false);
  const canEdit = mayWrite && !locked && !readOnly;
  const [following, setFollowing] = useState<string | null>(null);
  const stopFollowing = useCallback(() => setFollowing(null), []);
  const shut = useSessionState(session, (state) => !state.ready && isShut(state.link));
  const ended = useSessionState(session, (state) => state.link.at === 'ended');
  useGoOnWhenSignedIn(session);
  if (shut) return <NoAccess pieceId={pieceId} onRetry={() => session.resume()} />;
  return (
    <div className={styles['page']}>
      <header className={styles['bar']}>
        <Link href="/" className={styles['back']} aria-label={t.piece.back}>
          <ArrowLeft aria-hidden size={18} />
        </Link>
        <SavedIndicator session={session} instead={insteadOf(role, locked)} />
        {piece && <StatusMenu {...{ piece, mayWrite }} />}
        {piece?.role === 'owner' && (
          <Suspense>
            <ShareButton {...{ me, pieceId }} />
          </Suspense>
        )}
        <PieceMenu {...{ session, pieceId, piece, canEdit }} />
        <PresenceBar {...{ session, me, following }} onFollow={setFollowing} />
      </header>
      <ConnectionBanner {...{ session, pieceId }} />
      <WipeNotice
        {...{ pieceId, wipe }}
        mayRestore={mayWrite && !locked}
        userId={me.id}
        onDone={onWipeDone}
      />
      {piece?.role === 'owner' && (
        <Suspense>
          <RefusedNotice pieceId={pieceId} isOwner />
        </Suspense>
      )}
      <main>
        <PageTitle session={session} />
        <LockNote piece={piece} />
        {!ready && !ended && <Waiting />}
        {ready && role !== null && !mayWrite && !locked && (
          <p className={styles['note']}>
            {role === 'reviewer' ? t.threads.reviewing : t.piece.readOnly}
          </p>
        )}
        {ready && (
          <WritingArea
            {...{ session, me, pieceId, canEdit, following }}
            // While nobody may write, who else does reviews.
            role={locked && mayWrite ? 'reviewer' : role}
            onStopFollowing={stopFollowing}
          />
        )}
      </main>
    </div>
  );
}

function insteadOf(role: PieceRole | null, locked: boolean): Instead {
  if (locked) return 'locked';
  if (role === 'reviewer') return 'reviewing';
  return role === null || role === 'reader' ? 'readOnly' : null;
}

/** Names the page and the window after the piece, as its title changes. */
function PageTitle({ session }: { session: PieceSession }) {
  const text = session.doc.getText(sharedTypes.title);
  const title = useSyncExternalStore(
    (listener) => {
      text.observe(listener);
      return () => text.unobserve(listener);
    },
    () => text.toJSON().trim() || t.piece.untitled,
  );
  return (
    <>
      <title>{`${title} · ${t.common.appName}`}</title>
      <h1 className="visually-hidden">{title}</h1>
    </>
  );
}

/** Who has signed in again goes on where they were. */
function useGoOnWhenSignedIn(session: PieceSession): void {
  const { data: me } = useMe();
  useEffect(() => {
    const { link } = session.state;
    if (me && link.at === 'ended' && link.reason === 'signed-out') session.resume();
  }, [me, session]);
}
