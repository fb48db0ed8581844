import {
  isPooled,
  mostConnections,
  openClient,
  type ConnectOptions,
  type Sql,
  type Transaction,
} from './client.ts';
import { createLanes } from './lanes.ts';
import { PoolLoad } from './pool-load.ts';
import { isReadOnly, onFailure } from './read-only.ts';
import { runAlone } from './pooler/single-statements.ts';

export type { ConnectOptions, Queryable, Sql, Transaction } from './client.ts';

/**
 * How long a retired client has for the queries that it was given, in ms. Those that run on another,
 * living connection of it should end; those that wait for a new one should learn that none comes.
 */
const grace = 2_000;
/** And where it takes no writes: its connections live, and end when they have answered. */
const readOnlyGrace = 30_000;
/** No more often than this, in ms, a client is given up for taking no writes: all may be so for long. */
const readOnlyPause = 1_000;

/** How many transactions a pool runs at once, each on a connection of its own. */
export const mostTransactions = (max = mostConnections) => Math.max(1, Math.ceil(max / 2));

/**
 * Makes a pool for a `postgres://` URL. Nothing is opened until the first query. A query that meets
 * a closed connection rejects, and the next one connects at once. A transaction (`sql.begin`) that
 * loses its connection rejects too.
 *
 * Behind it stands one client of the driver at a time, and one that has lost a connection gets no
 * further query: bytes that were waiting for the closed socket would be put before the first
 * message of the next one, and then nothing is sent at all (postgres 3.4.9: one kill -9 of Postgres
 * cost 55 s of CONNECT_TIMEOUT). One that has met a connection that takes no writes gets no further
 * query either: after a failover the next connection is tried. Rejected: `pg`, for its speed; waiting for a fix of the driver.
 */
export function connect(url: string, options: ConnectOptions): Sql {
  const { max = mostConnections, maxTransactions = mostTransactions(max) } = options;
  if (isPooled(url) || maxTransactions === 0) return connectByTransactions(url, options);
  const retired = new Map<Sql, NodeJS.Timeout>();
  let current = open();

  function open(): Sql {
    const client = openClient(url, options, () => {
      if (client !== current || ended) return;
      current = open();
      retired.set(
        client,
        setTimeout(() => void discard(client), grace),
      );
    });
    return client;
  }

  async function discard(client: Sql): Promise<void> {
    clearTimeout(retired.get(client));
    retired.delete(client);
    await client.end({ timeout: 0 });
  }

  let lastReadOnly = -Infinity;
  /** `client`: the one that was asked. */
  function heard(client: Sql, error: unknown): void {
    if (!isReadOnly(error) || client !== current || ended) return;
    if (performance.now() - lastReadOnly < readOnlyPause) return;
    lastReadOnly = performance.now();
    current = open();
    retired.set(
      client,
      setTimeout(() => void discard(client), readOnlyGrace),
    );
    void client.end({ timeout: readOnlyGrace / 1_000 }).then(() => {
      clearTimeout(retired.get(client));
      retired.delete(client);
    });
  }

  let ended = false;
  const lanes = createLanes(url, options, maxTransactions);
  const { load = new PoolLoad() } = options;
  load.bound(options.max ?? mostConnections, maxTransactions);

  const own: Partial<Record<PropertyKey, unknown>> = {
    unsafe(...args: Parameters<Sql['unsafe']>) {
      const client = current;
      const query = load.query(client.unsafe(...args));
      onFailure(query, (error) => heard(client, error));
      return query;
    },
    begin(...args: [Run] | [string, Run]) {
      const [text, run] = args.length === 1 ? (['', args[0]] as const) : args;
      return load.transaction(lanes.begin(text, run));
    },
    async end(how?: { timeout?: number }) {
      ended = true;
      await Promise.all([current.end(how), lanes.end(how), ...[...retired.keys()].map(discard)]);
    },
  };
  return new Proxy(current, {
    apply: (_first, self, args) => {
      const client = current;
      const query = load.query(Reflect.apply(client, self, args) as unknown);
      onFailure(query, (error) => heard(client, error));
      return query;
    },
    get: (_first, key) => own[key] ?? (Reflect.get(current, key) as unknown),
  });
}

/**
 * A pool in which single statements are transactions too. Through a pooler they have to be, for their
 * settings; and so a thread can do with one connection for both.
 */
function connectByTransactions(url: string, options: ConnectOptions): Sql {
  const { max = mostConnections, maxTransactions = mostTransactions(max) } = options;
  // Makes queries, and never connects.
  const maker = openClient(url, options, () => undefined);
  const single = createLanes(url, options, max);
  // Apart where they may be: a transaction that asks something beside itself would wait for its own end.
  const lanes = maxTransactions === 0 ? single : createLanes(url, options, maxTransactions);
  const { load = new PoolLoad() } = options;
  load.bound(max, maxTransactions);
  const alone = (query: unknown) => {
    runAlone(query, single);
    return load.query(query);
  };
  const own: Partial<Record<PropertyKey, unknown>> = {
    unsafe: (...args: Parameters<Sql['unsafe']>) => alone(maker.unsafe(...args)),
    begin(...args: [Run] | [string, Run]) {
      const [text, run] = args.length === 1 ? (['', args[0]] as const) : args;
      return load.transaction(lanes.begin(text, run));
    },
    async end(how?: { timeout?: number }) {
      await Promise.all([maker.end(how), single.end(how), lanes.end(how)]);
    },
  };
  return new Proxy(maker, {
    apply: (target, self, args) => alone(Reflect.apply(target, self, args)),
    get: (target, key) => own[key] ?? (Reflect.get(target, key) as unknown),
  });
}

type Run = (tx: Transaction) => Promise<unknown>;
