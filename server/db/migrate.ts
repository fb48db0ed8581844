import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../collab/ports.ts';
import { installJobs } from '../jobs/install.ts';
import { connect, type Sql, type Transaction } from './connect.ts';
import { readMigrations, type Migration } from './migrations/files.ts';
import {
  appliedAs,
  checkLedger,
  makeLedger,
  note,
  readLedger,
  type Ledger,
} from './migrations/ledger.ts';
import { checkRoom, checkTables } from './opening/check-schema.ts';
import { codeOf } from './opening/probe.ts';
import { oneLine } from './opening/explain.ts';
import { StartupError } from './startup-error.ts';

export interface MigrateOptions {
  readonly log: Log;
  /** Where the SQL files are; the package's `migrations` where not given. */
  readonly folder?: string;
  /** Where the tables are, or will be made; where the search path leads where not given. */
  readonly schema?: string;
  /**
   * When to run what contracts the schema of a database that is in use: `now` where not given, unless an older
   * server runs; `later`: it is given back as waiting.
   */
  readonly contracts?: 'now' | 'later';
  /** Aborted: it rejects soon, whatever it waits for, and leaves nothing half done. */
  readonly stopping?: AbortSignal;
}

/** What became of the migrations that a server knows. */
export interface Migrated {
  /** The names of those that were run just now. */
  readonly ran: readonly string[];
  /** Those that contract the schema, and wait. */
  readonly waiting: readonly Migration[];
  /** The name of the last that this build knows; empty: it knows none. */
  readonly last: string;
}

/** Any number will do, as long as no other program uses it for a lock in the same database. */
const lockId = 4_202_611;
/**
 * How long a migration may wait for the lock of a table, in ms: whoever writes waits behind it. It is tried
 * again after a pause, in which they go on.
 */
const lockMs = 500;
const retryMs = 250;
/** Locks that were not given in time, and deadlocks. */
const isOfLocks = (error: unknown) => ['55P03', '40P01'].includes(codeOf(error));

/**
 * Brings the database to this server's schema. Each migration runs in one transaction, with its row in the
 * ledger written first, under a lock that ends with the transaction: any number of servers may start at
 * once, and a session-level lock would not get through a connection pooler.
 *
 * What contracts the schema comes last, and never while a server runs that does not know it (E1).
 *
 * @throws StartupError when an applied file has changed, the database is of a newer server that has taken
 * something away, or holds another program's tables of the same names
 */
export async function migrate(url: string, options: MigrateOptions): Promise<Migrated> {
  const { log } = options;
  const migrations = await readMigrations(options.folder);
  const sql = connect(url, { log, name: 'counterpoint migrate', max: 1, statementTimeout: 0 });
  // What waits for a lock, of this program or another, would wait on.
  const cut = () => void sql.end({ timeout: 0 });
  options.stopping?.addEventListener('abort', cut, { once: true });
  try {
    const before = await sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${lockId})`;
      await checkRoom(tx, migrations, options.schema ?? null);
      await makeLedger(tx);
      return readLedger(tx);
    });
    const newer = checkLedger(migrations, before);
    if (newer.length > 0) {
      log.info({ migrations: newer }, 'the schema is of a newer version, which suits this one too');
    }
    const ran = await expand(sql, migrations, log);
    const isNew = before.needed.size + before.harmless.size === 0;
    const { ran: contracted, waiting } =
      options.contracts !== 'later' || isNew
        ? await contract(sql, migrations, log)
        : { ran: [], waiting: contractingOf(migrations, before) };
    await checkTables(sql, migrations);
    if (options.folder === undefined) {
      await sql.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(${lockId})`;
        await installJobs(tx);
      });
    }
    return { ran: [...ran, ...contracted], waiting, last: migrations.at(-1)?.name ?? '' };
  } finally {
    options.stopping?.removeEventListener('abort', cut);
    await sql.end({ timeout: 5 });
  }
}

