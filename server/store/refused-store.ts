import { v7 as newId } from 'uuid';
import type { KeptRefused, RefusedKey, RefusedStore } from '../collab/ports.ts';
import type { Queryable, Sql, Transaction } from '../db/connect.ts';
import { inTransaction, partBytes, readParts, withLongValue } from '../db/large-bytes.ts';

interface FoundRow extends Omit<KeptRefused, 'update'> {
  readonly update: Uint8Array | null;
  readonly length: number;
}

/** Rows that one person may have in a piece; each holds what they wrote with one clientID. */
const mostRows = 100;

/**
 * Refused edits in Postgres. One person's take up at most `maxBytes` and 100 rows of a piece, those
 * that an owner has deleted included: who is refused must not be able to fill the disk.
 */
export function createRefusedStore(sql: Sql, maxBytes: number): RefusedStore {
  return {
    find: (key) => find(sql, key),

    async forget({ pieceId, author, clientId, reason }) {
      await sql`
        delete from refused_edits
        where piece_id = ${pieceId} and author = ${author} and client_id = ${clientId}
          and reason = ${reason}`;
    },

    async keep({ update, added, removed, ...key }) {
      return sql.begin(async (tx) => {
        const { pieceId, author, clientId, reason } = key;
        if (!(await hasRoom(tx, key, update.length, maxBytes))) return null;
        return withLongValue(tx, update, async (given) => {
          const [row] = await tx<{ id: string }[]>`
            with ${given}
            insert into refused_edits
              (id, piece_id, author, client_id, reason, at, update, added, removed)
            select ${newId()}::uuid, id, ${author}::uuid, ${clientId}::bigint, ${reason}, now(),
                   given.bytes, ${storable(added)}, ${storable(removed)}
            from pieces, given where id = ${pieceId}
            on conflict (piece_id, author, client_id, reason) do update
              set at = excluded.at, update = excluded.update, added = excluded.added,
                  removed = excluded.removed, dismissed_at = null
            returning id`;
          return row?.id ?? null;
        });
      });
    },
  };
}

async function find(sql: Queryable, key: RefusedKey): Promise<KeptRefused | null> {
  const row = await findRow(sql, key);
  if (row === undefined) return null;
  const { update } = row;
  if (update !== null) return { ...row, update };
  // As of one moment: it may be written anew between two parts (B1).
  return inTransaction(sql, 'isolation level repeatable read read only', async (tx) => {
    const long = await findRow(tx, key);
    if (long === undefined) return null;
    const { length, ...rest } = long;
    const parts = tx<{ part: Uint8Array }[]>`
      select parts_of(update, ${partBytes}) as part from refused_edits where id = ${long.id}`;
    return { ...rest, update: await readParts(parts, length) };
  });
}

/** `update`: null where it is too long for a row. */
async function findRow(sql: Queryable, { pieceId, author, clientId, reason }: RefusedKey) {
  const [row] = await sql<FoundRow[]>`
    select id, added, removed, octet_length(update) as length,
      case when octet_length(update) <= ${partBytes} then update end as update
    from refused_edits
    where piece_id = ${pieceId} and author = ${author} and client_id = ${clientId}
      and reason = ${reason}`;
  return row;
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
