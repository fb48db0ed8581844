import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Log } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { readApplied } from '../db/migrations/ledger.ts';
import { packageFile } from '../package-root.ts';
import { BackupError } from './backup-error.ts';
import type { Manifest } from './manifest.ts';

/** @throws BackupError where the backup is of a schema that this version does not have yet */
export async function knowsSchema({ migrations, version }: Manifest): Promise<void> {
  const known = new Set(await readdir(packageFile('migrations')));
  const newer = migrations.find(({ name }) => !known.has(name));
  if (newer === undefined) return;
  throw new BackupError(
    `It was written by a newer Counterpoint (${version}, with ${newer.name}): restore it with that version`,
  );
}

/**
 * Makes the schema that a backup is of: later migrations change rows, and have to find them there.
 *
 * @throws BackupError where the database has another one already
 */
export async function bringSchemaTo(
  sql: Sql,
  url: string,
  { migrations }: Manifest,
  log: Log,
): Promise<void> {
  const wanted = new Map(migrations.map(({ name, checksum }) => [name, checksum]));
  const later = [...(await ledger(sql)).keys()].find((name) => !wanted.has(name));
  if (later !== undefined) {
    throw new BackupError(
      `The backup is of an older schema than the database, which has ${later} already: make a new database`,
    );
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-migrations-'));
  try {
    for (const name of wanted.keys()) {
      await copyFile(packageFile(`migrations/${name}`), path.join(folder, name));
    }
    await migrate(url, { log, folder });
  } finally {
    await rm(folder, { recursive: true });
  }
  for (const [name, checksum] of await ledger(sql)) {
    if (wanted.get(name) === checksum) continue;
    throw new BackupError(
      `The backup is of a schema made by another ${name}: restore it with the version that wrote it`,
    );
  }
}

async function ledger(sql: Sql): Promise<Map<string, string>> {
  return new Map((await readApplied(sql)).map(({ name, checksum }) => [name, checksum]));
}
