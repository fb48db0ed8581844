import postgres from 'postgres';
import type { Log } from '../collab/ports.ts';
import type { PoolLoad } from './pool-load.ts';
import { Dialer } from './address/dial.ts';
import { arrayTypes } from './array-types.ts';
import { addressOf, type DatabaseAddress, type Host } from './address/parse.ts';
import {
  pooledStartupSettings,
  readOptions,
  startupSettings,
  type Timeouts,
} from './pooler/session-settings.ts';

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
  /** The most connections for transactions; half as many as `max` where not given. 0: they share one. */
  readonly maxTransactions?: number;
  /** Longest statement in ms, held by Postgres itself; 30,000 where not given, 0: no limit. */
  readonly statementTimeout?: number;
  /** How long a transaction may do nothing, in ms; twice the longest statement where not given. */
  readonly idleInTransaction?: number;
  /** Gets what comes on channels that a query has told Postgres to LISTEN to. */
  readonly onnotify?: (channel: string, payload: string) => void;
  /** Where it is counted how much of the pool is in use. */
  readonly load?: PoolLoad;
}

/** A server that stopped in mid-transaction must not keep its row locks for ever. */
export function timeoutsOf({ statementTimeout = 30_000, ...more }: ConnectOptions): Timeouts {
  const usual = statementTimeout === 0 ? 60_000 : 2 * statementTimeout;
  return { statement: statementTimeout, idleInTransaction: more.idleInTransaction ?? usual };
}

/** Whether a URL leads to a pooler that lends connections for one transaction at a time. */
export const isPooled = (url: string) => addressOf(url).pooled === true;

/**
 * A client of the driver as it is, with our settings, that reports each closed connection. Once a
 * connection has been closed, the client must not be given further queries (connect.ts says why).
 *
 * Through a pooler (`isPooled`) it prepares nothing, and most settings are not made: each transaction has
 * to begin with them (lanes.ts).
 */
export function openClient(url: string, options: ConnectOptions, onclose: () => void): Sql {
  const address = addressOf(url);
  const pooled = address.pooled === true;
  return openRaw(address, {
    ...options,
    onclose,
    prepare: !pooled,
    settings: pooled
      ? { ...wordsOf(address), ...pooledStartupSettings() }
      : {
          ...(address.options !== '' && { options: address.options }),
          ...startupSettings(timeoutsOf(options)),
        },
  });
}

/** Words for a provider's proxy. What else stands in `options`, a pooler does not take. */
function wordsOf({ options }: DatabaseAddress): Record<string, string> {
  const { others } = readOptions(options);
  return others.length === 0 ? {} : { options: others.join(' ') };
}

export interface RawOptions extends ConnectOptions {
  /** For the first message of each connection. */
  readonly settings: Readonly<Record<string, string>>;
  readonly prepare: boolean;
  readonly onclose: () => void;
}

/** A client of the driver, with nothing set that is not said. */
export function openRaw(address: DatabaseAddress, options: RawOptions): Sql {
  const { log, name, max = mostConnections, settings, prepare, onclose } = options;
  const dialer = new Dialer(address, (host) => takesWrites(address, host, options));
  const client = postgres<{ bigint: postgres.PostgresType<number> }>({
    // Named for the driver's messages; the socket is ours.
    host: address.hosts[0]?.name ?? '',
    port: address.hosts[0]?.port ?? 0,
    user: address.user,
    pass: address.password,
    database: address.database,
    ssl: false,
    max,
    prepare,
    socket: dialer.socket,
    // Seconds. The driver's own grows to 20 s, in which a database that is back would go unused.
    backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 0.5),
    connect_timeout: address.connectTimeout ?? 5,
    // The driver would close each connection within the hour, and every close costs a client.
    max_lifetime: null,
    types: { ...arrayTypes, bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    fetch_types: false,
    // Its own `listen` is built on this option, which its types do not name (postgres 3.4.9).
    onnotify: options.onnotify,
    onclose,
    onnotice: (notice: unknown) => {
      log.debug({ notice }, 'Postgres notice');
    },
    connection: {
      ...settings,
      application_name: nameOf(address.applicationName, name),
    },
    // The driver has `socket`, its types have not.
  } as postgres.Options<{ bigint: postgres.PostgresType<number> }>);
  const end = client.end.bind(client);
  client.end = async (how) => {
    try {
      await end(how);
    } finally {
      dialer.end();
    }
  };
  return client;
}

/** The operator's own name stands before ours. Postgres cuts names after 63 bytes. */
const nameOf = (given: string | null, ours: string) => (given === null ? ours : `${given} ${ours}`);

/** Asked on a connection of its own, that ends with the answer. */
async function takesWrites(
  address: DatabaseAddress,
  host: Host,
  options: RawOptions,
): Promise<boolean> {
  const one = { ...address, hosts: [host], target: 'any' as const };
  const client = openRaw(one, { ...options, max: 1, prepare: false, onclose: () => undefined });
  try {
    const [row] = await client<{ standby: boolean; readOnly: string }[]>`
      select pg_is_in_recovery() as standby, current_setting('transaction_read_only') as "readOnly"`;
    if (row === undefined || row.standby) return false;
    return address.target === 'primary' || row.readOnly === 'off';
  } finally {
    await client.end({ timeout: 1 });
  }
}
