import { isKeystroke, mergeUpdates } from '../merge.ts';
import { Overloaded } from '../engine.ts';
import type {
  Bound,
  HeldAppend,
  JournalEntry,
  JournalStore,
  Log,
  VersionBefore,
} from '../ports.ts';
import { lookAtWaiting, type JournalStatus } from './journal-status.ts';

/** What a commit holds of a piece: these rows, the last of which has the number `last`. */
export interface JournalCommit {
  readonly last: number;
  readonly entries: readonly JournalEntry[];
}

/** What the journal tells a room. */
export interface JournalListener {
  /** Everything up to `position` is committed, with this commit. */
  committed(position: number, commit: JournalCommit): void;
  /** The database does not know the piece any more; what was pending for it cannot be kept. */
  gone(): void;
}

/** A piece's place in the journal's queue. */
export interface JournalQueue {
  readonly pieceId: string;
  readonly listener: JournalListener;
  /** Updates handed over so far; `saved` is counted by it. */
  position: number;
  /** The last position that a COMMIT holds. */
  committed: number;
  waiting: JournalEntry[];
}

export interface JournalOptions {
  readonly maxPendingBytes: number;
  /** Least time between the end of a commit and the start of the next, in ms. */
  readonly gapMs: number;
  readonly log: Log;
  /** Called when the pending bytes pass `maxPendingBytes`, and when they are below half of it. */
  readonly onPressure: (under: boolean) => void;
  /** Called after each commit with the ms that it took, tries that failed included. */
  readonly onCommit?: (ms: number) => void;
}

const mergeAtMost = 200;
/** So far apart in ms may be what one row holds: it has one time. */
const mergeWithinMs = 1_000;
const groupAtMost = 2_000;
/** And so many bytes, or those of one piece: the deadline of an append is for all of it. */
const groupBytesAtMost = 8 * 1024 * 1024;
const retryFirstMs = 50;
const retryMostMs = 1_000;

interface QueueInGroup {
  readonly queue: JournalQueue;
  readonly position: number;
  readonly entries: readonly JournalEntry[];
}

interface Group {
  readonly queues: readonly QueueInGroup[];
  readonly entries: readonly JournalEntry[];
  readonly bytes: number;
}

/**
 * Group commit (D2–D4): what all rooms have brought since the last commit goes to Postgres in one
 * transaction; the next starts when that has ended. A quiet server commits a keystroke at once, a
 * busy one makes larger groups.
 *
 * Invariant: an entry leaves the queue only with a COMMIT that holds it (or with its piece). A
 * group that failed is tried again as it is, before anything newer, so the order stays.
 */
export class Journal {
  readonly #store: JournalStore;
  readonly #options: JournalOptions;
  readonly #dirty = new Set<JournalQueue>();
  #pendingBytes = 0;
  #underPressure = false;
  #flushing = false;
  #flushBegan = 0;
  #scheduled = false;
  #lastCommit = 0;
  #idle: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  /** How often all that waited was forgotten. */
  #abandoned = 0;
  /** What is being committed. */
  #group: Group | null = null;
  readonly #counts = { commits: 0, committedUpdates: 0, failures: 0 };

  constructor(store: JournalStore, options: JournalOptions) {
    this.#store = store;
    this.#options = options;
  }

  queueFor(pieceId: string, listener: JournalListener): JournalQueue {
    return { pieceId, listener, position: 0, committed: 0, waiting: [] };
  }

  /** Hands an update over for saving; returns the position whose commit will hold it. */
  append(
    queue: JournalQueue,
    author: string | null,
    update: Uint8Array,
    bound: readonly Bound[] = [],
    before: VersionBefore | null = null,
  ): number {
    queue.waiting.push({ pieceId: queue.pieceId, author, at: new Date(), update, bound, before });
    queue.position++;
    this.#dirty.add(queue);
    this.#pending(update.length);
    this.#schedule();
    return queue.position;
  }

