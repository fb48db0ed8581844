import type { ClientIdOwners } from '../collab/replication/servers.ts';
import type { ClientIds } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';

/**
 * Whose clientIDs are, and which server takes words under them, as all servers know it (C6).
 *
 * @param server - this one's id
 */
export function createClientIdOwners(sql: Queryable, server: string): ClientIdOwners {
  return {
    async claim(pieceId, person, clientIds) {
      if (clientIds.length === 0) return { held: [], moved: false };
      const rows = await sql<{ clientId: number; isNew: boolean }[]>`
        insert into client_ids (piece_id, client_id, user_id, server)
        select ${pieceId}, client_id, ${person}, ${server}
        from unnest(${literal(clientIds)}::text::bigint[]) as one (client_id)
        order by client_id
        on conflict (piece_id, client_id) do update set server = excluded.server, wanted = false
          where client_ids.user_id = excluded.user_id and (
            client_ids.server is null or client_ids.server = excluded.server
            or not exists (select from servers where id = client_ids.server))
        returning client_id as "clientId", xmax = 0 as "isNew"`;
      return {
        held: rows.map(({ clientId }) => clientId),
        moved: rows.some(({ isNew }) => !isNew),
      };
    },

    async find(pieceId, clientIds): Promise<ClientIds> {
      if (clientIds.length === 0) return new Map();
      const rows = await sql<{ clientId: number; userId: string | null }[]>`
        select client_id as "clientId", user_id as "userId" from client_ids
        where piece_id = ${pieceId} and client_id = any(${literal(clientIds)}::text::bigint[])`;
      return new Map(rows.map(({ clientId, userId }) => [clientId, userId]));
    },

    async ask(pieceId, clientIds) {
      await sql`
        update client_ids set wanted = true
        where piece_id = ${pieceId} and client_id = any(${literal(clientIds)}::text::bigint[])
          and server <> ${server} and not wanted`;
    },

    async release(pieceId, clientIds) {
      if (clientIds.length === 0) return;
      await sql`
        update client_ids set server = null, wanted = false
        where piece_id = ${pieceId} and client_id = any(${literal(clientIds)}::text::bigint[])
          and server = ${server}`;
    },
  };
}

const literal = (clientIds: readonly number[]) => `{${clientIds.join()}}`;
