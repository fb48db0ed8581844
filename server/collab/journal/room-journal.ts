import { NoSuchPiece, Overloaded } from '../engine.ts';
import type { Journal, JournalCommit, JournalQueue } from './journal.ts';
import type {
  Bound,
  HeldAppend,
  JournalEntry,
  JournalRow,
  Log,
  PieceStore,
  VersionBefore,
} from '../ports.ts';
import { Sequence } from '../replication/sequence.ts';

export interface RoomJournalDeps {
  readonly journal: Journal;
  readonly store: PieceStore;
  readonly log: Log;
  /** All up to this position is committed. */
  readonly onSaved: (position: number) => void;
  /** Rows of this server are committed. */
  readonly onRows: (rows: readonly JournalRow[]) => void;
  /**
   * Rows that another server wrote; ones of this server may be among them. Resolves when the document
   * holds them; undefined: it does already.
   */
  readonly onForeign: (rows: readonly JournalRow[]) => Promise<void> | undefined;
  /** The database does not know the piece any more. */
  readonly onGone: () => void;
}

/** A row of the piece that is to be the next. */
export type HeldRow = Omit<JournalEntry, 'pieceId'>;

/**
 * How long a row may be missing that came before another, in ms, until it is read: two servers' rows take
 * different ways, and what this one is committing just now may be it.
 */
const patienceMs = 20;

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
  readonly #sequence: Sequence;
  #seq: number;
  #awaiting: { readonly position: number; readonly done: (err?: Error) => void }[] = [];
  /** The last row that the journal is known to have. */
  #heard = 0;
  #reading: Promise<void> | null = null;
  #putting = false;
  #putWaiters: (() => void)[] = [];
  #missing: NodeJS.Timeout | null = null;
  #closed = false;
  /** An edit came after it was closed. */
  #lost = false;

  constructor(pieceId: string, seq: number, deps: RoomJournalDeps) {
    this.pieceId = pieceId;
    this.#seq = seq;
    this.#sequence = new Sequence(seq);
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
    if (this.#closed) {
      // Whoever waits for it is told so; others' clientIDs may be used elsewhere by now (C6).
      this.#lost = true;
      this.#deps.log.warn({ pieceId: this.pieceId }, 'an edit came when its piece was let go');
      return;
    }
    this.#deps.journal.append(this.#queue, author, update, bound, before);
  }

  /**
   * Holds the journal while `make` says what comes next (ports.ts): it gets the number of the last row, which
   * the document may not hold yet. It is to hold what was appended before `tookHeld` is called. Rejects with
   * `Overloaded` where nothing is known of it.
   */
  appendHeld(make: (seq: number) => Promise<HeldRow | null>): Promise<HeldAppend> {
    return this.#deps.journal.appendHeld(this.pieceId, make);
  }

  /** The document holds what `appendHeld` has committed. */
  tookHeld(row: JournalRow): void {
    this.#sequence.own(row.seq, row.seq);
    this.#goOn();
    this.#deps.onRows([row]);
    this.#deps.onSaved(this.committed);
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
    return this.committed === this.position && this.#isUpTo(this.#known);
  }

  /**
   * Resolves when all that was handed over so far is committed. Rejects with `NoSuchPiece`, and with
   * `Overloaded` where the room is closed before.
   */
  async whenSaved(): Promise<void> {
    if (this.#lost) throw new Overloaded();
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

  /** Takes rows that another server says that it has committed. */
  hear(rows: readonly JournalRow[]): void {
    this.#sequence.foreign(rows);
    this.#goOn();
  }

  /**
   * The journal has a row of this number: what is missing up to it is read (C2). Resolves when the document
   * holds all up to it; rejects where it cannot be read now.
   */
  async reach(seq: number): Promise<void> {
    this.#heard = Math.max(this.#heard, seq);
    while (this.#seq < seq && !this.#closed) {
      await (this.#putting ? this.#whenPut() : this.#read());
    }
  }

  close(): void {
    this.#closed = true;
    // Nobody waits for what is not to come.
    for (const waiter of this.#awaiting.splice(0)) waiter.done(new Overloaded());
    for (const done of this.#putWaiters.splice(0)) done();
    if (this.#missing !== null) clearTimeout(this.#missing);
  }

  get #known(): number {
    return Math.max(this.#heard, this.#sequence.last);
  }

  #isUpTo(seq: number): boolean {
    return this.#seq >= seq && !this.#putting && this.#reading === null;
  }

  #committed(position: number, { last, entries }: JournalCommit): void {
    const first = last - entries.length + 1;
    this.#sequence.own(first, last);
    this.#goOn();
    const [ready, rest] = [this.#awaiting, this.#awaiting].map((list, i) =>
      list.filter((waiter) => waiter.position <= position === (i === 0)),
    );
    this.#awaiting = rest ?? [];
    for (const waiter of ready ?? []) waiter.done();
    this.#deps.onRows(entries.map((entry, i) => ({ seq: first + i, ...entry })));
    this.#deps.onSaved(position);
  }

  /** Puts in what comes next, as far as it is here. */
  #goOn(): void {
    if (this.#putting || this.#closed) return;
    for (let next = this.#sequence.take(); next !== null; next = this.#sequence.take()) {
      const { foreign, seq } = next;
      const putting = foreign.length === 0 ? undefined : this.#deps.onForeign(foreign);
      if (putting !== undefined) {
        void this.#put(putting, seq);
        return;
      }
      this.#seq = seq;
    }
    // With own rows nothing is to be put in.
    this.#seq = this.#sequence.seq;
    if (this.#sequence.last > this.#seq)
      this.#missing ??= setTimeout(() => this.#miss(), patienceMs);
  }

  async #put(putting: Promise<void>, seq: number): Promise<void> {
    this.#putting = true;
    try {
      await putting;
      this.#seq = seq;
    } finally {
      this.#putting = false;
      this.#goOn();
      for (const done of this.#putWaiters.splice(0)) done();
    }
  }

  #whenPut(): Promise<void> {
    return new Promise((resolve) => this.#putWaiters.push(resolve));
  }

  #miss(): void {
    this.#missing = null;
    const { last } = this.#sequence;
    if (last <= this.#seq || this.#closed) return;
    if (this.#putting) {
      this.#missing = setTimeout(() => this.#miss(), patienceMs);
      return;
    }
    this.reach(last).catch((err: unknown) => {
      // The next row, or the next look at the journal, comes here again; until then no snapshot is taken.
      const { pieceId } = this;
      this.#deps.log.warn({ err, pieceId }, 'cannot read what another server wrote');
    });
  }

  /** One at a time. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const from = this.#seq;
    const rows = await this.#deps.store.rowsAfter(this.pieceId, from);
    if (this.#closed) return;
    if (rows.length === 0 && this.#seq === from) {
      throw new Error(`journal rows after ${from} are missing`);
    }
    this.#sequence.foreign(rows);
    this.#goOn();
  }

  #gone(): void {
    for (const waiter of this.#awaiting.splice(0)) waiter.done(new NoSuchPiece(this.pieceId));
    this.#deps.onGone();
  }
}
