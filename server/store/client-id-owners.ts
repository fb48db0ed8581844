import type { ClientIdOwners } from '../collab/replication/servers.ts';
import type { ClientIds } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';

interface Row {
  readonly clientId: number;
  readonly userId: string | null;
}

/** Whose clientIDs are, as all servers know it (C6). */
export function createClientIdOwners(sql: Queryable): ClientIdOwners {
  async function find(pieceId: string, clientIds: readonly number[]): Promise<ClientIds> {
    if (clientIds.length === 0) return new Map();
    const rows = await sql<Row[]>`
      select client_id as "clientId", user_id as "userId" from client_ids
      where piece_id = ${pieceId} and client_id = any(${literal(clientIds)}::text::bigint[])`;
    return new Map(rows.map(({ clientId, userId }) => [clientId, userId]));
  }

  return {
    find,
    async claim(pieceId, person, claimed) {
      if (claimed.length === 0) return new Map();
      const bound = await sql<Row[]>`
        insert into client_ids (piece_id, client_id, user_id)
        select ${pieceId}, client_id, ${person}
        from unnest(${literal(claimed)}::text::bigint[]) as one (client_id)
        on conflict do nothing
        returning client_id as "clientId", user_id as "userId"`;
      const owners = new Map(bound.map(({ clientId, userId }) => [clientId, userId]));
      // Whose the others are is seen by a statement that begins after theirs have been committed.
      const others = claimed.filter((one) => !owners.has(one));
      return new Map([...owners, ...(await find(pieceId, others))]);
    },
  };
}

const literal = (clientIds: readonly number[]) => `{${clientIds.join()}}`;
