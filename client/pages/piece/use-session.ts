import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { sharedTypes } from '../../../shared/document/index.ts';
import type { PieceEvent } from '../../../shared/protocol/events.ts';
import { meQuery, type User } from '../../api/session.ts';
import { hearLock, pieceKey } from '../../api/pieces.ts';
import { isThreadsEvent } from '../../api/thread-changes.ts';
import { hearThreads } from '../../api/threads.ts';
import { askForKeysAgain, deviceKeys } from '../../device/session.ts';
import { openPiece, type PieceSession, type SessionState } from '../../collab/index.ts';
import { t } from '../../strings/piece.ts';
import { toast } from '../../ui/overlay/toast.ts';

/** The piece's session, from the page's first moment to its last; null before it is open. */
export function useSession(
  me: User,
  pieceId: string,
  onEvent: (event: PieceEvent) => void,
): PieceSession | null {
  const client = useQueryClient();
  const [session, setSession] = useState<PieceSession | null>(null);
  const hear = useEffectEvent(onEvent);
  useEffect(() => {
    const opened = openPiece({
      pieceId,
      userId: me.id,
      renew: async () => {
        try {
          const now = await client.fetchQuery({ ...meQuery, staleTime: 0 });
          // It may be another session than before.
          askForKeysAgain();
          return now?.id === me.id;
        } catch {
          return null; // Nobody could be asked.
        }
      },
      keys: () => deviceKeys(me.id),
      onEvent: (event) => {
        if (isThreadsEvent(event)) {
          hearThreads(client, { pieceId, userId: me.id }, event);
          return;
        }
        if (event.type === 'lock') hearLock(client, pieceId, event.locked);
        void client.invalidateQueries({ queryKey: pieceKey(pieceId) });
        hear(event);
      },
    });
    // A session is a thing outside of React, which lives as long as the page.
    // oxlint-disable-next-line react/set-state-in-effect
    setSession(opened.session);
    return () => {
      setSession(null);
      if (opened.close()) sayWhereItIs(opened.session);
    };
  }, [client, me.id, pieceId]);
  return session;
}

/** Who leaves a piece with words that the server does not have is told where they are meanwhile. */
function sayWhereItIs({ doc, state: { save } }: PieceSession): void {
  if (save.is !== 'offline') return;
  const title = doc.getText(sharedTypes.title).toJSON().trim() || t.piece.untitled;
  toast({ text: save.kept ? t.piece.leftKept(title) : t.piece.leftUnkept(title) });
}

/** A part of the session's state; the page is drawn anew only where that part changes. */
export function useSessionState<T>(session: PieceSession, pick: (state: SessionState) => T): T {
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => pick(session.state),
  );
}
