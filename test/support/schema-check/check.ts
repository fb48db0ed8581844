/**
 * Whether servers of the release before can go on while this one's migrations run (ARCHITECTURE.md, E1). What a
 * migration does is told by trying it on a real Postgres and comparing its catalog, not by reading its SQL:
 * so a DO block or a function is seen through too.
 */
import type { Sql, Transaction } from '../../../server/db/connect.ts';
import type { Migration } from '../../../server/db/migrations/files.ts';
import { makeLedger } from '../../../server/db/migrations/ledger.ts';
import { codeOf } from '../../../server/db/opening/probe.ts';
import { breaksBetween } from './breaks.ts';
import { readCatalog, type Catalog } from './catalog.ts';
import { writesOf } from './writes.ts';

/** What breaks older servers, a line each, by the name of the migration. */
export type Breaks = Readonly<Record<string, readonly string[]>>;

/**
 * Runs the migrations of a release on an empty database, and those that it does not know as the runner does:
 * what contracts comes last. Gives what breaks servers of that release.
 */
export async function checkRelease(
  sql: Sql,
  released: readonly Migration[],
  all: readonly Migration[],
): Promise<Breaks> {
  const breaks: Record<string, string[]> = {};
  const now = new Map(all.map((migration) => [migration.name, migration]));
  for (const { name, text } of released) {
    if (now.get(name)?.text !== text) breaks[name] = ['is not what was released'];
  }
  await makeLedger(sql);
  for (const { text } of released) await sql.begin((tx) => run(tx, text));
  const former = await readCatalog(sql);
  const known = new Set(released.map(({ name }) => name));
  const next = all.filter(({ name }) => !known.has(name));
  const inOneGo = await tried(sql, async (tx) => {
    for (const { text } of next) await run(tx, text);
    return readCatalog(tx);
  });
  const told = new Set<string>();
  for (const { name, text } of next.filter(({ contract }) => contract === null)) {
    const lines = (await breaksOf(sql, former, text)).filter((line) => !told.has(line));
    for (const line of lines) told.add(line);
    if (lines.length > 0) breaks[name] = lines;
    await sql.begin((tx) => run(tx, text));
  }
  const contracting = next.filter(({ contract }) => contract !== null);
  for (const { name, text } of contracting) {
    const differs = await sql.begin(async (tx) => {
      await run(tx, text);
      return name === contracting.at(-1)?.name && !alike(await readCatalog(tx), inOneGo);
    });
    if (differs) breaks[name] = ['makes another schema when it comes later than in a new database'];
  }
  return breaks;
}

/** What of one migration breaks servers that only know `former`. Leaves the database as it is. */
export async function breaksOf(sql: Sql, former: Catalog, text: string): Promise<string[]> {
  const breaks = await tried(sql, async (tx) => {
    await run(tx, text);
    return breaksBetween(tx, former, await readCatalog(tx));
  });
  try {
    return [...breaks, ...(await tried(sql, (tx) => writesOf(tx, former, () => run(tx, text))))];
  } catch (error) {
    // What watches a column or a table is in the way of dropping it, and of changing its type.
    if (breaks.length > 0 && ['2BP01', '0A000'].includes(codeOf(error))) return breaks;
    throw error;
  }
}

const run = async (tx: Transaction, text: string) => void (await tx.unsafe(text).simple());

class Undo<T> extends Error {
  readonly result: T;
  constructor(result: T) {
    super('to be rolled back');
    this.result = result;
  }
}

/** Does something in a transaction, and takes it back. */
async function tried<T>(sql: Sql, work: (tx: Transaction) => Promise<T>): Promise<T> {
  try {
    await sql.begin(async (tx) => {
      throw new Undo(await work(tx));
    });
  } catch (error) {
    if (error instanceof Undo) return error.result as T;
    throw error;
  }
  throw new Error('a transaction that is rolled back rejects');
}

/** Whether two schemas are the same, wherever their rows lie. */
function alike(one: Catalog, other: Catalog): boolean {
  const text = (catalog: Catalog) =>
    [...catalog.values()]
      .map(({ kind, name, is }) => JSON.stringify([kind, name, { ...is, rows: null }]))
      .sort()
      .join('\n');
  return text(one) === text(other);
}
