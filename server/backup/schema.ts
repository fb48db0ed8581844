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

/** The names of the migrations of a backup's schema that this version does not know. */
export async function unknownMigrations({ migrations }: Manifest): Promise<string[]> {
  const known = new Set(await readdir(packageFile('migrations')));
  return migrations.map(({ name }) => name).filter((name) => !known.has(name));
}

/**
 * Who wrote it may not know the schema either: after a deploy that was rolled back, a version backs up what
 * a newer one has expanded (E1).
 *
 * @throws BackupError where the backup is of a schema that this version does not have yet
 */
export async function knowsSchema(manifest: Manifest): Promise<void> {
  const unknown = await unknownMigrations(manifest);
  if (unknown.length === 0) return;
  throw new BackupError(
    `It is of a schema with ${unknown.join(', ')}, which this version does not know (it was written by ${manifest.version}): restore it with a version that does`,
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
