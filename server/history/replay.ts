import * as Y from 'yjs';
import { applyStored, newDocument } from '../../shared/document/new-document.ts';
import { Parts } from './parts.ts';
import { unpack } from './pack.ts';
import type { HistoryRow, PackedRows, StoredRows } from './rows.ts';

/** Up to and with a row, or up to and with a moment (ms since 1970); all where neither is given. */
export type Until = { readonly seq: number } | { readonly time: number } | null;

/** A piece as it was. */
export interface Replayed {
  readonly doc: Y.Doc;
  /** The last row that it holds; 0: none. */
  readonly seq: number;
  /** When that was written, ms since 1970. */
  readonly at: number;
}

/** Rows that are joined before they are applied: one by one they take ten times as long. */
const joinAtMost = 4_000;

/**
 * The document as it was after its rows up to a moment. Rows are in the order of their sequence, and
 * the first that is later than the moment ends it, also where a clock had been set back after that.
 * `doc`: what they are put into, where it is not a new one.
 */
export async function replay(
  stored: AsyncIterable<StoredRows>,
  until: Until,
  { doc = newDocument() } = {},
): Promise<Replayed> {
  const waiting = new Waiting(doc);
  let last = { seq: 0, at: 0 };
  for await (const one of stored) {
    const { rows, ended } = 'row' in one ? within([one.row], until) : opened(one.packed, until);
    if (rows === null) {
      if (!('packed' in one)) continue;
      waiting.add(one.packed.update);
      last = { seq: one.packed.last, at: one.packed.lastAt };
    } else {
      for (const row of rows) waiting.add(row.update);
      last = rows.at(-1) ?? last;
    }
    if (ended) break;
  }
  waiting.apply();
  return { doc, seq: last.seq, at: last.at };
}

type Within =
  | { readonly rows: readonly HistoryRow[]; readonly ended: boolean }
  /** All of a pack. */
  | { readonly rows: null; readonly ended: false };

function opened(packed: PackedRows, until: Until): Within {
  const whole =
    until === null || ('seq' in until ? packed.last <= until.seq : packed.latest <= until.time);
  return whole ? { rows: null, ended: false } : within(unpack(packed), until);
}

function within(rows: readonly HistoryRow[], until: Until): Within {
  if (until === null) return { rows, ended: false };
  const beyond = rows.findIndex((row) =>
    'seq' in until ? row.seq > until.seq : row.at > until.time,
  );
  return beyond < 0 ? { rows, ended: false } : { rows: rows.slice(0, beyond), ended: true };
}

/** Updates that are yet to be applied. */
class Waiting {
  readonly #doc: Y.Doc;
  #parts = new Parts();
  #count = 0;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  add(update: Uint8Array): void {
    this.#parts.add(Y.decodeUpdate(update));
    if (++this.#count >= joinAtMost) this.apply();
  }

  apply(): void {
    if (this.#count === 0) return;
    applyStored(this.#doc, [this.#parts.encode()]);
    this.#parts = new Parts();
    this.#count = 0;
  }
}
