import { offline } from '../device/offline.ts';
import type { Socket } from './link.ts';
import type { OpenOptions } from './open-options.ts';
import { PieceSession } from './session.ts';

export type PieceOptions = Pick<OpenOptions, 'pieceId' | 'userId' | 'renew' | 'keys' | 'onEvent'>;

export interface OpenedPiece {
  readonly session: PieceSession;
  /**
   * The page shows it no longer. Where words are unsaved the session goes on until they are, and is
   * what opening the piece again gives. @returns whether it goes on.
   */
  close(): boolean;
}

/** Sessions that nothing shows any more and that still have words to save, by person and piece. */
const goingOn = new Map<string, Opening>();

/** All sessions of this page, shown or not. */
const openings = new Set<Opening>();

/**
 * Ends all sessions of this page without a question, since they are not of who is here now. What was
 * written is on this device by then, where it keeps anything.
 */
export async function endAll(): Promise<void> {
  goingOn.clear();
  await Promise.all(
    [...openings].map(async (opening) => {
      opening.session.wentOffline();
      await opening.session.settle();
      opening.end();
    }),
  );
}

/** Opens a piece on the page's own server, with this browser's network and wake-ups. */
export function openPiece(options: PieceOptions): OpenedPiece {
  const key = `${options.userId} ${options.pieceId}`;
  const opening = goingOn.get(key) ?? new Opening(options);
  if (goingOn.delete(key)) opening.show();
  const { session } = opening;
  const close = () => {
    if (!hasToGoOn(session)) {
      opening.end();
      return false;
    }
    goingOn.set(key, opening);
    opening.hide(() => {
      // Else it was opened again in this very moment.
      if (goingOn.delete(key)) opening.end();
    });
    return true;
  };
  return { session, close };
}

/** What the server has refused, or will not hear of again, does not become saved by waiting. */
function hasToGoOn({ hasUnsaved, state: { link, save } }: PieceSession): boolean {
  if (link.at === 'ended' && link.reason !== 'signed-out') return false;
  return hasUnsaved && save.is !== 'refused';
}

/** A session, with what it has to hear of this browser. */
class Opening {
  readonly session: PieceSession;
  readonly #events = new AbortController();
  #stopWaiting: (() => void) | undefined;

  constructor(options: PieceOptions) {
    const session = new PieceSession({
      ...options,
      url: `${location.origin.replace(/^http/, 'ws')}/collab`,
      // The DOM's type knows more of its events than is used here.
      connect: (url) => new WebSocket(url) as unknown as Socket,
      probe,
      deviceOnline: () => navigator.onLine,
    });
    this.session = session;
    openings.add(this);
    session.subscribe(() => {
      if (session.state.link.at === 'away') offline.serverSilent();
      if (session.state.link.at === 'online') offline.serverAnswered();
    });
    const { signal } = this.#events;
    window.addEventListener('online', () => session.retryNow(), { signal });
    window.addEventListener('offline', () => session.wentOffline(), { signal });
    document.addEventListener(
      'visibilitychange',
      // A laptop that slept finds out now that its connection is gone.
      () => document.visibilityState === 'visible' && session.retryNow(),
      { signal },
    );
    // The browser asks whoever leaves with text that is not saved.
    const ask = (event: BeforeUnloadEvent) => session.hasUnsaved && event.preventDefault();
    window.addEventListener('beforeunload', ask, { signal });
    // A page that is left says goodbye; one that the browser kept and shows again is back.
    window.addEventListener('pagehide', () => session.awareness.setLocalState(null), { signal });
    const shown = ({ persisted }: PageTransitionEvent) => {
      if (persisted && this.#stopWaiting === undefined) session.awareness.setLocalState({});
    };
    window.addEventListener('pageshow', shown, { signal });
  }

  show(): void {
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
    this.session.awareness.setLocalState({});
  }

  /** Nobody is here any more; calls `done` once nothing is left to do. */
  hide(done: () => void): void {
    this.session.awareness.setLocalState(null);
    this.#stopWaiting = this.session.subscribe(() => {
      if (hasToGoOn(this.session)) return;
      this.#stopWaiting?.();
      // The session is in the middle of telling it.
      queueMicrotask(done);
    });
  }

  end(): void {
    openings.delete(this);
    this.#events.abort();
    this.session.destroy();
  }
}

async function probe(): Promise<boolean> {
  try {
    return (await fetch('/healthz', { cache: 'no-store' })).ok;
  } catch {
    return false; // No answer is the answer.
  }
}