  /**
   * Appends to a piece of which nothing waits, as `JournalStore.appendHeld` does. It is tried once: who made
   * something for the piece as it was has to look again. Rejects with what `make` rejects with, else with
   * `Overloaded`.
   */
  async appendHeld(
    pieceId: string,
    make: Parameters<JournalStore['appendHeld']>[1],
  ): Promise<HeldAppend> {
    if (this.#ended) throw new Overloaded();
    const made: { failed: boolean; from: number } = { failed: false, from: 0 };
    try {
      const held = await this.#store.appendHeld(pieceId, async (seq) => {
        made.failed = true;
        const row = await make(seq);
        made.failed = false;
        made.from = performance.now();
        return row;
      });
      if (held === 'appended') {
        this.#counts.commits++;
        this.#counts.committedUpdates++;
        this.#options.onCommit?.(performance.now() - made.from);
      }
      return held;
    } catch (err) {
      if (made.failed) throw err;
      this.#counts.failures++;
      this.#options.log.error({ err, pieceId }, 'cannot commit an edit');
      throw new Overloaded('It could not be saved in time; look whether it was', { cause: err });
    }
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get status(): JournalStatus {
    const { updates, oldest } = lookAtWaiting(this.#dirty, this.#group);
    return { unsaved: { updates, bytes: this.#pendingBytes }, oldest, ...this.#counts };
  }

  /** For how long, in ms, what waits has not been committed; 0: nothing waits. */
  get late(): number {
    return this.#flushing ? performance.now() - this.#flushBegan : 0;
  }

  get underPressure(): boolean {
    return this.#underPressure;
  }

  /** Resolves when nothing is pending. While the database fails, that is not yet. */
  async flushed(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /**
   * Forgets all that waits: it is not to be committed any more, and nobody was told that it is saved (D2).
   * The rooms that it is of are to be closed.
   */
  abandon(): void {
    this.#abandoned++;
    for (const queue of this.#dirty) this.#forget(queue);
    this.#dirty.clear();
  }

  /**
   * Ends all tries. What is still pending stays unsaved, as nobody was told otherwise (D2); the
   * process can then end, whether or not the database ever comes back (D5).
   */
  giveUp(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #isIdle(): boolean {
    return this.#dirty.size === 0 && !this.#flushing;
  }

  #schedule(): void {
    if (this.#flushing || this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    const wait = this.#lastCommit + this.#options.gapMs - performance.now();
    const run = () => {
      this.#scheduled = false;
      void this.#flush();
    };
    if (wait <= 0) setImmediate(run);
    else this.#timer = setTimeout(run, wait);
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    this.#flushBegan = performance.now();
    const group = this.#takeGroup();
    this.#group = group;
    const commits = await this.#commit(group);
    if (commits === null && this.#ended) return;
    this.#lastCommit = performance.now();
    this.#flushing = false;
    this.#group = null;
    if (commits !== null) this.#counts.commits++;
    if (commits !== null) this.#options.onCommit?.(this.#lastCommit - this.#flushBegan);
    this.#pending(-group.bytes);
    for (const { queue, position, entries } of commits === null ? [] : group.queues) {
      const commit = commits?.get(queue.pieceId);
      this.#counts.committedUpdates += position - queue.committed;
      queue.committed = position;
      if (commit === undefined) this.#dropPiece(queue);
      else queue.listener.committed(position, { last: commit.last, entries });
    }
    if (this.#dirty.size > 0) this.#schedule();
    else for (const resolve of this.#idle.splice(0)) resolve();
  }

  #takeGroup(): Group {
    const queues: QueueInGroup[] = [];
    const entries: JournalEntry[] = [];
    let bytes = 0;
    for (const queue of this.#dirty) {
      if (entries.length >= groupAtMost || bytes >= groupBytesAtMost) break;
      this.#dirty.delete(queue);
      for (const entry of queue.waiting) bytes += entry.update.length;
      const rows = mergeRuns(queue.waiting);
      entries.push(...rows);
      queue.waiting = [];
      queues.push({ queue, position: queue.position, entries: rows });
    }
    return { queues, entries, bytes };
  }

  /**
   * Tries until it is committed: there is nowhere else for the words to go (D4). Null when the
   * server has given up meanwhile, or has abandoned it.
   */
  async #commit(group: Group): Promise<Map<string, { last: number; rows: number }> | null> {
    const abandoned = this.#abandoned;
    for (let attempt = 0; !this.#ended && this.#abandoned === abandoned; attempt++) {
      try {
        const commits = await this.#store.append(group.entries);
        if (attempt > 0) this.#options.log.info({ attempt }, 'saving works again');
        return commits;
      } catch (err) {
        this.#counts.failures++;
        const retryMs = Math.min(retryMostMs, retryFirstMs * 2 ** attempt);
        this.#options.log.error(
          {
            err,
            attempt,
            retryMs,
            entries: group.entries.length,
            pendingBytes: this.#pendingBytes,
          },
          'cannot save to the database; nothing is reported saved until it works',
        );
        await new Promise((resolve) => {
          this.#timer = setTimeout(resolve, retryMs);
        });
      }
    }
    return null;
  }

  #dropPiece(queue: JournalQueue): void {
    this.#dirty.delete(queue);
    this.#forget(queue);
    queue.listener.gone();
  }

  #forget(queue: JournalQueue): void {
    for (const entry of queue.waiting) this.#pending(-entry.update.length);
    queue.waiting = [];
  }

  #pending(bytes: number): void {
    this.#pendingBytes += bytes;
    const { maxPendingBytes, onPressure } = this.#options;
    const under = this.#underPressure
      ? this.#pendingBytes > maxPendingBytes / 2
      : this.#pendingBytes > maxPendingBytes;
    if (under === this.#underPressure) return;
    this.#underPressure = under;
    onPressure(under);
  }
}

/**
 * Merges neighbouring keystrokes of one author. Only neighbours: moving an update before one that it
 * builds on would be right in the end, but not at every moment between (D1, the history). Only
 * keystrokes: what is cut, pasted or moved is told by what one row does (A1).
 */
function mergeRuns(entries: readonly JournalEntry[]): JournalEntry[] {
  const merged: JournalEntry[] = [];
  for (let from = 0; from < entries.length;) {
    const first = entries[from];
    if (first === undefined) break;
    let to = from + 1;
    // What is alone, as of who types alone, is not read for it.
    if (isOneRun(first, entries[to]) && isKeystroke(first.update)) {
      while (to - from < mergeAtMost && goesOn(first, entries[to])) to++;
    }
    merged.push(to - from === 1 ? first : mergeRun(entries.slice(from, to), first));
    from = to;
  }
  return merged;
}

/** Before a row that a version is made of ends a run: it is what that version holds last. */
function isOneRun(first: JournalEntry, next: JournalEntry | undefined): boolean {
  return (
    next !== undefined &&
    next.author === first.author &&
    (next.before ?? null) === null &&
    next.at.getTime() - first.at.getTime() <= mergeWithinMs
  );
}

function goesOn(first: JournalEntry, next: JournalEntry | undefined): boolean {
  return next !== undefined && isOneRun(first, next) && isKeystroke(next.update);
}

function mergeRun(run: readonly JournalEntry[], first: JournalEntry): JournalEntry {
  const bound = run.flatMap((entry) => entry.bound ?? []);
  return { ...first, bound, update: mergeUpdates(run.map((entry) => entry.update)) };
}
