import type { RefusalReason } from '../../shared/protocol/events.ts';
import { mergeUpdates } from './merge.ts';
import type { KeptRefused, Log, RefusedStore } from './ports.ts';
import type { WouldChange } from './would-change.ts';

/** What became of a refused edit. `id`: null where nothing is kept. */
export interface Refusal {
  readonly id: string | null;
  readonly reason: RefusalReason;
  readonly kept: boolean;
  /** What it would have done to the text; null where that has not been looked at. */
  readonly change: WouldChange | null;
}

/** Who is told what became of a refused edit. */
export interface Told {
  refused(refusal: Refusal): void;
}

export interface Refused {
  /** The user who sent it. */
  readonly author: string;
  /** The clientID that it was written with; 0 where it only deletes, which does not say. */
  readonly clientId: number;
  readonly reason: RefusalReason;
  /** May be a view into a frame. */
  readonly update: Uint8Array;
}

export interface RefusalsDeps {
  readonly pieceId: string;
  readonly store: RefusedStore;
  readonly log: Log;
  /** The most bytes of one person's that wait here to be stored. */
  readonly maxBytes: number;
  /** What an update would do to the text now. Null: it cannot be told just now. */
  describe(update: Uint8Array): WouldChange | null;
  /** Called after each change of what is stored. */
  changed(): void;
}

/** Everything that one person writes with one clientID and for one reason may not. */
interface Run extends Omit<Refused, 'update'> {
  /** What is stored; null: nothing, as far as is known here. */
  kept: KeptRefused | null;
  readonly waiting: Uint8Array[];
  readonly told: Set<Told>;
  saving: Promise<void> | null;
  /** Until when nobody is told again that there is no room left, in ms of `performance.now()`. */
  quietUntil: number;
}

/** Least time between two writes of a run: somebody who types on makes one a second. */
const gapMs = 1_000;
const retryMs = 500;
/** Runs that one person may have open at a time; each further clientID is refused without trace. */
const mostRuns = 50;

/**
 * Keeps the edits of one room that were refused (R4). What somebody goes on writing is merged into
 * one row, and what a client sends again each time it connects is known by its bytes.
 *
 * Invariant: who is told that an edit is kept is told after the COMMIT that holds it.
 */
export class Refusals {
  readonly #deps: RefusalsDeps;
  readonly #runs = new Map<string, Run>();
  #closed = false;

  constructor(deps: RefusalsDeps) {
    this.#deps = deps;
  }

  add(refused: Refused, told: Told | null): void {
    const run = this.#runOf(refused);
    if (
      run === null ||
      this.#waiting(refused.author) + refused.update.length > this.#deps.maxBytes
    ) {
      if (run === null || performance.now() >= run.quietUntil) {
        told?.refused({ id: null, reason: refused.reason, kept: false, change: null });
      }
      if (run !== null) run.quietUntil = performance.now() + gapMs;
      return;
    }
    run.waiting.push(refused.update.slice());
    if (told !== null) run.told.add(told);
    run.saving ??= this.#save(run).finally(() => {
      run.saving = null;
    });
  }

  /** Whether all that was refused is stored. */
  get settled(): boolean {
    for (const run of this.#runs.values()) if (run.saving !== null) return false;
    return true;
  }

  /** Resolves when what was refused so far is stored, or could not be. */
  async flushed(): Promise<void> {
    for (const { saving } of [...this.#runs.values()]) await saving;
  }

  close(): void {
    this.#closed = true;
  }

  #runOf({ author, reason, ...refused }: Refused): Run | null {
    const clientId = refused.clientId || this.#lastClientId(author, reason);
    const key = `${author} ${clientId} ${reason}`;
    let run = this.#runs.get(key);
    if (run === undefined) {
      let runs = 0;
      for (const other of this.#runs.values()) if (other.author === author) runs++;
      if (runs >= mostRuns) return null;
      run = {
        ...{ author, clientId, reason, kept: null, waiting: [] },
        ...{ told: new Set(), saving: null, quietUntil: 0 },
      };
    }
    // The last of the map is the last that was written to.
    this.#runs.delete(key);
    this.#runs.set(key, run);
    return run;
  }

  /** Deletions go with the words that their author wrote last. */
  #lastClientId(author: string, reason: RefusalReason): number {
    let last = 0;
    for (const run of this.#runs.values()) {
      if (run.author === author && run.reason === reason) last = run.clientId;
    }
    return last;
  }

  #waiting(author: string): number {
    let bytes = 0;
    for (const run of this.#runs.values()) {
      if (run.author === author) for (const update of run.waiting) bytes += update.length;
    }
    return bytes;
  }

  /** Stores what waits, and what comes meanwhile. Tries again until it can, or the room closes. */
  async #save(run: Run): Promise<void> {
    while (run.waiting.length > 0 && !this.#closed) {
      const from = performance.now();
      const stored = await this.#tryStore(run, [...run.waiting], [...run.told]);
      if (run.waiting.length > 0) {
        await pause((stored ? gapMs : retryMs) - (performance.now() - from));
      }
    }
  }

  async #tryStore(run: Run, waiting: Uint8Array[], told: Told[]): Promise<boolean> {
    run.told.clear();
    try {
      const stored = await this.#store(run, waiting, told);
      if (stored) run.waiting.splice(0, waiting.length);
      else for (const one of told) run.told.add(one);
      return stored;
    } catch (err) {
      const { pieceId, log } = this.#deps;
      log.error({ err, pieceId, author: run.author }, 'a refused edit cannot be kept yet');
      for (const one of told) run.told.add(one);
      return false;
    }
  }

  /** False: not now. */
  async #store(run: Run, waiting: readonly Uint8Array[], told: readonly Told[]): Promise<boolean> {
    const { pieceId, store } = this.#deps;
    const { author, clientId, reason } = run;
    run.kept ??= await store.find({ pieceId, author, clientId, reason });
    const all = run.kept === null ? [...waiting] : [run.kept.update, ...waiting];
    const update = mergeUpdates(all);
    if (run.kept !== null && Buffer.compare(update, run.kept.update) === 0) {
      tell(told, { id: run.kept.id, reason, kept: true, change: run.kept });
      return true;
    }
    const change = this.#deps.describe(update);
    if (change === null) return false;
    const id = await store.keep({ pieceId, author, clientId, reason, update, ...change });
    if (id === null) run.quietUntil = performance.now() + gapMs;
    else run.kept = { id, update, ...change };
    tell(told, { id, reason, kept: id !== null, change });
    this.#deps.changed();
    return true;
  }
}

function tell(told: readonly Told[], refusal: Refusal): void {
  for (const one of told) one.refused(refusal);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms));
  });
}
