import type { Queryable } from '../db/connect.ts';

/** The names of some users; those that are gone have none. */
export async function namesOf(
  sql: Queryable,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await sql<{ id: string; name: string }[]>`
    select id, name from users where id in ${sql(wanted)}`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}
