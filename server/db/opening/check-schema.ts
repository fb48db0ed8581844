import type { Queryable, Sql } from '../client.ts';
import { StartupError } from '../startup-error.ts';

interface SqlFile {
  readonly text: string;
}

/** Names of the tables that the files make. */
function tablesOf(files: readonly SqlFile[]): string[] {
  const made = files.flatMap(({ text }) => [
    ...text.matchAll(/^create table (?:if not exists )?(\w+)/gm),
  ]);
  const dropped = files.flatMap(({ text }) => [
    ...text.matchAll(/^drop table (?:if exists )?(\w+)/gm),
  ]);
  const gone = new Set(dropped.map(([, name]) => name));
  return made.flatMap(([, name = '']) => (gone.has(name) ? [] : [name]));
}

/**
 * Whether our tables can be made where there are none yet.
 * @param schema - null: where the search path leads
 * @throws StartupError where the schema is missing, closed to us, or taken by another program
 */
export async function checkRoom(
  sql: Queryable,
  files: readonly SqlFile[],
  schema: string | null,
): Promise<void> {
  const names = ['schema_migrations', ...tablesOf(files)];
  const [found] = await sql<
    { current: string | null; ours: boolean; mayCreate: boolean; role: string; names: string }[]
  >`
    select current_schema()::text as current, current_user::text as role,
      to_regclass('schema_migrations') is not null and exists (
        select from pg_catalog.pg_attribute
        where attrelid = to_regclass('schema_migrations') and attname = 'checksum'
      ) as ours,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreate",
      coalesce((
        select string_agg(c.relname, ', ' order by c.relname) from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f')
          and c.relname = any (string_to_array(${names.join()}::text, ','))
      ), '') as names`;
  if (found === undefined || found.ours) return;
  const { current, role } = found;
  if (current === null || (schema !== null && current !== schema)) {
    throw new StartupError(
      `The schema ${schema ?? 'of the search path'} is missing, or closed to ${role}: make it with "create schema ${schema ?? '…'} authorization ${role}", or correct the search_path of ${role} (behind a pooler, "alter role ${role} set search_path" does it)`,
    );
  }
  if (found.names !== '') {
    throw new StartupError(
      `The schema ${current} holds tables of another program (${found.names}): give Counterpoint a database of its own, or a schema with options=-c%20search_path%3D<schema> in DATABASE_URL`,
    );
  }
  if (!found.mayCreate) {
    throw new StartupError(
      `${role} may not make tables in the schema ${current}: run "grant create on schema ${current} to ${role}" as its owner`,
    );
  }
}

/** Looks whether what the ledger says was made is there. @throws StartupError */
export async function checkTables(sql: Sql, files: readonly SqlFile[]): Promise<void> {
  const names = tablesOf(files);
  const [found] = await sql<{ missing: string }[]>`
    select coalesce(string_agg(name, ', ' order by name), '') as missing
    from unnest(string_to_array(${names.join()}::text, ',')) as name
    where to_regclass(quote_ident(name)) is null`;
  if (found === undefined || found.missing === '') return;
  throw new StartupError(
    `The database lacks tables that its migrations have made (${found.missing}): restore it whole from its backup`,
  );
}
