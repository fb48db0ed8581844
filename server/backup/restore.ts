import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Log } from '../collab/ports.ts';
import { connect, type Transaction } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { Checked, readArchive } from './archive-reader.ts';
import { BackupError } from './backup-error.ts';
import { compareTexts } from './compare-texts.ts';
import { copyIn, settleFormats } from './copy.ts';
import { readTextLine, type Manifest, type PieceText } from './manifest.ts';
import { bringSchemaTo, knowsSchema } from './schema.ts';
import { refuseUnlessEmpty, refuseUnlessUnused } from './target.ts';

export interface RestoreOptions {
  readonly url: string;
  /** Whether a pooler has connections to it; false where not given. */
  readonly pooled?: boolean;
  readonly log: Log;
  /** Whether to leave all sessions out, so that everybody has to sign in. */
  readonly signOut: boolean;
  /** Takes a line of progress. */
  readonly tell: (line: string) => void;
}

export interface Restored {
  readonly manifest: Manifest;
  /** What is not as it was at the moment of the backup, a line each. */
  readonly problems: readonly string[];
}

/**
 * Puts a backup into an empty database, all of it or nothing: the file is checked as a whole before
 * anything is written, and all rows go in by one transaction. The schema is made first, as it was when
 * the backup was written, and brought to this version's at the end. Then every piece is rebuilt from its
 * journal alone, and compared with what it read at the moment of the backup.
 *
 * @throws BackupError where the file is not whole, or the database is not empty
 */
export async function restoreBackup(file: FileHandle, options: RestoreOptions): Promise<Restored> {
  const { url, log, tell } = options;
  tell('Checking the file');
  const checked = await checkBackup(file);
  const { manifest } = checked;
  await knowsSchema(manifest);
  const sql = connect(url, { log, name: 'counterpoint restore', max: 2, statementTimeout: 0 });
  try {
    await refuseUnlessUnused(sql, options.pooled ?? false);
    await refuseUnlessEmpty(sql);
    await bringSchemaTo(sql, url, manifest, log);
    await sql.begin((tx) => fill(tx, file, manifest, options));
    await migrate(url, { log });
    await sql`analyze`;
    return { manifest, problems: await compareTexts(sql, checked.texts, tell) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

interface CheckedBackup {
  readonly manifest: Manifest;
  /** By the ids of the pieces; some 300 bytes of memory for each. */
  readonly texts: ReadonlyMap<string, PieceText>;
}

/** Reads all of a backup. @throws BackupError where a byte of it is not as it was written */
async function checkBackup(file: FileHandle): Promise<CheckedBackup> {
  const found = new Map<string, Checked>();
  const lines: Buffer[] = [];
  const manifest = await readArchive(file, async ({ name, chunks }) => {
    const checked = new Checked();
    if (found.has(name)) throw new BackupError(`It holds ${name} twice`);
    found.set(name, checked);
    for await (const chunk of checked.of(chunks)) if (name === 'texts') lines.push(chunk);
  });
  const wanted = new Map<string, { rows: number; bytes: number; sha256: string }>([
    ...manifest.tables.map((table) => [`tables/${table.name}`, table] as const),
    ['texts', manifest.texts],
  ]);
  for (const name of found.keys()) {
    if (!wanted.has(name)) throw new BackupError(`It holds ${name}, which its manifest does not`);
  }
  for (const [name, what] of wanted) {
    const isWhole = (found.get(name) ?? new Checked()).matches(what);
    if (!isWhole) throw new BackupError(`It is damaged: ${name} is not what was written`);
  }
  const texts = Buffer.concat(lines).toString().trimEnd().split('\n').filter(Boolean);
  return { manifest, texts: new Map(texts.map(readTextLine).map((text) => [text.id, text])) };
}

async function fill(
  tx: Transaction,
  file: FileHandle,
  manifest: Manifest,
  { tell, signOut }: RestoreOptions,
): Promise<void> {
  // A server that starts meanwhile waits here, and finds the database full.
  await tx`lock table users, pieces in share row exclusive mode`;
  await refuseUnlessEmpty(tx);
  await settleFormats(tx);
  const tables = new Map(manifest.tables.map((table) => [`tables/${table.name}`, table]));
  for (const { name } of tables.values()) await switchTriggers(tx, name, 'disable');
  await readArchive(file, async ({ name, chunks }) => {
    const table = tables.get(name);
    if (table === undefined) {
      for await (const chunk of chunks) void chunk;
      return;
    }
    await copyIn(tx, table.name, table.columns, chunks);
    tell(`${table.name}: ${table.rows} rows`);
  });
  for (const { name } of tables.values()) await switchTriggers(tx, name, 'enable');
  for (const { name, value, called } of manifest.sequences) {
    await tx`select setval(${name}::regclass, ${value}::text::bigint, ${called})`;
  }
  for (const table of manifest.tables) await countRows(tx, table);
  if (signOut) await tx`delete from sessions`;
  await noteAsCrash(tx, manifest);
}

/**
 * What triggers have made is in the backup. Those of foreign keys stay on, and so does everything that
 * takes a superuser to switch off, which managed databases give to nobody.
 */
async function switchTriggers(tx: Transaction, table: string, how: 'enable' | 'disable') {
  await tx.unsafe(`alter table "${table}" ${how} trigger user`);
}

async function countRows(tx: Transaction, { name, rows }: { name: string; rows: number }) {
  const [row] = await tx<{ count: number }[]>`select count(*) from ${tx(name)}`;
  if (row?.count === rows) return;
  throw new BackupError(`Of ${rows} rows of ${name}, the database took ${row?.count ?? 0}`);
}

/**
 * To a piece, going back to a backup is a crash: clients still hold what was written after it, each
 * other's words too. So each counts as left open by a server that has died (P2).
 */
async function noteAsCrash(tx: Transaction, { moment }: Manifest): Promise<void> {
  const [there] = await tx<
    { name: string | null }[]
  >`select to_regclass('open_pieces')::text as name`;
  if (there?.name == null) return;
  await tx`
    insert into open_pieces (piece_id, server, opening, since)
    select id, ${randomUUID()}::uuid, 1, ${moment}::timestamptz from pieces
    where deleted_at is null`;
}
