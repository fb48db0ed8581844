import { newDocument } from '../../shared/document/new-document.ts';
import type { Sql } from '../db/connect.ts';
import { keepBlockEnd } from './block-end.ts';
import { isWhole, pack, unpack } from './pack.ts';
import { computeBlocks } from './questions.ts';
import { readRows, toStored } from './read-rows.ts';
import type { HistoryRow, PackedRows, StoredRows } from './rows.ts';
import { blockRows, lastFullBlock, stretchesVersion, type Stretch } from './stretches.ts';

/** What packing did to a piece. */
export interface Packing {
  /** Journal rows that there were, and are. */
  readonly before: number;
  readonly after: number;
}

export interface PackOptions {
  /** Also what does not fill a block yet; it is packed again when more has come. */
  readonly unfilled: boolean;
}

interface Block {
  readonly end: number;
  readonly rows: number;
  /** Whether all of it is one pack already. */
  readonly packed: boolean;
  /** Whether its stretches are stored as they are counted now. */
  readonly counted: boolean;
}

/** Somebody else has packed the same rows meanwhile. */
class PackedElsewhere extends Error {}

/**
 * Packs the rows of a piece, block by block, each in one transaction: a kill at any moment leaves
 * every row as it was written, or packed. Nothing is lost: a pack gives back each row, with author
 * and time, and is stored only if it does.
 */
export async function packPiece(
  sql: Sql,
  pieceId: string,
  { unfilled }: PackOptions,
): Promise<Packing> {
  const blocks = await sql<Block[]>`
    select ceil(seq / ${blockRows}::numeric)::bigint * ${blockRows}::int as end, count(*) as rows,
      count(*) = 1 and bool_and(moments is not null) as packed,
      coalesce(bool_and(stretches->>'version' = ${String(stretchesVersion)}), false) as counted
    from journal where piece_id = ${pieceId} group by 1 order by 1`;
  const [head] = await sql<{ seq: number }[]>`
    select seq from journal_heads where piece_id = ${pieceId}`;
  const last = head?.seq ?? 0;
  // A piece of a single row has nothing to gain.
  const asked = blocks.filter(
    ({ end, packed, counted }) =>
      !(packed && counted) && last > 1 && (unfilled || packed || end <= last),
  );
  const recounted = new Set(asked.filter(({ packed }) => packed).map(({ end }) => end));
  const ends = new Set(asked.map(({ end }) => end));
  const rest = blocks.filter(({ end }) => !ends.has(end));
  let before = rest.reduce((sum, { rows }) => sum + rows, 0);
  let after = before;
  if (ends.size === 0) return { before, after };
  const upTo = Math.max(...ends);
  const rows = readRows(sql, pieceId, { upTo });
  const doc = newDocument({ gc: false });
  for await (const { end, block, stretches } of computeBlocks(rows, ends, doc)) {
    // As read: the last block may have grown since it was counted, while people write.
    before += block.length;
    if (recounted.has(end) && block.length === 1) {
      await storeStretches(sql, pieceId, block, stretches);
      after += 1;
    } else after += (await packBlock(sql, pieceId, block, stretches)) ? 1 : block.length;
    if (end === lastFullBlock(last)) await keepBlockEnd(sql, pieceId, end, doc);
  }
  doc.destroy();
  return { before, after };
}

/** Of a pack whose stretches were counted otherwise; the pack itself stays as it is. */
async function storeStretches(
  sql: Sql,
  pieceId: string,
  [pack]: readonly StoredRows[],
  stretches: readonly Stretch[],
): Promise<void> {
  if (pack === undefined || !('packed' in pack)) return;
  const { first, last } = pack.packed;
  await sql`
    update journal set stretches = ${sql.json(toStored(stretches))}
    where piece_id = ${pieceId} and seq = ${last} and first_seq = ${first}`;
}

/** False where the rows cannot be packed, or somebody else did. */
async function packBlock(
  sql: Sql,
  pieceId: string,
  block: readonly StoredRows[],
  stretches: readonly Stretch[],
): Promise<boolean> {
  const packed = pack(block.flatMap(rowsOf));
  if (packed === null) return false;
  try {
    await sql.begin(async (tx) => {
      const { count } = await tx`
        delete from journal
        where piece_id = ${pieceId} and seq between ${packed.first} and ${packed.last}`;
      if (count !== block.length) throw new PackedElsewhere();
      const row = { ...rowOf(pieceId, packed), stretches: tx.json(toStored(stretches)) };
      await tx`insert into journal ${tx(row)}`;
    });
    return true;
  } catch (err) {
    if (err instanceof PackedElsewhere) return false;
    throw err;
  }
}

function rowsOf(one: StoredRows): readonly HistoryRow[] {
  if ('row' in one) return [one.row];
  const { packed } = one;
  if (!isWhole(packed)) {
    throw new Error(`Rows ${packed.first} to ${packed.last} are not what was packed`);
  }
  return unpack(packed);
}

function rowOf(pieceId: string, { first, last, lastAt, latest, ...rest }: PackedRows) {
  return {
    ...{ piece_id: pieceId, seq: last, first_seq: first, author: null },
    ...{ at: new Date(lastAt), latest_at: new Date(latest), ...rest },
  };
}
