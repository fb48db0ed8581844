import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import type { Decoded } from '../collab/updates/read-update.ts';
import { decodeMoments, encodeMoments, type Moment } from './moments.ts';
import { Parts } from './parts.ts';
import type { HistoryRow, PackedRows } from './rows.ts';

/** A row, read. */
interface Read {
  readonly row: HistoryRow;
  readonly moment: Moment;
  /** Its update in the one form that `Parts` gives. */
  readonly bytes: Uint8Array;
  readonly decoded: Decoded;
}

/**
 * Neighbouring rows as one. Null where a row could not be had back as it was: those are of an odd
 * kind (words that came again after they had been thrown away), and stay as they are.
 */
export function pack(rows: readonly HistoryRow[]): PackedRows | null {
  const reads = rows.map(readRow);
  const whole = new Parts();
  for (const { decoded } of reads) whole.add(decoded);
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return null;
  const update = whole.encode();
  const packed: PackedRows = {
    ...{ first: first.seq, last: last.seq, lastAt: last.at, update },
    latest: rows.reduce((latest, { at }) => Math.max(latest, at), first.at),
    moments: encodeMoments(reads.map(({ moment }) => moment)),
    digest: digest(reads.map(({ row, bytes }) => ({ ...row, update: bytes }))),
  };
  return isWhole(packed) ? packed : null;
}

/** The rows of a pack, with what each of them said. @throws Error where it holds no such rows. */
export function unpack({ first, last, update, moments }: PackedRows): HistoryRow[] {
  const list = decodeMoments(moments);
  if (list.length !== last - first + 1) {
    throw new Error(`Rows ${first} to ${last} are packed as ${list.length}`);
  }
  const whole = new Parts();
  whole.add(Y.decodeUpdate(update));
  return list.map(({ author, at, edits, deleted }, i) => {
    const own = whole.pick(edits, deleted);
    if (own === undefined) throw new Error(`The pack lacks edits of row ${first + i}`);
    return { seq: first + i, author, at, update: own.encode() };
  });
}

/** Whether a pack still holds the very rows that it was made of. */
export function isWhole(packed: PackedRows): boolean {
  return Buffer.from(packed.digest).equals(digest(unpack(packed)));
}

/** What a row did, without its letters. */
export function momentOf(row: HistoryRow): Moment {
  return readRow(row).moment;
}

function readRow(row: HistoryRow): Read {
  const decoded = Y.decodeUpdate(row.update);
  const parts = new Parts();
  parts.add(decoded);
  const { author, at } = row;
  const moment = { author, at, edits: parts.edits(), deleted: parts.deleted() };
  return { row, moment, bytes: parts.encode(), decoded };
}

function digest(rows: readonly HistoryRow[]): Uint8Array {
  const hash = createHash('sha256');
  for (const { seq, author, at, update } of rows) {
    hash.update(`${seq} ${author ?? ''} ${at} ${update.length}\n`).update(update);
  }
  return hash.digest();
}