async function expand(sql: Sql, migrations: readonly Migration[], log: Log): Promise<string[]> {
  const ran: string[] = [];
  for (const migration of migrations) {
    if (migration.contract !== null) continue;
    if ((await runPatiently(sql, migrations, migration, log)) === 'ran') ran.push(migration.name);
  }
  return ran;
}

/** Runs what contracts the schema, in its order, up to the first for which it is too early. */
export async function contract(
  sql: Sql,
  migrations: readonly Migration[],
  log: Log,
): Promise<Pick<Migrated, 'ran' | 'waiting'>> {
  const contracting = contractingOf(migrations, null);
  const ran: string[] = [];
  for (const [i, migration] of contracting.entries()) {
    const outcome = await runPatiently(sql, migrations, migration, log);
    if (outcome === 'ran') ran.push(migration.name);
    if (outcome === 'too early') return { ran, waiting: contracting.slice(i) };
  }
  return { ran, waiting: [] };
}

/** Those that contract the schema, without those of a ledger. */
function contractingOf(migrations: readonly Migration[], ledger: Ledger | null): Migration[] {
  return migrations.filter(
    (migration) =>
      migration.contract !== null &&
      (ledger === null || appliedAs(ledger, migration) === undefined),
  );
}

type Outcome = 'ran' | 'had run' | 'too early';

/** Where a table is in use, by a backup for instance, it waits until that has ended. */
async function runPatiently(
  sql: Sql,
  migrations: readonly Migration[],
  migration: Migration,
  log: Log,
): Promise<Outcome> {
  for (let told = false; ; told = true) {
    try {
      const outcome = await runOne(sql, migrations, migration);
      if (outcome === 'ran') log.info({ migration: migration.name }, 'Migrated');
      return outcome;
    } catch (error) {
      if (!isOfLocks(error)) throw error;
      if (!told) {
        const fields = { migration: migration.name, reason: oneLine((error as Error).message) };
        log.warn(fields, 'a migration waits for a table that is in use');
      }
    }
    await pause(retryMs);
  }
}

async function runOne(
  sql: Sql,
  migrations: readonly Migration[],
  migration: Migration,
): Promise<Outcome> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockId})`;
    await tx`select set_config('lock_timeout', ${String(lockMs)}, true),
      set_config('statement_timeout', '0', true)`;
    const ledger = await readLedger(tx);
    checkLedger(migrations, ledger);
    if (appliedAs(ledger, migration) !== undefined) return 'had run';
    if (migration.contract !== null && (await hasOlderServers(tx, migration))) return 'too early';
    await note(tx, migration);
    await run(tx, migration);
    return 'ran';
  });
}

/**
 * Whether a server runs that does not know a migration. None can come before this transaction has ended,
 * and none afterwards: the database takes none among the servers that is too old (0020_deploys.sql).
 */
async function hasOlderServers(tx: Transaction, { name }: Migration): Promise<boolean> {
  const [there] = await tx<{ servers: boolean }[]>`
    select to_regclass('servers') is not null as servers`;
  if (there?.servers !== true) return false;
  await tx`lock table servers in share row exclusive mode`;
  const older = await tx`select from servers where migration collate "C" < ${name} limit 1`;
  return older.length > 0;
}

async function run(tx: Transaction, { name, text }: Migration): Promise<void> {
  try {
    await tx.unsafe(text).simple();
  } catch (cause) {
    const { message } = cause as Error;
    if (isOfLocks(cause)) throw cause;
    // Of a right, of room or of the connection, and no fault of the migration.
    if (!/^(?!08|25|42501|53|57)[0-9A-Z]{5}$/.test(codeOf(cause))) throw cause;
    throw new StartupError(
      `Migration ${name} failed and left nothing: ${oneLine(message)}; put that right, or restore the database from its backup, and start again`,
      { cause },
    );
  }
}
