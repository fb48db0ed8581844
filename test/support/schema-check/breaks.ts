import type { Queryable } from '../../../server/db/client.ts';
import type { Catalog, Fact } from './catalog.ts';

/** What of a table's rows is in the way of servers that are not told of it. */
const rowsRewritten = 'rows';

/**
 * What a later schema takes away from servers that only know a former one, a line each. All that they could
 * count upon has to be there and unchanged, and nothing new may stand in the way of what they write.
 *
 * @param sql - where the later schema is, to try expressions
 */
export async function breaksBetween(
  sql: Queryable,
  former: Catalog,
  later: Catalog,
): Promise<string[]> {
  const lines: string[] = [];
  for (const [key, fact] of former) {
    const now = later.get(key);
    if (now === undefined) lines.push(`drops or renames the ${key}`);
    else lines.push(...changes(fact, now));
  }
  for (const [key, fact] of later) {
    if (former.has(key)) continue;
    const line = await inTheWay(sql, fact, former, later);
    if (line !== null) lines.push(line);
  }
  // What belongs to a table goes with it, and says nothing more.
  const gone = lines.flatMap((line) => /^drops or renames the table (\S+)$/.exec(line)?.[1] ?? []);
  return lines.filter((line) => !gone.some((table) => belongsTo(line, table, former)));
}

function belongsTo(line: string, table: string, former: Catalog): boolean {
  const key = line.replace('drops or renames the ', '');
  const fact = former.get(key);
  return fact !== undefined && fact.kind !== 'table' && fact.table === table;
}

function changes(before: Fact, after: Fact): string[] {
  const parts = new Set([...Object.keys(before.is), ...Object.keys(after.is)]);
  const changed = [...parts].filter((part) => before.is[part] !== after.is[part]);
  return changed.map((part) =>
    part === rowsRewritten
      ? `writes all rows of ${before.name} anew, and nobody can use it meanwhile`
      : `changes "${part}" of the ${before.kind} ${before.name}`,
  );
}

/** Whether something new is in the way of who does not know it; null: it is not. */
async function inTheWay(
  sql: Queryable,
  fact: Fact,
  former: Catalog,
  later: Catalog,
): Promise<string | null> {
  const { kind, name, table, is } = fact;
  const isOld = (one: string | null) => one !== null && former.has(`table ${one}`);
  const isNewColumn = (column: string) => !former.has(`column ${table}.${column}`);
  const columns = is.columns?.split(',') ?? [];
  const onNewColumns = columns.length > 0 && columns.every(isNewColumn);
  const column = (one: string) => later.get(`column ${table}.${one}`)!;
  const someAreNull = columns.some((one) => column(one).is.default == null);
  switch (kind) {
    case 'column':
      if (!isOld(table) || is['not null'] !== 'true' || is.default != null) return null;
      return is.identity !== '' || is.generated !== ''
        ? null
        : `adds the column ${name}, which takes no null and has no default`;
    case 'constraint':
      // From a new table: deleting what it refers to would fail.
      if (!isOld(table)) {
        if (!isOld(is.to ?? null) || !['a', 'r'].includes(is['on delete'] ?? '')) return null;
        return `adds the constraint ${name}, which keeps rows of ${is.to} from being deleted`;
      }
      if (onNewColumns && (await suits(sql, fact, columns.map(column)))) return null;
      return `adds the constraint ${name} to a table that older servers write`;
    case 'index':
      if (!isOld(table) || is.unique !== 'true') return null;
      if (onNewColumns && someAreNull && !/NULLS NOT DISTINCT/.test(is.definition ?? ''))
        return null;
      return `adds the unique index ${name} to a table that older servers write`;
    case 'trigger':
    case 'rule':
    case 'policy':
    case 'inheritance':
      return isOld(table) ? `adds the ${kind} ${name} to a table that older servers use` : null;
    case 'event trigger':
    case 'setting':
      return `adds the ${kind} ${name}`;
    default:
      return null;
  }
}

/** Whether rows of servers that do not know these columns satisfy a constraint on them alone. */
async function suits(sql: Queryable, { is }: Fact, columns: readonly Fact[]): Promise<boolean> {
  const allAreNull = columns.every((one) => one.is.default == null);
  // A key is no null; two rows with the same default are one too many; a default may refer to nothing.
  if (is.sort !== 'c')
    return is.sort !== 'p' && allAreNull && !/NOT DISTINCT/.test(is.definition ?? '');
  const values = columns.map(({ name, is: { type, default: value } }) => {
    return `(${value ?? 'null'})::${type} as "${name.split('.')[1]}"`;
  });
  const [row] = await sql.unsafe<{ holds: boolean }[]>(
    `select (${is.check}) is not false as holds from (select ${values.join()}) as one`,
  );
  return row?.holds === true;
}
