import type { Queryable } from '../client.ts';
import { StartupError } from '../startup-error.ts';
import { isNeeded, type Migration } from './files.ts';

export interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/** What has been applied, by name. */
export interface Ledger {
  /** What every server that works on the schema has to know. */
  readonly needed: ReadonlyMap<string, string>;
  /** What only expands it: harmless to servers that do not know it. */
  readonly harmless: ReadonlyMap<string, string>;
}

/**
 * Makes the tables of the ledger where they are not yet.
 *
 * There are two: the release before there were expanding migrations refuses to start where
 * `schema_migrations` names one that it does not know, and has to start on an expanded schema too. Rejected:
 * a column that says which are harmless, which that release does not read.
 */
export async function makeLedger(tx: Queryable): Promise<void> {
  const there = await ledgerTables(tx);
  // `if not exists` would ask for the right to make tables of a role that has nothing to make.
  for (const table of ['schema_migrations', 'schema_expansions'] as const) {
    if (there[table]) continue;
    await tx`
      create table ${tx(table)} (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`;
  }
}

/** Which tables of the ledger there are. */
async function ledgerTables(sql: Queryable) {
  const [there] = await sql<{ schema_migrations: boolean; schema_expansions: boolean }[]>`
    select to_regclass('schema_migrations') is not null as schema_migrations,
      to_regclass('schema_expansions') is not null as schema_expansions`;
  return there ?? { schema_migrations: false, schema_expansions: false };
}

export async function readLedger(tx: Queryable): Promise<Ledger> {
  const needed = await tx<Applied[]>`select name, checksum from schema_migrations`;
  const harmless = await tx<Applied[]>`select name, checksum from schema_expansions`;
  return { needed: byName(needed), harmless: byName(harmless) };
}

/** All that was applied, in the order of the names; nothing where there is no ledger. */
export async function readApplied(sql: Queryable): Promise<Applied[]> {
  const there = await ledgerTables(sql);
  const needed = there.schema_migrations
    ? await sql<Applied[]>`select name, checksum from schema_migrations`
    : [];
  // A schema of the time before has none.
  const harmless = there.schema_expansions
    ? await sql<Applied[]>`select name, checksum from schema_expansions`
    : [];
  return [...needed, ...harmless].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const byName = (rows: readonly Applied[]) =>
  new Map(rows.map(({ name, checksum }) => [name, checksum]));

/** What a ledger has of a migration; undefined: it has not been applied. */
export const appliedAs = ({ needed, harmless }: Ledger, { name }: Migration) =>
  needed.get(name) ?? harmless.get(name);

export async function note(tx: Queryable, migration: Migration): Promise<void> {
  const { name, checksum } = migration;
  if (isNeeded(migration)) {
    await tx`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`;
  } else {
    await tx`insert into schema_expansions (name, checksum) values (${name}, ${checksum})`;
  }
}

/**
 * Looks whether a server with these migrations can work on a schema with this ledger, and returns the
 * names of those that it does not know, and need not. @throws StartupError where it cannot
 */
export function checkLedger(migrations: readonly Migration[], ledger: Ledger): string[] {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...ledger.needed.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length > 0) {
    throw new StartupError(
      `The database is of a newer server (it has ${unknown.join(', ')}); run that version`,
    );
  }
  const last = [...ledger.needed.keys(), ...ledger.harmless.keys()].sort().at(-1) ?? '';
  for (const migration of migrations) {
    const { name, checksum, contract } = migration;
    const applied = appliedAs(ledger, migration);
    // One that contracts may have to wait, and comes after what expands later then.
    if (applied === undefined && name < last && contract === null) {
      throw new StartupError(`Migration ${name} comes before ${last}, which has been applied`);
    }
    if (applied !== undefined && applied !== checksum) {
      throw new StartupError(
        `Migration ${name} has been changed since it was applied; put it back and add a new one`,
      );
    }
  }
  return [...ledger.harmless.keys()].filter((name) => !known.has(name)).sort();
}
