import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { meQuery, type User } from '../../api/session.ts';
import { hearLock, pieceKey } from '../../api/pieces.ts';
import { isThreadsEvent } from '../../api/thread-changes.ts';
import { hearThreads } from '../../api/threads.ts';
import { openPiece, type PieceSession, type SessionState } from '../../collab/index.ts';

/** The piece's session, from the page's first moment to its last; null before it is open. */
export function useSession(me: User, pieceId: string): PieceSession | null {
  const client = useQueryClient();
  const [session, setSession] = useState<PieceSession | null>(null);
  useEffect(() => {
    const opened = openPiece({
      pieceId,
      userId: me.id,
      renew: async () => {
        try {
          const now = await client.fetchQuery({ ...meQuery, staleTime: 0 });
          return now?.id === me.id;
        } catch {
          return null; // Nobody could be asked.
        }
      },
      onEvent: (event) => {
        if (isThreadsEvent(event)) hearThreads(client, { pieceId, userId: me.id }, event);
        else {
          if (event.type === 'lock') hearLock(client, pieceId, event.locked);
          void client.invalidateQueries({ queryKey: pieceKey(pieceId) });
        }
      },
    });
    // A session is a thing outside of React, which lives as long as the page.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setSession(opened.session);
    return () => {
      setSession(null);
      opened.close();
    };
  }, [client, me.id, pieceId]);
  return session;
}

/** A part of the session's state; the page is drawn anew only where that part changes. */
export function useSessionState<T>(session: PieceSession, pick: (state: SessionState) => T): T {
  return useSyncExternalStore(
    (listener) => session.subscribe(listener),
    () => pick(session.state),
  );
}
