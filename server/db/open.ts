import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../collab/ports.ts';
import { inTime, neverStopping, unless } from '../deadlines.ts';
import { addressOf, placeOf } from './address/parse.ts';
import { connect, type Sql } from './connect.ts';
import { explain, mayPass, oneLine } from './opening/explain.ts';
import { migrate, type Migrated } from './migrate.ts';
import { PoolLoad } from './pool-load.ts';
import { ownDatabase, type Host } from './embedded/own-database.ts';
import { usualShares, type PoolShares } from './opening/pool-shares.ts';
import { probe, type Probed } from './opening/probe.ts';

export interface DatabaseOptions {
  /** Null: an embedded Postgres in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Leads to the same database, and to no pooler; null: `databaseUrl` does, or there is no other way. */
  readonly databaseDirectUrl?: string | null;
  readonly dataDir: string;
  readonly log: Log;
  /** How the connections of this server are shared out; see `pool-shares.ts`. */
  readonly pool?: PoolShares;
  /** When what contracts the schema is run; see `MigrateOptions`. `later` where not given. */
  readonly contracts?: 'now' | 'later';
  /** How long a database that does not answer is tried, in ms; 30,000 where not given. */
  readonly patience?: number;
  /** Longest statement of the pool, in ms; see `ConnectOptions`. */
  readonly statementTimeout?: number;
  /** Aborted when it is not to be opened any more: then it rejects, with what it had opened closed. */
  readonly stopping?: AbortSignal;
}

export interface Database {
  /** The pool for everything but the journal, which has a connection of its own. */
  readonly sql: Sql;
  /** How much of it is in use. */
  readonly load: PoolLoad;
  /** For further connections: the URL, with what was found out about the server put into it. */
  readonly url: string;
  /** The same for what needs a session of its own, LISTEN for instance; null: there is only a pooler. */
  readonly directUrl: string | null;
  readonly embedded: boolean;
  /** What became of the migrations that this build knows. */
  readonly migrated: Migrated;
  /** Whether it is an embedded database with neither people nor pieces in it. */
  readonly fresh: boolean;
  /** Ends the pool, then an embedded Postgres, then the lock on DATA_DIR. */
  close(): Promise<void>;
  /** For who cannot wait for `close`: an embedded Postgres is told to end at once. */
  abandon(): void;
}

/** How long who is told to stop while opening waits for an embedded Postgres to end in order, in ms. */
const closeMs = 5_000;

/** Opens the database and brings its schema up to date. @throws StartupError */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { databaseUrl, dataDir, log, pool = usualShares, patience = 30_000 } = options;
  const { databaseDirectUrl = null, statementTimeout = 30_000, contracts = 'later' } = options;
  const { stopping = neverStopping } = options;
  stopping.throwIfAborted();
  const host =
    databaseUrl === null
      ? await ownDatabase({ dataDir, log, connections: pool.total })
      : foreignDatabase(databaseUrl);
  let sql: Sql | null = null;
  const load = new PoolLoad();
  const close = async () => {
    await sql?.end({ timeout: 5 });
    await host.stop();
  };
  try {
    const wait = { patience, log, stopping };
    const found = await probePatiently(host.url, wait);
    const direct = await directWay(found, databaseDirectUrl, wait);
    const { url } = found;
    tellOfRoom(found, pool, log);
    const way = direct ?? url;
    const { schema } = found;
    const migrating = { log, schema, contracts, stopping };
    const migrated = await unless(
      stopping,
      explained(way, () => migrate(way, migrating)),
    );
    const { statements: max, transactions: maxTransactions } = pool;
    sql = connect(url, {
      ...{ log, name: 'counterpoint', statementTimeout, max, maxTransactions, load },
    });
    const embedded = databaseUrl === null;
    const fresh = embedded && (await unless(stopping, isEmpty(sql)));
    const abandon = () => host.abandon();
    return { sql, load, url, directUrl: direct, embedded, fresh, migrated, close, abandon };
  } catch (error) {
    if (!stopping.aborted) await close();
    else if (!(await inTime(closeMs, close()))) host.abandon();
    throw error;
  }
}

function foreignDatabase(url: string): Host {
  return { url, stop: async () => undefined, abandon: () => undefined };
}

/** The URL of sessions of our own: that which was given for it, or the other where it has no pooler. */
async function directWay(found: Probed, given: string | null, wait: Patience) {
  if (given === null) return found.pooled ? null : found.url;
  return (await probePatiently(given, wait)).url;
}

interface Patience {
  /** In ms. */
  readonly patience: number;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

/** Waits until the database answers: it may be starting at the same time, as under Compose. */
async function probePatiently(url: string, wait: Patience): Promise<Probed> {
  const { patience, log, stopping } = wait;
  const deadline = Date.now() + patience;
  const address = addressOf(url);
  for (let told = false; ; told = true) {
    try {
      return await unless(stopping, probe(url, log));
    } catch (error) {
      stopping.throwIfAborted();
      if (!mayPass(error) || Date.now() > deadline) throw explain(error, address);
      const reason = oneLine((error as Error).message);
      if (!told) {
        log.info({ reason, patience }, `The database ${placeOf(address)} cannot be used yet`);
      }
    }
    await sleep(250, undefined, { signal: stopping });
  }
}

async function explained<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, addressOf(url));
  }
}

function tellOfRoom({ mostConnections }: Probed, { total }: PoolShares, log: Log): void {
  if (mostConnections === null || mostConnections >= total) return;
  log.warn(
    { mostConnections, pool: total },
    `The database takes ${mostConnections} connections, and this server may open ${total}: lower DATABASE_POOL, or raise max_connections there`,
  );
}

/**
 * Asked of the tables and not of initdb: a kill between making the database and making the sample
 * piece would leave it without one for ever.
 */
async function isEmpty(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ empty: boolean }[]>`
    select not exists (select from users) and not exists (select from pieces) as empty`;
  return row?.empty ?? false;
}
