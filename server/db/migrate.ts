import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Log } from '../collab/ports.ts';
import { installJobs } from '../jobs/install.ts';
import { packageFile } from '../package-root.ts';
import { connect, type Sql, type Transaction } from './connect.ts';
import { checkRoom, checkTables } from './opening/check-schema.ts';
import { codeOf } from './opening/probe.ts';
import { oneLine } from './opening/explain.ts';
import { StartupError } from './startup-error.ts';

export interface Migration {
  /** The file name, such as `0002_journal.sql`; names sort in the order of running. */
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

export interface MigrateOptions {
  readonly log: Log;
  /** Where the SQL files are; the package's `migrations` where not given. */
  readonly folder?: string;
  /** Where the tables are, or will be made; where the search path leads where not given. */
  readonly schema?: string;
}

/** Any number will do, as long as no other program uses it for a lock in the same database. */
const lockId = 4_202_611;

/**
 * Brings the database to this server's schema, and returns the names of the files that it ran.
 * Each runs in one transaction, with its row in `schema_migrations` written first, under a lock
 * that ends with the transaction: any number of servers may start at once, and a session-level lock
 * would not get through a connection pooler.
 *
 * @throws StartupError when an applied file has changed, the database is of a newer server, or holds
 * another program's tables of the same names
 */
export async function migrate(url: string, options: MigrateOptions): Promise<string[]> {
  const { log, folder = packageFile('migrations') } = options;
  const migrations = await readMigrations(folder);
  const sql = connect(url, { log, name: 'counterpoint migrate', max: 1, statementTimeout: 0 });
  try {
    const before = await sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${lockId})`;
      await checkRoom(tx, migrations, options.schema ?? null);
      await makeLedger(tx);
      return readLedger(tx);
    });
    check(migrations, before);
    const ran = await runAll(sql, migrations, log);
    await checkTables(sql, migrations);
    if (options.folder === undefined) {
      await sql.begin(async (tx) => {
        await tx`select pg_advisory_xact_lock(${lockId})`;
        await installJobs(tx);
      });
    }
    return ran;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      // A checkout on Windows may have changed the line ends; that is the same migration.
      const text = (await readFile(path.join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/** `if not exists` would ask for the right to make tables of a role that has nothing to make. */
async function makeLedger(tx: Transaction): Promise<void> {
  const [found] = await tx<{ there: boolean }[]>`
    select to_regclass('schema_migrations') is not null as there`;
  if (found?.there === true) return;
  await tx`
    create table schema_migrations (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`;
}

/** Checksums by name. */
type Ledger = ReadonlyMap<string, string>;

async function readLedger(tx: Transaction): Promise<Ledger> {
  const rows = await tx<{ name: string; checksum: string }[]>`
    select name, checksum from schema_migrations`;
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function check(migrations: readonly Migration[], ledger: Ledger): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.checksum]));
  const unknown = [...ledger.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length > 0) {
    throw new StartupError(
      `The database is of a newer server (it has ${unknown.join(', ')}); run that version`,
    );
  }
  const last = [...ledger.keys()].sort().at(-1) ?? '';
  for (const { name, checksum } of migrations) {
    const applied = ledger.get(name);
    if (applied === undefined && name < last) {
      throw new StartupError(`Migration ${name} comes before ${last}, which has been applied`);
    }
    if (applied !== undefined && applied !== checksum) {
      throw new StartupError(
        `Migration ${name} has been changed since it was applied; put it back and add a new one`,
      );
    }
  }
}

async function runAll(sql: Sql, migrations: readonly Migration[], log: Log): Promise<string[]> {
  const ran: string[] = [];
  for (const migration of migrations) {
    if (!(await runOne(sql, migrations, migration))) continue;
    log.info({ migration: migration.name }, 'Migrated');
    ran.push(migration.name);
  }
  return ran;
}

/** False where it had been applied, by now or before. */
async function runOne(
  sql: Sql,
  migrations: readonly Migration[],
  { name, text, checksum }: Migration,
): Promise<boolean> {
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${lockId})`;
    const ledger = await readLedger(tx);
    check(migrations, ledger);
    if (ledger.has(name)) return false;
    await tx`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`;
    await run(tx, name, text);
    return true;
  });
}

async function run(tx: Transaction, name: string, text: string): Promise<void> {
  try {
    await tx.unsafe(text).simple();
  } catch (cause) {
    const { message } = cause as Error;
    // Of a right, of room or of the connection, and no fault of the migration.
    if (!/^(?!08|25|42501|53|57)[0-9A-Z]{5}$/.test(codeOf(cause))) throw cause;
    throw new StartupError(
      `Migration ${name} failed and left nothing: ${oneLine(message)}; put that right, or restore the database from its backup, and start again`,
      { cause },
    );
  }
}
