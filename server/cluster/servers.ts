import type { Bus } from '../bus/bus.ts';
import { mostMessageBytes } from '../bus/bus.ts';
import { within } from '../bus/deadline.ts';
import type { Servers } from '../collab/replication/servers.ts';
import type { Queryable } from '../db/connect.ts';
import { createClientIdOwners } from '../store/client-id-owners.ts';
import type { Cluster } from './cluster.ts';
import type { WhoIsWhere } from './who.ts';

export interface ServersDeps {
  readonly sql: Queryable;
  readonly bus: Bus;
  readonly cluster: Cluster;
  readonly who: WhoIsWhere;
}

/** The other servers, as the collaboration engine sees them. */
export function createServers({ sql, bus, cluster, who }: ServersDeps): Servers {
  return {
    get hasOthers() {
      return cluster.hasOthers;
    },
    mostBytes: mostMessageBytes,
    owners: createClientIdOwners(sql, bus.serverId),
    async headsOf(pieceIds) {
      if (pieceIds.length === 0) return new Map();
      const asked = sql<{ pieceId: string; seq: number }[]>`
        select piece_id as "pieceId", seq from journal_heads
        where piece_id = any(${`{${pieceIds.join()}}`}::text::uuid[])`;
      const rows = await within(Promise.resolve(asked), deadlineMs, 'The database did not answer');
      return new Map(rows.map(({ pieceId, seq }) => [pieceId, seq]));
    },
    publish: (pieceId, message) => bus.publish(`piece:${pieceId}`, message),
    subscribe: (pieceId, listener) =>
      bus.subscribe(`piece:${pieceId}`, (message, from) => {
        // What a server that has ended said last may come late.
        if (cluster.isThere(from)) listener(message, from);
      }),
    async isOpenElsewhere(pieceId) {
      const rows = await sql`
        select from open_pieces join servers on servers.id = open_pieces.server
        where piece_id = ${pieceId} and servers.id <> ${bus.serverId} limit 1`;
      return rows.length > 0;
    },
    async openAt(server) {
      const rows = await sql<{ pieceId: string }[]>`
        select piece_id as "pieceId" from open_pieces where server = ${server}`;
      return rows.map(({ pieceId }) => pieceId);
    },
    tell: () => {
      if (cluster.hasOthers) cluster.tell();
    },
    present: (pieceId, people) => who.present(pieceId, people),
    presentElsewhere: (pieceId) => who.elsewhere(pieceId),
  };
}

/** How long the heads may take to be read, in ms: a connection may have gone silent. */
const deadlineMs = 5_000;
