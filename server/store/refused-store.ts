import { v7 as newId } from 'uuid';
import type { KeptRefused, RefusedKey, RefusedStore } from '../collab/ports.ts';
import type { Sql, Transaction } from '../db/connect.ts';

/** Rows that one person may have in a piece; each holds what they wrote with one clientID. */
const mostRows = 100;

/**
 * Refused edits in Postgres. One person's take up at most `maxBytes` and 100 rows of a piece, those
 * that an owner has deleted included: who is refused must not be able to fill the disk.
 */
export function createRefusedStore(sql: Sql, maxBytes: number): RefusedStore {
  return {
    async find({ pieceId, author, clientId, reason }) {
      const [row] = await sql<KeptRefused[]>`
        select id, update, added, removed from refused_edits
        where piece_id = ${pieceId} and author = ${author} and client_id = ${clientId}
          and reason = ${reason}`;
      return row ?? null;
    },

    async keep({ update, added, removed, ...key }) {
      return sql.begin(async (tx) => {
        const { pieceId, author, clientId, reason } = key;
        if (!(await hasRoom(tx, key, update.length, maxBytes))) return null;
        const [row] = await tx<{ id: string }[]>`
          insert into refused_edits
            (id, piece_id, author, client_id, reason, at, update, added, removed)
          select ${newId()}::uuid, id, ${author}::uuid, ${clientId}::bigint, ${reason}, now(),
                 ${update}::bytea, ${storable(added)}, ${storable(removed)}
          from pieces where id = ${pieceId}
          on conflict (piece_id, author, client_id, reason) do update
            set at = excluded.at, update = excluded.update, added = excluded.added,
                removed = excluded.removed, dismissed_at = null
          returning id`;
        return row?.id ?? null;
      });
    },
  };
}

/** Counts what is there besides the row that would be replaced. */
async function hasRoom(
  tx: Transaction,
  { pieceId, author, clientId, reason }: RefusedKey,
  bytes: number,
  maxBytes: number,
): Promise<boolean> {
  // One write of a person's at a time, so that two do not both find room.
  await tx`select pg_advisory_xact_lock(hashtextextended(${pieceId} || ${author}, 0))`;
  const [taken] = await tx<{ rows: number; bytes: number }[]>`
    select count(*) as rows, coalesce(sum(octet_length(update)), 0)::bigint as bytes
    from refused_edits
    where piece_id = ${pieceId} and author = ${author}
      and (client_id, reason) is distinct from (${clientId}::bigint, ${reason})`;
  return taken !== undefined && taken.rows < mostRows && taken.bytes + bytes <= maxBytes;
}

/** Postgres cannot store NUL; halves of surrogate pairs the driver replaces. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}
