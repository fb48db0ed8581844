import type { Queryable } from '../db/client.ts';

/**
 * What tells a database from all others: that of the installation which Postgres made when it was set up,
 * and the database's own in it. The same through a pooler and on a standby that has become the primary;
 * another after a restore from a dump. A copy of the files has the same: it must not share a Redis with
 * what it is a copy of.
 */
export async function databaseIdentity(sql: Queryable): Promise<string> {
  const [row] = await sql<{ identity: string }[]>`
    select system_identifier || '/' || oid as identity
    from pg_control_system(), pg_database where datname = current_database()`;
  if (row === undefined) throw new Error('The database does not know itself');
  return row.identity;
}
