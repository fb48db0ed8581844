import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../collab/ports.ts';
import { connect, type Sql } from './connect.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { PoolLoad } from './pool-load.ts';
import { StartupError } from './startup-error.ts';

export interface DatabaseOptions {
  /** Null: an embedded Postgres in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly log: Log;
  /** How long a database that does not answer is tried, in ms; 30,000 where not given. */
  readonly patience?: number;
  /** Longest statement of the pool, in ms; see `ConnectOptions`. */
  readonly statementTimeout?: number;
}

export interface Database {
  /** The pool for everything but the journal, which has a connection of its own. */
  readonly sql: Sql;
  /** How much of it is in use. */
  readonly load: PoolLoad;
  readonly url: string;
  readonly embedded: boolean;
  /** Whether it is an embedded database with neither people nor pieces in it. */
  readonly fresh: boolean;
  /** Ends the pool, then an embedded Postgres, then the lock on DATA_DIR. */
  close(): Promise<void>;
}

/** Opens the database and brings its schema up to date. @throws StartupError */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { databaseUrl, log } = options;
  const host = databaseUrl === null ? await ownDatabase(options) : foreignDatabase(databaseUrl);
  const { statementTimeout = 30_000 } = options;
  const load = new PoolLoad();
  const sql = connect(host.url, { log, name: 'counterpoint', statementTimeout, load });
  const close = async () => {
    await sql.end({ timeout: 5 });
    await host.stop();
  };
  try {
    await answer(sql, host.url, options.patience ?? 30_000, log);
    await migrate(host.url, { log });
    const embedded = databaseUrl === null;
    const fresh = embedded && (await isEmpty(sql));
    return { sql, load, url: host.url, embedded, fresh, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Host {
  readonly url: string;
  stop(): Promise<void>;
}

async function ownDatabase({ dataDir, log }: DatabaseOptions): Promise<Host> {
  const lock = await lockDataDir(dataDir);
  try {
    const postgres = await startEmbedded({ dataDir, log });
    return {
      url: postgres.url,
      async stop() {
        await postgres.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function foreignDatabase(url: string): Host {
  return { url, stop: async () => undefined };
}

/** What more patience does not cure: wrong password or role, no such database, no permission. */
const hopeless = new Set(['28P01', '28000', '3D000', '42501']);

/** Waits until the database answers: it may be starting at the same time, as under Compose. */
async function answer(sql: Sql, url: string, patience: number, log: Log): Promise<void> {
  const deadline = Date.now() + patience;
  for (let told = false; ; told = true) {
    try {
      await sql`select 1`;
      return;
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      const where = withoutPassword(url);
      if (hopeless.has(code ?? '') || Date.now() > deadline) {
        const reason = message || code || 'no reason given';
        throw new StartupError(`The database ${where} cannot be used: ${reason}`, { cause });
      }
      if (!told)
        log.warn({ reason: message, patience }, `The database ${where} does not answer yet`);
    }
    await sleep(250);
  }
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  return `${parsed.host}${parsed.pathname}`;
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
