import type { RefusalReason } from '../../../shared/protocol/events.ts';
import { mergeUpdates } from '../merge.ts';
import type { Meter } from '../meter.ts';
import type { Tally } from '../tally.ts';
import type { KeptRefused, Log, RefusedStore, StateWork } from '../ports.ts';
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
  /** What each person takes of being refused, in bytes, in all pieces together. */
  readonly share: Meter;
  /** Every edit that is refused is counted, kept or not. */
  readonly tally: Tally<RefusalReason>;
  readonly merge: StateWork['merge'];
  /** What an update would do to the text now; of a very long one, its beginning. Null: it cannot be told just now. */
  describe(update: Uint8Array, by: Pick<Refused, 'author' | 'reason'>): Promise<WouldChange | null>;
  /** Called after each change of what is stored. */
  changed(): void;
}

/** Whether all that is kept of a run need not be kept any more; null: that cannot be told just now. */
export type IsOver = (kept: Uint8Array) => boolean | null;

/** Everything that one person writes with one clientID and for one reason may not. */
interface Run extends Omit<Refused, 'update'> {
  /** What is stored; null: nothing, as far as is known here. */
  kept: KeptRefused | null;
  readonly waiting: Uint8Array[];
  waitingBytes: number;
  /** When it may be written again, in ms of `performance.now()`. */
  notBefore: number;
  readonly told: Set<Told>;
  saving: Promise<void> | null;
  /** Set when it is to be forgotten, if all of it is over. */
  isOver: IsOver | null;
  /** Until when nobody is told again that there is no room left, in ms of `performance.now()`. */
  quietUntil: number;
}

/**
 * Least time between two writes of a run: somebody who types on makes one a second. A long run is
 * written as a whole each time, so that it is written the more rarely, the longer it is: whatever is
 * refused, a run costs at most this many bytes a second.
 */
