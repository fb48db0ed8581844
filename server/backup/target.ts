import { deadMs } from '../cluster/watch.ts';
import type { Queryable } from '../db/connect.ts';
import { BackupError } from './backup-error.ts';

/** @throws BackupError where there are pieces or people */
export async function refuseUnlessEmpty(sql: Queryable): Promise<void> {
  const [there] = await sql<{ users: string | null; pieces: string | null }[]>`
    select to_regclass('users')::text as users, to_regclass('pieces')::text as pieces`;
  if (there?.users == null || there.pieces == null) return;
  const [row] = await sql<{ people: number; pieces: number }[]>`
    select (select count(*) from users) as people, (select count(*) from pieces) as pieces`;
  const { people = 0, pieces = 0 } = row ?? {};
  if (people === 0 && pieces === 0) return;
  throw new BackupError(
    `The database holds ${pieces} pieces and ${people} people: restore into an empty one ` +
      '(another DATA_DIR, or a new database in DATABASE_URL)',
  );
}

/**
 * By the names that its connections give themselves. An embedded database has its lock; and whoever
 * comes later meets that of the tables.
 *
 * A pooler keeps connections for minutes, each under the name of whoever had it last: there only servers
 * that say that they live are in the way.
 *
 * @param pooled - whether a pooler has connections to the database
 * @throws BackupError where a server runs on the database
 */
export async function refuseUnlessUnused(sql: Queryable, pooled: boolean): Promise<void> {
  const users = pooled ? await livingServers(sql) : await namedConnections(sql);
  if (users.length === 0) return;
  throw new BackupError(`The database is in use (by ${users.join(', ')}): stop the server first`);
}

/** But for our own, and the one by which it was found out how to connect. */
async function namedConnections(sql: Queryable): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct application_name as name from pg_stat_activity
    where datname = current_database() and application_name like 'counterpoint%'
      and application_name not in ('counterpoint restore', 'counterpoint start')`;
  return rows.map(({ name }) => name);
}

async function livingServers(sql: Queryable): Promise<string[]> {
  const [there] = await sql<{ servers: string | null }[]>`
    select to_regclass('servers')::text as servers`;
  if (there?.servers == null) return [];
  const rows = await sql<{ host: string; pid: number }[]>`
    select host, pid from servers
    where seen_at > statement_timestamp() - make_interval(secs => ${deadMs / 1_000})
    order by host, pid`;
  return rows.map(({ host, pid }) => `process ${pid} on ${host}`);
}
