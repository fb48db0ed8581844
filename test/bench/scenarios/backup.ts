/**
 * `counterpoint backup` of a running server with a long journal, restored elsewhere: how long both
 * take, what they hold in memory, and how long the file is. `restore` reads every text again, and
 * `verify` is run on what came of it; where either finds a difference, the bench fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../../server/db/open.ts';
import { silentLog } from '../../support/silent-log.ts';
import { fillDatabase } from '../backup/fill.ts';
import { temporaryFolder, trackChild } from '../cleanup.ts';
import { names, type Figure } from '../figures.ts';
import { peakBytes } from '../load/proc.ts';
import { startServer } from '../servers/start.ts';

export interface BackupSize {
  readonly pieces: number;
  /** In the journals of all pieces. */
  readonly rows: number;
}

export async function measureBackup({ pieces, rows }: BackupSize): Promise<Figure[]> {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  const dataDir = join(folder, 'data');
  console.log(`  making ${pieces} pieces with ${rows} journal rows …`);
  const how = { dataDir, log: silentLog, statementTimeout: 0 };
  const db = await openDatabase({ databaseUrl: null, ...how });
  try {
    await fillDatabase(db.sql, db.url, pieces, rows);
  } finally {
    await db.close();
  }
  const file = join(folder, 'one.backup');
  const server = await startServer('ours', { folder });
  const saved = await command(['backup', file], dataDir);
  await server.stop();
  const restored = await command(['restore', file], join(elsewhere, 'data'));
  await command(['verify'], join(elsewhere, 'data'));
  const mib = (bytes: number) => bytes / 1024 / 1024;
  return [
    figure(names.backupTime, saved.seconds),
    figure(names.backupMemory, mib(saved.peak)),
    figure(names.backupFile, mib(statSync(file).size)),
    figure(names.restoreTime, restored.seconds),
    figure(names.restoreMemory, mib(restored.peak)),
  ];
}

function figure(name: string, value: number): Figure {
  console.log(`  ${name}: ${value.toFixed(1)}`);
  return { scenario: 'backup', server: 'ours', round: 1, name, value, doubt: null };
}

/** Runs `counterpoint`; gives its time, and the most memory that its process held. */
async function command(args: string[], dataDir: string) {
  const bin = join(import.meta.dirname, '..', '..', '..', 'server', 'bin.mjs');
  const began = performance.now();
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  trackChild(child);
  let told = '';
  child.stderr.on('data', (part: Buffer) => (told = (told + part.toString()).slice(-2_000)));
  let peak = 0;
  const look = setInterval(() => {
    peak = Math.max(peak, child.pid === undefined ? 0 : (peakBytes(child.pid) ?? 0));
  }, 200);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(look);
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${told}`);
  return { seconds: (performance.now() - began) / 1_000, peak };
}
