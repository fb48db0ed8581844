import postgres from 'postgres';
import type { Log } from '../collab/ports.ts';
import type { PoolLoad } from './pool-load.ts';

/** Sequence numbers and counts (int8) are read as numbers: they stay far below 2^53. */
interface Types extends Record<string, unknown> {
  bigint: number;
}

/** A pool of connections to one database. */
export type Sql = postgres.Sql<Types>;
/** Connections of a pool for single statements. */
export const mostConnections = 10;

/** A pool or a transaction on it: what a query needs, so that it can be part of a larger whole. */
export type Queryable = postgres.ISql<Types>;
/** What the callback of a transaction gets. */
export type Transaction = postgres.TransactionSql<Types>;

export interface ConnectOptions {
  readonly log: Log;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
  /** The most connections for single statements; `mostConnections` where not given. */
  readonly max?: number;
  /** Longest statement in ms, held by Postgres itself; 30,000 where not given, 0: no limit. */
  readonly statementTimeout?: number;
  /** Gets what comes on channels that a query has told Postgres to LISTEN to. */
  readonly onnotify?: (channel: string, payload: string) => void;
  /**
   * False: nothing is asked about types when it connects, which only arrays as parameters need. A connection
   * that is lost in the middle of that question is an unhandled rejection of the driver's (postgres 3.4.9).
   */
  readonly fetchTypes?: boolean;
  /** Where it is counted how much of the pool is in use. */
  readonly load?: PoolLoad;
}

/**
 * A client of the driver as it is, with our settings, that reports each closed connection. Once a
 * connection has been closed, the client must not be given further queries (pool.ts says why).
 */
export function openClient(url: string, options: ConnectOptions, onclose: () => void): Sql {
  const { log, name, max = mostConnections, statementTimeout = 30_000 } = options;
  // Its own `listen` is built on this option, which its types do not name (postgres 3.4.9).
  const notifications = { onnotify: options.onnotify };
  return postgres<{ bigint: postgres.PostgresType<number> }>(url, {
    ...notifications,
    fetch_types: options.fetchTypes ?? true,
    max,
    // Seconds. The driver's own grows to 20 s, in which a database that is back would go unused.
    backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 0.5),
    connect_timeout: 5,
    // The driver would close each connection within the hour, and every close costs a client.
    max_lifetime: null,
    types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    onclose,
    onnotice: (notice) => {
      log.debug({ notice }, 'Postgres notice');
    },
    connection: {
      application_name: name,
      statement_timeout: statementTimeout,
      // A server that stopped in mid-transaction must not keep its row locks for ever.
      idle_in_transaction_session_timeout: statementTimeout === 0 ? 60_000 : 2 * statementTimeout,
    },
  });
}
