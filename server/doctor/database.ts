import type { Sql } from '../db/connect.ts';
import { readMigrations } from '../db/migrations/files.ts';
import { readApplied } from '../db/migrations/ledger.ts';
import { mistakeInJobs } from '../jobs/install.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Each looks at one thing of a database that answers. */
export const databaseChecks = {
  version,
  encoding,
  takesWrites,
  durability,
  clock: (sql: Sql) => clock(sql),
  schema,
  rights,
  connections,
};

async function version(sql: Sql): Promise<Finding> {
  const [row] = await sql<{ number: number; version: string }[]>`
    select current_setting('server_version_num')::int as number,
      current_setting('server_version') as version`;
  if (row !== undefined && row.number >= 150_000) return ok(`Postgres ${row.version}`);
  return problem(`Postgres ${row?.version ?? ''} is too old: use 15 or newer`);
}

async function encoding(sql: Sql): Promise<Finding> {
  const [row] = await sql<{ encoding: string }[]>`
    select current_setting('server_encoding') as encoding`;
  if (row?.encoding === 'UTF8') return ok('The database is in UTF-8');
  return problem(
    `The database is in ${row?.encoding ?? 'no encoding'}: make one with "create database … encoding 'UTF8' template template0"`,
  );
}

async function takesWrites(sql: Sql): Promise<Finding> {
  const [row] = await sql<{ standby: boolean; readOnly: boolean }[]>`
    select pg_is_in_recovery() as standby,
      current_setting('transaction_read_only') = 'on' as "readOnly"`;
  if (row?.standby === true) {
    return problem('The database is a standby: set DATABASE_URL to the primary');
  }
  if (row?.readOnly !== true) return ok('The database takes writes');
  return problem(
    'The database is read only: take default_transaction_read_only off the database or the role',
  );
}

/** What "saved" rests on; `synchronous_commit` is set by each of our connections. */
async function durability(sql: Sql): Promise<Finding[]> {
  const rows = await sql<{ name: string; value: string }[]>`
    select name, current_setting(name) as value
    from unnest(${['fsync', 'full_page_writes']}::text[]) as name`;
  const off = rows.filter(({ value }) => value === 'off').map(({ name }) => name);
  if (off.length === 0) return [ok('What is committed is on the disk')];
  return off.map((name) =>
    problem(`${name} is off: what is called saved would be lost by a power cut; switch it on`),
  );
}

/** Seconds; sessions and tokens end by these clocks. */
const [farApart, tooFarApart] = [2, 60];

async function clock(sql: Sql, now: () => number = Date.now): Promise<Finding> {
  const before = now();
  const [row] = await sql<{ at: Date }[]>`select clock_timestamp() as at`;
  const after = now();
  const away = ((row?.at.getTime() ?? after) - (before + after) / 2) / 1_000;
  const apart = Math.max(0, Math.abs(away) - (after - before) / 2_000);
  if (apart < farApart) return ok('Its clock and ours agree');
  const line = `Its clock and ours are ${apart.toFixed(0)} s apart: set both by NTP`;
  return apart < tooFarApart ? warning(line) : problem(line);
}

export { clock };

async function schema(sql: Sql): Promise<Finding> {
  const [there] = await sql<{ ledger: string | null; pieces: string | null }[]>`
    select to_regclass('schema_migrations')::text as ledger, to_regclass('pieces')::text as pieces`;
  if (there?.ledger == null) {
    if (there?.pieces == null) return ok('The database is empty: the next start makes the schema');
    return problem(
      'The database has tables of another program under our names: use a database of its own',
    );
  }
  const ours = await readMigrations();
  const checksums = new Map(ours.map(({ name, checksum }) => [name, checksum]));
  const applied = await readApplied(sql);
  const newer = applied.filter(({ name }) => !checksums.has(name)).map(({ name }) => name);
  const [needed] = await sql<{ name: string }[]>`
    select name from schema_migrations where name = any(${`{${newer.join()}}`}::text[]) limit 1`;
  if (needed !== undefined) {
    return problem(`The database is of a newer version (it has ${needed.name}): run that version`);
  }
  const changed = applied.find(({ name, checksum }) => {
    return (checksums.get(name) ?? checksum) !== checksum;
  });
  if (changed !== undefined) {
    return problem(`${changed.name} is not what was applied: install this version anew`);
  }
  if (newer.length > 0) {
    return ok(`The schema is of a newer version (it has ${newer.join(', ')}), and suits this one`);
  }
  const [jobs] = await sql<{ there: boolean }[]>`
    select to_regclass('boss_version') is not null as there`;
  const mistake = jobs?.there === true ? await mistakeInJobs(sql) : null;
  if (mistake !== null) return problem(mistake);
  const pending = ours.length - applied.length;
  if (pending === 0 && jobs?.there !== true) {
    return warning('The tables of jobs are missing: the next start makes them');
  }
  if (pending === 0) return ok(`The schema is up to date (${applied.length} migrations)`);
  return warning(`${pending} migrations run at the next start: make a backup before`);
}

async function rights(sql: Sql): Promise<Finding> {
  const [row] = await sql<{ role: string; schema: string | null; may: boolean; foreign: number }[]>`
    select current_user as role, current_schema() as schema,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as may,
      (select count(*) from pg_class
        where relnamespace = current_schema()::regnamespace and relkind = 'r'
          and relname in ('pieces', 'users', 'journal') and not pg_has_role(relowner, 'usage')) as foreign`;
  if (row?.schema == null) {
    return problem(
      `${row?.role ?? 'The role'} has no schema in its search_path: create one, or set it`,
    );
  }
  if (!row.may) {
    const grant = `grant create on schema "${row.schema}" to "${row.role}"`;
    return problem(`${row.role} may not create tables: ${grant}`);
  }
  if (row.foreign > 0) {
    return problem(`The tables belong to another role: connect as that one, or "reassign owned"`);
  }
  return ok(`${row.role} may create and change tables`);
}

/** What one server opens at most, commands and a second one beside it during a deploy not counted. */
const connectionsOfServer = 30;

async function connections(sql: Sql): Promise<Finding> {
  const [row] = await sql<{ most: number; used: number; ours: number }[]>`
    select least(
        current_setting('max_connections')::int
          - current_setting('superuser_reserved_connections')::int,
        (select nullif(datconnlimit, -1) from pg_database where datname = current_database()),
        (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user)
      ) as most,
      (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
      (select count(*) from pg_stat_activity where datname = current_database()
        and application_name like 'counterpoint%') as ours`;
  const { most = 0, used = 0, ours = 0 } = row ?? {};
  const others = used - ours;
  if (most - others >= connectionsOfServer) {
    return ok(`Connections: ${used} of ${most} are used, ${ours} of them by Counterpoint`);
  }
  return warning(
    `Connections: others use ${others} of ${most}, and a server opens up to ${connectionsOfServer}: raise max_connections or the role's limit`,
  );
}