const gapMs = 1_000;
const bytesPerGap = 64 * 1024;
/** Updates above this size together are merged off the event loop; below it takes up to 2 ms (B1). */
const mostMergedHere = 64 * 1024;
const retryMs = 500;
/** For how long words that were passed on after a crash wait for their author before they are stored. */
const respiteMs = 3_000;
/** What a refused edit costs beside its bytes. */
const leastCost = 256;
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
  /** Ends the pauses between writes. */
  readonly #pauses = new Set<() => void>();
  /** How many wait for all to be stored: nobody pauses meanwhile. */
  #hurried = 0;
  #closed = false;

  constructor(deps: RefusalsDeps) {
    this.#deps = deps;
  }

  add(refused: Refused, told: Told | null): void {
    this.#deps.tally.add(refused.reason);
    const run = this.#runOf(refused);
    const { author, update } = refused;
    if (
      run === null ||
      this.#waiting(author) + update.length > this.#deps.maxBytes ||
      this.#deps.share.take(author, leastCost + update.length) > 0
    ) {
      if (run === null || performance.now() >= run.quietUntil) {
        told?.refused({ id: null, reason: refused.reason, kept: false, change: null });
      }
      if (run !== null) run.quietUntil = performance.now() + gapMs;
      return;
    }
    run.waiting.push(update.slice());
    run.waitingBytes += update.length;
    if (told !== null) run.told.add(told);
    run.saving ??= this.#save(run).finally(() => {
      run.saving = null;
    });
  }

  /** Forgets what is kept and what waits, in whatever state it is, if `isOver` says so of all of it. */
  forget({ author, reason }: Pick<Refused, 'author' | 'reason'>, isOver: IsOver): void {
    for (const run of this.#runs.values()) {
      if (run.author !== author || run.reason !== reason) continue;
      run.isOver = isOver;
      run.saving ??= this.#save(run).finally(() => {
        run.saving = null;
      });
    }
  }

  /** Whether all that was refused is stored. */
  get settled(): boolean {
    for (const run of this.#runs.values()) if (run.saving !== null) return false;
    return true;
  }

  /** Resolves when what was refused so far is stored, or could not be. */
  async flushed(): Promise<void> {
    this.#hurried++;
    for (const go of this.#pauses) go();
    try {
      for (const { saving } of [...this.#runs.values()]) await saving;
    } finally {
      this.#hurried--;
    }
  }

  close(): void {
    this.#closed = true;
    for (const go of this.#pauses) go();
  }

  #runOf({ author, reason, ...refused }: Refused): Run | null {
    const isOne = reason === 'unconfirmed';
    const clientId = isOne ? 0 : refused.clientId || this.#lastClientId(author, reason);
    const key = `${author} ${clientId} ${reason}`;
    let run = this.#runs.get(key);
    if (run === undefined) {
      let runs = 0;
      for (const other of this.#runs.values()) if (other.author === author) runs++;
      if (runs >= mostRuns) return null;
      run = {
        author,
        ...{ clientId, reason, kept: null, waiting: [], waitingBytes: 0, notBefore: 0 },
        ...{ told: new Set(), saving: null, quietUntil: 0, isOver: null },
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
      if (run.author === author) bytes += run.waitingBytes;
    }
    return bytes;
  }

  /** Stores what waits, and what comes meanwhile. Tries again until it can, or the room closes. */
  async #save(run: Run): Promise<void> {
    // Those who wrote it nearly always bring it themselves, before anybody need be told.
    if (run.reason === 'unconfirmed' && run.isOver === null) await this.#pause(respiteMs);
    while ((run.waiting.length > 0 || run.isOver !== null) && !this.#closed) {
      if (run.isOver !== null) {
        if (!(await this.#tryForget(run, run.isOver))) await pause(retryMs);
        continue;
      }
      const wait = run.notBefore - performance.now();
      if (wait > 0) await this.#pause(wait);
      if (run.isOver !== null || this.#closed) continue;
      const stored = await this.#tryStore(run, [...run.waiting], [...run.told]);
      if (stored) {
        const least = run.waiting.length > 0 ? gapMs : 0;
        const gap = (gapMs * (run.kept?.update.length ?? 0)) / bytesPerGap;
        run.notBefore = performance.now() + Math.max(least, gap);
      } else await pause(retryMs);
    }
  }

  /** False: not now. */
  async #tryForget(run: Run, isOver: IsOver): Promise<boolean> {
    const { pieceId, store, log } = this.#deps;
    const { author, clientId, reason } = run;
    try {
      run.kept ??= await store.find({ pieceId, author, clientId, reason });
      const waiting = [...run.waiting];
      const all = run.kept === null ? waiting : [run.kept.update, ...waiting];
      const over = all.length === 0 || isOver(await this.#merged(all, author));
      if (over === null) return false;
      if (over && run.kept !== null) {
        await store.forget({ pieceId, author, clientId, reason });
        run.kept = null;
        this.#deps.changed();
      }
      if (over) drop(run, waiting.length);
      // Asked once more meanwhile, it is looked at once more.
      if (run.isOver === isOver) run.isOver = null;
      return true;
    } catch (err) {
      log.error({ err, pieceId, author }, 'a refused edit cannot be forgotten yet');
      return false;
    }
  }

  async #tryStore(run: Run, waiting: Uint8Array[], told: Told[]): Promise<boolean> {
    run.told.clear();
    try {
      const stored = await this.#store(run, waiting, told);
      if (stored) drop(run, waiting.length);
      else for (const one of told) run.told.add(one);
      return stored;
    } catch (err) {
      const { pieceId, log } = this.#deps;
      log.error({ err, pieceId, author: run.author }, 'a refused edit cannot be kept yet');
      for (const one of told) run.told.add(one);
      return false;
    }
  }

  async #merged(updates: readonly Uint8Array[], author: string): Promise<Uint8Array> {
    const bytes = updates.reduce((sum, update) => sum + update.length, 0);
    if (bytes <= mostMergedHere || updates.length === 1) return mergeUpdates(updates);
    return this.#deps.merge(updates, new Set([author]));
  }

  /** Not while somebody waits for all to be stored. */
  async #pause(ms: number): Promise<void> {
    if (this.#hurried > 0 || this.#closed) return;
    let go = () => {};
    const called = new Promise<void>((resolve) => (go = resolve));
    this.#pauses.add(go);
    const timer = setTimeout(go, Math.max(0, ms));
    await called;
    clearTimeout(timer);
    this.#pauses.delete(go);
  }

  /** False: not now. */
  async #store(run: Run, waiting: readonly Uint8Array[], told: readonly Told[]): Promise<boolean> {
    const { pieceId, store } = this.#deps;
    const { author, clientId, reason } = run;
    run.kept ??= await store.find({ pieceId, author, clientId, reason });
    const all = run.kept === null ? [...waiting] : [run.kept.update, ...waiting];
    const update = await this.#merged(all, author);
    if (run.kept !== null && Buffer.compare(update, run.kept.update) === 0) {
      tell(told, { id: run.kept.id, reason, kept: true, change: run.kept });
      return true;
    }
    const change = await this.#deps.describe(update, { author, reason });
    if (change === null) return false;
    const id = await store.keep({ pieceId, author, clientId, reason, update, ...change });
    if (id === null) run.quietUntil = performance.now() + gapMs;
    else run.kept = { id, update, ...change };
    tell(told, { id, reason, kept: id !== null, change });
    this.#deps.changed();
    return true;
  }
}

/** The first of what waits is stored, or not to be kept. */
function drop(run: Run, count: number): void {
  for (const { length } of run.waiting.splice(0, count)) run.waitingBytes -= length;
}

function tell(told: readonly Told[], refusal: Refusal): void {
  for (const one of told) one.refused(refusal);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, ms));
  });
}
