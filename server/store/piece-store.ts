import type { JournalRow, PieceStore } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { unpack } from '../history/pack.ts';
import { readRows } from '../history/read-rows.ts';
import { lastFullBlock } from '../history/stretches.ts';

/** The first row of a load: the piece is there, with its snapshot if it has one. */
interface HeadRow {
  readonly head: true;
  readonly locked: boolean;
  readonly seq: number | null;
  readonly bytes: Uint8Array | null;
}

interface TailRow {
  readonly head: false;
  readonly seq: number;
  readonly author: string | null;
  readonly at: Date;
  readonly bytes: Uint8Array;
}

/** Reads and writes what an open piece needs: its snapshot and the journal after it (D6). */
export function createPieceStore(sql: Queryable): PieceStore {
  return {
    // One statement sees one moment: no snapshot can be written, and no older one dropped, between
    // reading the snapshot and the tail. A transaction would take three more round trips.
    // Whose the clientIDs are is read beside it: what comes between is in the tail of a later look.
    async load(pieceId) {
      const clientIds = clientIdsOf(sql, pieceId);
      const rows = await sql<(HeadRow | TailRow)[]>`
        with piece as (
          select id, locked_at is not null as locked from pieces where id = ${pieceId} and deleted_at is null
        ),
        latest as (
          select seq, state from snapshots
          where piece_id in (select id from piece) order by seq desc limit 1
        )
        select true as head, latest.seq, null::uuid as author, null::timestamptz as at,
          latest.state as bytes, piece.locked
        from piece left join latest on true
        union all
        select false, journal.seq, journal.author, journal.at, journal.update, null
        from piece join journal on journal.piece_id = piece.id
        where journal.seq > coalesce((select seq from latest), 0)
        order by head desc, seq`;
      const [first, ...tail] = rows;
      const known = await clientIds;
      if (first?.head !== true) return null;
      const snapshot =
        first.seq === null || first.bytes === null ? null : { seq: first.seq, state: first.bytes };
      return {
        snapshot,
        clientIds: known,
        locked: first.locked,
        tail: tail.flatMap((row) => (row.head ? [] : [toJournalRow(row)])),
      };
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
      // A newer snapshot, of another server, stays; one from ahead of the journal would hide rows.
      const [head] = await sql<{ last: number }[]>`
        with head as (
          select piece_id, seq from journal_heads where piece_id = ${pieceId}
        ),
        stored as (
          insert into snapshots (piece_id, seq, state)
          select piece_id, ${seq}::bigint, ${state}::bytea from head
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
      if (head === undefined) throw new RangeError(`No piece ${pieceId} to snapshot`);
      if (seq > head.last) {
        throw new RangeError(
          `Snapshot ${seq} of ${pieceId} is ahead of its journal (${head.last})`,
        );
      }
    },
  };
}

async function clientIdsOf(sql: Queryable, pieceId: string): Promise<Map<number, string | null>> {
  const rows = await sql<{ clientId: number; userId: string | null }[]>`
    select client_id as "clientId", user_id as "userId" from client_ids
    where piece_id = ${pieceId}`;
  return new Map(rows.map(({ clientId, userId }) => [clientId, userId]));
}

function toJournalRow({ seq, author, at, bytes }: TailRow): JournalRow {
  return { seq, author, at, update: bytes };
}
