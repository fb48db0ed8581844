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
 * @throws BackupError where a server runs on the database
 */
export async function refuseUnlessUnused(sql: Queryable): Promise<void> {
  const rows = await sql<{ name: string }[]>`
    select distinct application_name as name from pg_stat_activity
    where datname = current_database() and application_name like 'counterpoint%'
      and application_name <> 'counterpoint restore'`;
  if (rows.length === 0) return;
  throw new BackupError(
    `The database is in use (by ${rows.map(({ name }) => name).join(', ')}): stop the server first`,
  );
}
