import type { Fragment } from 'postgres';
import type { JournalRow, PieceStore } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { withLongValue } from '../db/large-bytes.ts';
import { unpack } from '../history/pack.ts';
import { readRows } from '../history/read-rows.ts';
import { lastFullBlock } from '../history/stretches.ts';
import { loadPiece } from './load-piece.ts';

/** Reads and writes what an open piece needs: its snapshot and the journal after it (D6). */
export function createPieceStore(sql: Queryable): PieceStore {
  return {
    load: (pieceId) => loadPiece(sql, pieceId),

    // Of what lies out of line, Postgres knows the length without reading it.
    async sizeOf(pieceId) {
      const [row] = await sql<{ bytes: number }[]>`
        with latest as (
          select seq, octet_length(state) as bytes from snapshots
          where piece_id = ${pieceId} order by seq desc limit 1
        )
        select coalesce((select bytes from latest), 0)::float8 + coalesce((
          select sum(octet_length(update)) from journal
          where piece_id = ${pieceId} and seq > coalesce((select seq from latest), 0)
        ), 0)::float8 as bytes`;
      return row?.bytes ?? 0;
    },

    async rowsAfter(pieceId, seq) {
      const rows: JournalRow[] = [];
      for await (const stored of readRows(sql, pieceId, { after: seq })) {
        // Out of a pack, those that are asked for, each with its author.
        const found = 'row' in stored ? [stored.row] : unpack(stored.packed);
        for (const row of found) if (row.seq > seq) rows.push({ ...row, at: new Date(row.at) });
      }
      return rows;
    },

    async saveSnapshot(pieceId, seq, state) {
      const last = await withLongValue(sql, state, (given, tx) => save(tx, pieceId, seq, given));
      if (last === null) throw new RangeError(`No piece ${pieceId} to snapshot`);
      if (seq > last) {
        throw new RangeError(`Snapshot ${seq} of ${pieceId} is ahead of its journal (${last})`);
      }
    },
  };
}

/**
 * A newer snapshot, of another server, stays; one from ahead of the journal would hide rows.
 * @param given - CTEs, of which `given` has the state in its column `bytes`
 * @returns the number of the last row of the journal; null: there is no such piece
 */
async function save(
  sql: Queryable,
  pieceId: string,
  seq: number,
  given: Fragment,
): Promise<number | null> {
  const [head] = await sql<{ last: number }[]>`
    with ${given},
    head as (
      select piece_id, seq from journal_heads where piece_id = ${pieceId}
    ),
    stored as (
      insert into snapshots (piece_id, seq, state)
      select piece_id, ${seq}::bigint, given.bytes from head, given
      where ${seq}::bigint <= head.seq
        and not exists (
          select from snapshots where piece_id = ${pieceId} and seq > ${seq}::bigint
        )
      on conflict (piece_id, seq) do nothing
    ),
    dropped as (
      delete from snapshots
      where piece_id in (select piece_id from head where ${seq}::bigint <= head.seq)
        and seq < ${seq}::bigint and seq <> ${lastFullBlock(seq)}::bigint
    )
    select seq as last from head`;
  return head?.last ?? null;
}
