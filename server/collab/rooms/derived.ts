import type * as Y from 'yjs';
import type { Log, PieceStore } from '../ports.ts';
import type { Room } from '../room/room.ts';

export interface DerivedDeps {
  readonly store: PieceStore;
  readonly log: Log;
  /** A snapshot is written when this many journal rows have come since the last. */
  readonly snapshotEvery: number;
  /** Called, never twice at once for a piece, some time after its text has changed, `at` then. */
  readonly onChanged: (pieceId: string, doc: Y.Doc, at: Date) => Promise<void>;
}

/** A new title is seen in lists at once, or nearly; a word count can wait, and costs a reading. */
const tellHeadAfterMs = 500;
const tellAfterMs = 10_000;
const tellRetryMs = 5_000;

/** What is derived from an open piece and stored beside its journal: its summary and its snapshots. */
export class Derived {
  readonly #room: Room;
  readonly #deps: DerivedDeps;
  #snapshotSeq: number;
  /** The sequence at which `onChanged` was last told. */
  #toldSeq: number;
  #tending: Promise<void> | null = null;
  #tellTimer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(
    room: Room,
    deps: DerivedDeps,
    at: { readonly snapshotSeq: number; readonly toldSeq: number },
  ) {
    this.#room = room;
    this.#deps = deps;
    this.#snapshotSeq = at.snapshotSeq;
    this.#toldSeq = at.toldSeq;
  }

  get isBusy(): boolean {
    return this.#tending !== null;
  }

  /** Whether an opening would find journal rows behind the snapshot. */
  get lacksSnapshot(): boolean {
    return this.#room.journal.seq > this.#snapshotSeq;
  }

  get isBehind(): boolean {
    return this.lacksSnapshot || this.#room.journal.seq > this.#toldSeq;
  }

  /** The journal has got more of the piece. */
  committed(): void {
    const { snapshotEvery } = this.#deps;
    if (this.#room.journal.seq - this.#snapshotSeq >= snapshotEvery) void this.tend(snapshotEvery);
    const { headChanged } = this.#room;
    if (headChanged && this.#tellTimer !== null) {
      clearTimeout(this.#tellTimer);
      this.#tellTimer = null;
    }
    this.#room.headChanged = false;
    this.#tellIn(headChanged ? tellHeadAfterMs : tellAfterMs, snapshotEvery);
  }

  /**
   * Brings what is derived from the piece up to date: its summary, and its snapshot where at least
   * `rows` rows have come since the last. Failing costs nothing but a longer tail, and is tried
   * again.
   */
  tend(rows: number): Promise<void> {
    this.#tending ??= this.#tendOnce(rows)
      .catch((err: unknown) => {
        const { pieceId } = this.#room;
        this.#deps.log.warn({ err, pieceId }, 'cannot write a snapshot or summary');
        this.#tellIn(tellRetryMs, rows);
      })
      .finally(() => {
        this.#tending = null;
      });
    return this.#tending;
  }

  /** Resolves when nothing is under way. */
  async done(): Promise<void> {
    await this.#tending;
  }

  /** Brings it up to date before the room is let go. */
  async last(): Promise<void> {
    // What is under way may be about the summary only.
    await this.done();
    await this.tend(1);
  }

  /** Nothing is tried again from here on, what fails later included: it would keep the process. */
  close(): void {
    this.#closed = true;
    if (this.#tellTimer !== null) clearTimeout(this.#tellTimer);
  }

  #tellIn(ms: number, rows: number): void {
    if (this.#closed) return;
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = null;
      void this.tend(rows);
    }, ms);
  }

  async #tendOnce(rows: number): Promise<void> {
    const room = this.#room;
    if (!room.sound) return;
    const { seq } = room.journal;
    if (seq > this.#toldSeq) {
      await this.#deps.onChanged(room.pieceId, room.doc, room.changedAt);
      this.#toldSeq = seq;
    }
    if (room.journal.seq - this.#snapshotSeq < rows || !room.sound) return;
    // The document holds all rows up to its sequence, and perhaps words that are yet to be
    // committed. The snapshot waits for those: after a crash it would be the only place that has
    // them, no client would send them again, and the journal would not be the truth any more (D1).
    const at = room.journal.seq;
    const state = await room.state(null);
    await room.journal.whenSaved();
    await this.#deps.store.saveSnapshot(room.pieceId, at, state);
    this.#snapshotSeq = at;
  }
}
