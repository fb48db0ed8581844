import type { Socket } from './link.ts';
import { PieceSession, type OpenOptions } from './session.ts';

export { forgetSavedCopies, unsavedPieces } from './device-copies.ts';
export { PieceSession } from './session.ts';
export type { Ending, Link, Save, SessionState, Trouble } from './state.ts';

export type PieceOptions = Pick<OpenOptions, 'pieceId' | 'userId' | 'renew' | 'onEvent'>;

/** Opens a piece on the page's own server, with this browser's network and wake-ups. */
export function openPiece(options: PieceOptions): { session: PieceSession; close: () => void } {
  const session = new PieceSession({
    ...options,
    url: `${location.origin.replace(/^http/, 'ws')}/collab`,
    // The DOM's type knows more of its events than is used here.
    connect: (url) => new WebSocket(url) as unknown as Socket,
    probe,
    deviceOnline: () => navigator.onLine,
  });
  const events = new AbortController();
  const { signal } = events;
  window.addEventListener('online', () => session.retryNow(), { signal });
  window.addEventListener('offline', () => session.wentOffline(), { signal });
  document.addEventListener(
    'visibilitychange',
    // A laptop that slept finds out now that its connection is gone.
    () => document.visibilityState === 'visible' && session.retryNow(),
    { signal },
  );
  // A page that is left says goodbye; one that the browser kept and shows again is back.
  window.addEventListener('pagehide', () => session.awareness.setLocalState(null), { signal });
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) session.awareness.setLocalState({});
  };
  window.addEventListener('pageshow', shown, { signal });
  return {
    session,
    close: () => {
      events.abort();
      session.destroy();
    },
  };
}

async function probe(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store' })).ok;
  } catch {
    return false; // No answer is the answer.
  }
}
