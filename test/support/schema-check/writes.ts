import type { Transaction } from '../../../server/db/connect.ts';
import type { Catalog } from './catalog.ts';

/**
 * Which rows of tables that are there by now `run` writes, a line each: also where there are none, in whatever
 * way it does. It has to run in a transaction that is rolled back.
 */
export async function writesOf(
  tx: Transaction,
  former: Catalog,
  run: () => Promise<void>,
): Promise<string[]> {
  await tx.unsafe(`create temporary table written (line text)`);
  await tx.unsafe(`
    create function note_write() returns trigger language plpgsql as $$
    begin
      insert into pg_temp.written values (tg_argv[0]);
      return null;
    end $$`);
  let count = 0;
  const watch = (table: string, event: string, line: string) =>
    tx.unsafe(`create trigger note_write_${++count} before ${event} on "${table}"
      for each statement execute function note_write('${line.replaceAll("'", "''")}')`);
  for (const { kind, name, table, is } of former.values()) {
    if (kind === 'table' && (is.sort === 'r' || is.sort === 'p')) {
      await watch(name, 'insert', `adds rows to ${name}`);
      await watch(name, 'delete', `deletes rows of ${name}`);
      await watch(name, 'truncate', `deletes all rows of ${name}`);
    }
    if (kind === 'column' && isTable(former, table) && is.generated === '') {
      const column = name.slice((table?.length ?? 0) + 1);
      await watch(table ?? '', `update of "${column}"`, `writes ${name} in rows that are there`);
    }
  }
  await run();
  const rows = await tx<{ line: string }[]>`
    select line from pg_temp.written group by line order by line`;
  return rows.map(({ line }) => line);
}

function isTable(catalog: Catalog, table: string | null): boolean {
  const sort = catalog.get(`table ${table}`)?.is.sort;
  return sort === 'r' || sort === 'p';
}
