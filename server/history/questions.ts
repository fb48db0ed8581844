import type * as Y from 'yjs';
import {
  applyStored,
  newDocument,
  readDocument,
  type DocumentModel,
} from '../../shared/document/index.ts';
import { compareDocuments, type Comparison } from '../../shared/document/compare/index.ts';
import type { Queryable } from '../db/connect.ts';
import { blockEnd } from './block-end.ts';
import { attribute, type Attributed } from './attribution.ts';
import type { Moment } from './moments.ts';
import { fromStored, momentsOf, readRows, type StoredStretches } from './read-rows.ts';
import { replay, type Until } from './replay.ts';
import type { StoredRows } from './rows.ts';
import {
  blockRows,
  endOfBlock,
  joinStretches,
  lastFullBlock,
  stretchesOf,
  stretchesVersion,
  type Stretch,
} from './stretches.ts';

/** A piece as it was at some moment. */
export interface PastState {
  /** The last journal row that it holds; 0: none, it is blank. */
  readonly seq: number;
  /** When that was written, ms since 1970. */
  readonly at: number;
  readonly model: DocumentModel;
}

export async function stateAt(sql: Queryable, pieceId: string, until: Until): Promise<PastState> {
  const { doc, seq, at } = await replay(readRows(sql, pieceId), until);
  const model = readDocument(doc);
  doc.destroy();
  return { seq, at, model };
}

/** What was changed between two moments. Null: the piece had not been begun at one of them. */
export async function changesBetween(
  sql: Queryable,
  pieceId: string,
  from: Until,
  to: Until,
): Promise<Comparison | null> {
  const before = await stateAt(sql, pieceId, from);
  const after = await stateAt(sql, pieceId, to);
  if (before.seq === 0 || after.seq === 0) return null;
  return compareDocuments(before.model, after.model);
}

/** Who wrote in a piece, from when to when, and how much; in the order in which they began. */
export async function historyOf(sql: Queryable, pieceId: string): Promise<Stretch[]> {
  const [blocks, [head]] = await Promise.all([
    sql<{ seq: number; stretches: StoredStretches }[]>`
      select seq, stretches from journal
      where piece_id = ${pieceId} and stretches is not null
        and stretches->>'version' = ${String(stretchesVersion)}
      order by seq`,
    sql<{ seq: number }[]>`select max(seq) as seq from journal where piece_id = ${pieceId}`,
  ]);
  const whole = new Map(
    blocks.map(({ seq, stretches }) => [
      endOfBlock(seq),
      { seq, stretches: fromStored(stretches) },
    ]),
  );
  const last = head?.seq ?? 0;
  const missing = (end: number) => whole.get(end)?.seq !== Math.min(end, last);
  const found = new Map<number, Stretch[]>();
  for (const [end, { stretches }] of whole) if (!missing(end)) found.set(end, stretches);
  const ends = Array.from({ length: Math.ceil(last / blockRows) }, (_, i) => (i + 1) * blockRows);
  const asked = new Set(ends.filter((end) => !found.has(end)));
  if (asked.size > 0) {
    const after = lastFullBlock(last);
    const state = Math.min(...asked) > after ? await blockEnd(sql, pieceId, after) : null;
    const doc = newDocument({ gc: false });
    if (state !== null) applyStored(doc, [state]);
    const rows = readRows(sql, pieceId, state === null ? {} : { after });
    for await (const { end, stretches } of computeBlocks(rows, asked, doc)) {
      found.set(end, stretches);
    }
    doc.destroy();
  }
  return joinStretches([...found].sort(([a], [b]) => a - b).map(([, stretches]) => stretches));
}

/**
 * The stretches of some blocks, out of all rows of a piece that `doc`, which keeps what is deleted,
 * does not hold yet. It holds all up to the block's last row whenever one is given.
 */
export async function* computeBlocks(
  rows: AsyncIterable<StoredRows>,
  asked: ReadonlySet<number>,
  doc: Y.Doc,
): AsyncGenerator<{ end: number; stretches: Stretch[]; block: StoredRows[] }> {
  let waiting: StoredRows[] = [];
  for await (const { end, block } of inBlocks(rows)) {
    waiting.push(...block);
    if (!asked.has(end)) continue;
    // All that led up to the block at once: joined, it is applied in half the time.
    await replay(each(waiting), null, { doc });
    waiting = [];
    yield { end, stretches: stretchesOf(doc, momentsOf(block)), block };
  }
}

async function* inBlocks(
  rows: AsyncIterable<StoredRows>,
): AsyncGenerator<{ end: number; block: StoredRows[] }> {
  let block: StoredRows[] = [];
  let end = blockRows;
  for await (const one of rows) {
    const to = endOfBlock('row' in one ? one.row.seq : one.packed.last);
    if (to !== end && block.length > 0) {
      yield { end, block };
      block = [];
    }
    end = to;
    block.push(one);
  }
  if (block.length > 0) yield { end, block };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Who wrote what stood in the body at a moment, as the journal has it. */
export async function attributionOf(
  sql: Queryable,
  pieceId: string,
  until: Until,
): Promise<Attributed[]> {
  const moments: Moment[] = [];
  const doc = newDocument({ gc: false });
  await replay(
    noted(readRows(sql, pieceId), (one) => moments.push(...momentsOf([one]))),
    until,
    { doc },
  );
  const bound = await sql<{ clientId: number; userId: string | null }[]>`
    select client_id as "clientId", user_id as "userId" from client_ids
    where piece_id = ${pieceId}`;
  const clientIds = new Map(bound.map(({ clientId, userId }) => [clientId, userId]));
  const parts = attribute(doc, moments, clientIds);
  doc.destroy();
  return parts;
}

async function* noted<T>(items: AsyncIterable<T>, note: (item: T) => void): AsyncGenerator<T> {
  for await (const item of items) {
    note(item);
    yield item;
  }
}
