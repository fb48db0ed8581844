import { NoSuchPiece } from '../engine.ts';
import type { Journal, JournalQueue } from './journal.ts';
import type { Bound, JournalRow, Log, PieceStore, VersionBefore } from '../ports.ts';

export interface RoomJournalDeps {
  readonly journal: Journal;
  readonly store: PieceStore;
  readonly log: Log;
  /** All up to this position is committed. */
  readonly onSaved: (position: number) => void;
  /** Rows that another server wrote; ones of this server may be among them. */
  readonly onForeign: (rows: readonly JournalRow[]) => void;
  /** The database does not know the piece any more. */
  readonly onGone: () => void;
}

/**
 * A room's side of the journal: what it has handed over, what of it is committed, and up to which
 * sequence its document holds the journal.
 *
 * Invariant: `seq` never passes a row that `onForeign` or the room itself has not put into the
 * document. A snapshot is stamped with it, and an opening trusts that stamp (C1, D6).
 */
export class RoomJournal {
  readonly pieceId: string;
  readonly #deps: RoomJournalDeps;
  readonly #queue: JournalQueue;
  #seq: number;
  #awaiting: { readonly position: number; readonly done: (err?: Error) => void }[] = [];
  #catchUpTo = 0;
  #catchingUp = false;

  constructor(pieceId: string, seq: number, deps: RoomJournalDeps) {
    this.pieceId = pieceId;
    this.#seq = seq;
    this.#deps = deps;
    this.#queue = deps.journal.queueFor(pieceId, {
      committed: (position, commit) => this.#committed(position, commit),
      gone: () => this.#gone(),
    });
  }

  append(
    author: string | null,
    update: Uint8Array,
    bound: readonly Bound[] = [],
    before: VersionBefore | null = null,
  ): void {
    this.#deps.journal.append(this.#queue, author, update, bound, before);
  }

  /** How many updates have been handed over. */
  get position(): number {
    return this.#queue.position;
  }

  /** How many of them are committed. */
  get committed(): number {
    return this.#queue.committed;
  }

  get seq(): number {
    return this.#seq;
  }

  /** Whether the journal holds all that the room has, and the room all that the journal has. */
  get settled(): boolean {
    return this.committed === this.position && !this.#catchingUp && this.#catchUpTo <= this.#seq;
  }

  /** Resolves when all that was handed over so far is committed. Rejects with `NoSuchPiece`. */
  async whenSaved(): Promise<void> {
    const position = this.position;
    if (this.committed >= position) return;
    await new Promise<void>((resolve, reject) => {
      this.#awaiting.push({ position, done: (err) => (err ? reject(err) : resolve()) });
    });
  }

  /** Calls back when all that was handed over so far is committed; never, if the piece goes. */
  afterSaved(done: () => void): void {
    this.#awaiting.push({ position: this.position, done: (err) => (err ? undefined : done()) });
  }

  #committed(position: number, { last, rows }: { last: number; rows: number }): void {
    if (last === this.#seq + rows) this.#seq = last;
    else void this.#catchUp(last);
    const [ready, rest] = [this.#awaiting, this.#awaiting].map((list, i) =>
      list.filter((waiter) => waiter.position <= position === (i === 0)),
    );
    this.#awaiting = rest ?? [];
    for (const waiter of ready ?? []) waiter.done();
    this.#deps.onSaved(position);
  }

  /** A gap: somebody else has written to the piece. The journal has what they wrote (C2). */
  async #catchUp(to: number): Promise<void> {
    this.#catchUpTo = Math.max(this.#catchUpTo, to);
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    try {
      while (this.#seq < this.#catchUpTo) {
        const rows = await this.#deps.store.rowsAfter(this.pieceId, this.#seq);
        const last = rows.at(-1);
        if (last === undefined) throw new Error(`journal rows after ${this.#seq} are missing`);
        this.#deps.onForeign(rows);
        this.#seq = last.seq;
      }
    } catch (err) {
      // The next commit finds the same gap and comes here again; until then no snapshot is taken.
      this.#deps.log.warn({ err, pieceId: this.pieceId }, 'cannot read what another server wrote');
    } finally {
      this.#catchingUp = false;
    }
  }

  #gone(): void {
    for (const waiter of this.#awaiting.splice(0)) waiter.done(new NoSuchPiece(this.pieceId));
    this.#deps.onGone();
  }
}
