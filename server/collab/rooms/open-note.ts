import type { Log, OpenPieces } from '../ports.ts';

/** Clients come back within seconds of a crash; a lid that was shut may take a little longer. */
export const afterCrashMs = 600_000;
const retryMs = 1_000;

let openings = 0;

export interface OpenNoteDeps {
  readonly openPieces: OpenPieces;
  readonly log: Log;
}

/**
 * The note in the database that a piece is open here, and what was noted of servers before (P2).
 *
 * Invariant: no update is taken before the note is committed. So whatever a crash takes from a server,
 * the next one knows that there was a crash, also where nothing was committed between opening and end.
 * Reading need not wait for it: a database that takes no writes can still be read.
 */
export class OpenNote {
  readonly #pieceId: string;
  readonly #deps: OpenNoteDeps;
  readonly #opening = ++openings;
  #state: 'waiting' | 'noted' | 'ended' = 'waiting';
  /** Ends the pause between two tries. */
  #hurry = () => {};
  readonly #noting: Promise<void>;
  readonly #settled: Promise<void>;
  #settle = () => {};
  /** Until when it is after a crash, in ms of `performance.now()`. */
  #afterCrashUntil = 0;

  /** Begins to note it; tries until it can, or is ended. */
  constructor(pieceId: string, deps: OpenNoteDeps) {
    this.#pieceId = pieceId;
    this.#deps = deps;
    this.#settled = new Promise((resolve) => (this.#settle = resolve));
    this.#noting = this.#note();
  }

  /** Whether updates have to wait. */
  get waits(): boolean {
    return this.#state === 'waiting';
  }

  /** Resolves when nothing has to wait any more: the note is committed, or the room is gone. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** Whether what a client brings may be what a crash took from a server, ten minutes ago at most. */
  get isAfterCrash(): boolean {
    return performance.now() < this.#afterCrashUntil;
  }

  /**
   * There are journal rows behind the snapshot. A server that wrote notes has left one beside them; one
   * from before there were any has not.
   */
  foundRows(): void {
    this.#foundCrash(0);
  }

  /** Another server that had the piece open has ended without a word. */
  lostServer(): void {
    this.#foundCrash(0);
  }

  /**
   * The room has been let go, and the journal holds all of it (`inOrder`), or it has not. What other
   * servers left is forgotten with it, ten minutes after it was found: until then whoever opens the piece
   * anew has to know of it. Never rejects: a note that stays costs a false crash.
   */
  async end(inOrder: boolean): Promise<void> {
    this.#state = 'ended';
    this.#settle();
    this.#hurry();
    if (!inOrder) return;
    try {
      // What is on its way would be there after it.
      await this.#noting;
      const one = { pieceId: this.#pieceId, opening: this.#opening };
      await this.#deps.openPieces.closed({ ...one, forgetMs: afterCrashMs });
    } catch (err) {
      const fields = { err, pieceId: this.#pieceId };
      this.#deps.log.warn(fields, 'a closed piece is still noted as open');
    }
  }

  async #note(): Promise<void> {
    const one = { pieceId: this.#pieceId, opening: this.#opening };
    for (let tries = 1; this.#state === 'waiting'; tries++) {
      try {
        const foundMsAgo = await this.#deps.openPieces.opened(one);
        if (this.#state !== 'waiting') return;
        if (foundMsAgo !== null) this.#foundCrash(foundMsAgo);
        this.#state = 'noted';
        this.#settle();
      } catch (err) {
        const fields = { err, pieceId: this.#pieceId };
        if (tries === 1) this.#deps.log.warn(fields, 'a piece cannot be noted as open yet');
        await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    if (this.#state !== 'waiting') return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#hurry = resolve;
      timer = setTimeout(resolve, retryMs);
    });
    clearTimeout(timer);
  }

  #foundCrash(msAgo: number): void {
    const until = performance.now() + afterCrashMs - msAgo;
    this.#afterCrashUntil = Math.max(this.#afterCrashUntil, until);
  }
}
