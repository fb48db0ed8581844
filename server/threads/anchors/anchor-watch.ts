import { NoSuchPiece, Overloaded } from '../../collab/engine.ts';
import type { Log } from '../../collab/ports.ts';
import type { Sql } from '../../db/connect.ts';
import type { AnchorCheck } from './anchor-check.ts';
import { anchorsOf } from '../thread-store.ts';

export interface WatchDeps {
  readonly sql: Sql;
  readonly check: AnchorCheck;
  readonly log: Log;
}

/** A burst of keystrokes is one look. */
const quietMs = 300;
/** After a failure. */
const retryMs = 5_000;
/** Between two looks there is at least this many times what the last one took: 5% of a core. */
const restFactor = 20;
/** A database that is slow to answer takes nothing of that time. */
const restMostMs = 2_000;
/** Pieces that are known to have no threads. */
const mostKnown = 100_000;

/**
 * Looks after the anchors of pieces that people write in (S2): some time after a text has changed,
 * one piece at a time, and however many there are, never for more than a twentieth of the time.
 * Rejected: looking at each keystroke, 6 ms with 500 threads in a long piece. Nobody waits for it:
 * who asks for threads gets them as they are at that moment anyway.
 */
export class AnchorWatch {
  readonly #deps: WatchDeps;
  readonly #without = new Set<string>();
  /** Pieces to look at, and not before when (ms of `performance.now()`). */
  readonly #due = new Map<string, number>();
  #timer: NodeJS.Timeout | null = null;
  #looking = false;
  #stopped = false;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  /** A piece's text has changed. Called at each keystroke: where there are no threads, one lookup. */
  edited(pieceId: string): void {
    if (this.#without.has(pieceId) || this.#due.has(pieceId)) return;
    this.#due.set(pieceId, performance.now() + quietMs);
    this.#schedule(quietMs);
  }

  /** A piece has a thread now. */
  begun(pieceId: string): void {
    this.#without.delete(pieceId);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(ms: number): void {
    if (this.#timer !== null || this.#looking || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#next();
    }, ms);
    this.#timer.unref();
  }

  async #next(): Promise<void> {
    if (this.#due.size === 0 || this.#looking) return;
    const [pieceId, due] = [...this.#due].reduce((a, b) => (b[1] < a[1] ? b : a));
    const early = due - performance.now();
    if (early > 0) {
      this.#schedule(early);
      return;
    }
    this.#due.delete(pieceId);
    this.#looking = true;
    const from = performance.now();
    const again = await this.#look(pieceId);
    this.#looking = false;
    if (again) this.#due.set(pieceId, performance.now() + retryMs);
    this.#schedule(Math.min(restMostMs, restFactor * (performance.now() - from)));
  }

  /** Whether it has to be tried again. */
  async #look(pieceId: string): Promise<boolean> {
    const { sql, check, log } = this.#deps;
    try {
      this.#remember(pieceId);
      const rows = await anchorsOf(sql, pieceId);
      if (rows.length > 0) {
        this.#without.delete(pieceId);
        await check.locate(null, pieceId, rows);
      }
      return false;
    } catch (err) {
      this.#without.delete(pieceId);
      if (err instanceof NoSuchPiece || this.#stopped) return false;
      if (!(err instanceof Overloaded)) log.warn({ err, pieceId }, 'cannot look after threads yet');
      return true;
    }
  }

  /** Before it is asked, so that a thread which is begun meanwhile is not overlooked. */
  #remember(pieceId: string): void {
    if (this.#without.size >= mostKnown) this.#without.clear();
    this.#without.add(pieceId);
  }
}
