import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import type { Sql, Transaction } from '../db/connect.ts';
import { readApplied } from '../db/migrations/ledger.ts';
import { packageFile } from '../package-root.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { BackupError } from './backup-error.ts';
import { copyOut, settleFormats } from './copy.ts';
import {
  formatVersion,
  manifestName,
  textLine,
  type BackedUpTable,
  type Manifest,
} from './manifest.ts';
import { keptTables } from './tables.ts';
import { textsOf } from './texts.ts';

/** Rows, and pieces, between two lines of progress. */
const [rowsBetween, piecesBetween] = [250_000, 1_000];

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Writes a backup of the whole database into `sink`, and ends it. People may go on writing: it is of
 * one moment, that of a REPEATABLE READ snapshot. Reads only, so a standby will do.
 *
 * @param tell - takes a line of progress
 * @throws BackupError where this is no database of Counterpoint
 */
export async function writeBackup(
  sql: Sql,
  sink: Writable,
  tell: (line: string) => void,
): Promise<Manifest> {
  const tables = await tablesOf(sql);
  if (!tables.some(({ name }) => name === 'pieces')) {
    throw new BackupError(
      'The database holds nothing of Counterpoint, so there is nothing to back up',
    );
  }
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    // Before the snapshot is taken: a migration that comes meanwhile would change what is read.
    const names = tables.map(({ name }) => `"${name}"`).join(', ');
    await tx.unsafe(`lock table ${names} in access share mode`);
    const [clock] = await tx<{ now: Date }[]>`select clock_timestamp() as now`;
    const moment = clock?.now ?? new Date();
    await settleFormats(tx);
    const archive = new ArchiveWriter(sink, moment);
    try {
      const manifest = await fill(tx, archive, { tables, moment, tell });
      await archive.entry(manifestName, Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`));
      await archive.finish();
      return manifest;
    } catch (error) {
      await archive.abort();
      throw error;
    }
  });
}

interface What {
  readonly tables: readonly Table[];
  readonly moment: Date;
  readonly tell: (line: string) => void;
}

async function fill(
  tx: Transaction,
  archive: ArchiveWriter,
  { tables, moment, tell }: What,
): Promise<Manifest> {
  const migrations = await readApplied(tx);
  const written: BackedUpTable[] = [];
  for (const { name, columns } of tables) {
    const progress = everySo(rowsBetween, (rows) => tell(`${name}: ${rows} rows`));
    const rows = copyOut(tx, name, columns);
    written.push({
      name,
      columns: [...columns],
      ...(await archive.lines(`tables/${name}`, rows, progress)),
    });
  }
  const sequences = await sequencesOf(tx);
  const progress = everySo(piecesBetween, (pieces) => tell(`read ${pieces} pieces`));
  const counted = { pieces: 0, journalRows: 0 };
  async function* lines() {
    for await (const text of textsOf(tx)) {
      counted.pieces += 1;
      counted.journalRows += text.seq;
      progress(counted.pieces);
      yield Buffer.from(textLine(text));
    }
  }
  const texts = await archive.lines('texts', lines());
  return {
    format: formatVersion,
    version: ownVersion(),
    moment: moment.toISOString(),
    migrations: migrations.map(({ name, checksum }) => ({ name, checksum })),
    tables: written,
    sequences,
    people: written.find(({ name }) => name === 'users')?.rows ?? 0,
    journalRows: counted.journalRows,
    texts,
  };
}

/** The tables that are there, in the order of `keptTables`; an older schema has fewer. */
async function tablesOf(sql: Sql): Promise<Table[]> {
  const rows = await sql<Table[]>`
    select relname as name, array_agg(attname::text order by attnum) as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
      and attnum > 0 and not attisdropped and attgenerated = ''
      and relname = any(${[...keptTables]}::text[])
    group by relname`;
  const found = new Map(rows.map((row) => [row.name, row]));
  return keptTables.flatMap((name) => found.get(name) ?? []);
}

/** Where the sequences of the kept tables stand. They know no snapshot; later is safe. */
async function sequencesOf(tx: Transaction): Promise<Manifest['sequences']> {
  const names = await tx<{ name: string }[]>`
    select seq.relname as name
    from pg_class seq
    join pg_depend on pg_depend.objid = seq.oid and deptype in ('a', 'i')
      and pg_depend.classid = 'pg_class'::regclass and pg_depend.refclassid = 'pg_class'::regclass
    join pg_class owner on owner.oid = pg_depend.refobjid
    where seq.relkind = 'S' and seq.relnamespace = current_schema()::regnamespace
      and owner.relname = any(${[...keptTables]}::text[])
    order by seq.relname`;
  const found: Manifest['sequences'] = [];
  for (const { name } of names) {
    const [row] = await tx<{ value: string; called: boolean }[]>`
      select last_value::text as value, is_called as called from ${tx(name)}`;
    if (row !== undefined) found.push({ name, ...row });
  }
  return found;
}

/** Passes a growing number on whenever it has grown by `step`. */
function everySo(step: number, tell: (count: number) => void): (count: number) => void {
  let next = step;
  return (count) => {
    if (count < next) return;
    next = count - (count % step) + step;
    tell(count);
  };
}

function ownVersion(): string {
  const text = readFileSync(packageFile('package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
