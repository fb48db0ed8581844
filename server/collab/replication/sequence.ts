import type { JournalRow } from '../ports.ts';

/** Rows that come next: of others, to be put in, and how far the journal is held with them. */
export interface NextRows {
  readonly foreign: readonly JournalRow[];
  readonly seq: number;
}

/**
 * Which rows of a piece's journal come next. They come from several sides, in no order: own ones when
 * they are committed, others' by the bus or out of the journal, some more than once.
 *
 * Invariant: what is taken is without gaps, so who holds all up to `seq` holds all of it with the next.
 */
export class Sequence {
  #seq: number;
  /** What has come early; null: a row of this server, which the document has. */
  readonly #ahead = new Map<number, JournalRow | null>();

  constructor(seq: number) {
    this.#seq = seq;
  }

  /** The last row up to which nothing is missing. */
  get seq(): number {
    return this.#seq;
  }

  /** The last row that has come; above `seq` where some are missing before it. */
  get last(): number {
    return this.#ahead.size === 0 ? this.#seq : Math.max(...this.#ahead.keys());
  }

  own(from: number, to: number): void {
    if (from <= this.#seq + 1 && this.#ahead.size === 0) {
      this.#seq = Math.max(this.#seq, to);
      return;
    }
    for (let seq = from; seq <= to; seq++) if (seq > this.#seq) this.#ahead.set(seq, null);
  }

  foreign(rows: readonly JournalRow[]): void {
    for (const row of rows) {
      if (row.seq > this.#seq && !this.#ahead.has(row.seq)) this.#ahead.set(row.seq, row);
    }
  }

  /** Takes what comes next; null: nothing, or something is missing first. */
  take(): NextRows | null {
    if (this.#ahead.size === 0) return null;
    const foreign: JournalRow[] = [];
    const from = this.#seq;
    for (;;) {
      const row = this.#ahead.get(this.#seq + 1);
      if (row === undefined) break;
      this.#ahead.delete(++this.#seq);
      if (row !== null) foreign.push(row);
    }
    return this.#seq === from ? null : { foreign, seq: this.#seq };
  }
}
