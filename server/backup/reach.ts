/**
 * The database as it is, in use or not, for who must not change its schema: a backup, and the look of
 * `doctor`. An embedded one that a server runs is joined; one that rests is started for so long.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../collab/ports.ts';
import { connect, type Sql } from '../db/connect.ts';
import { lockDataDir } from '../db/data-dir-lock.ts';
import { startEmbedded } from '../db/embedded.ts';
import { owner } from '../db/embedded/folder.ts';
import { probeForReading } from '../db/opening/probe.ts';
import { StartupError } from '../db/startup-error.ts';
import { BackupError } from './backup-error.ts';

export interface Reached {
  readonly sql: Sql;
  readonly url: string;
  close(): Promise<void>;
}

export interface ReachOptions {
  /** Null: the embedded one in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly log: Log;
  /** Shown in `pg_stat_activity`. */
  readonly name: string;
}

/** How long a server that starts may take to have its Postgres ready, in ms. */
const startingMs = 30_000;

/** @throws StartupError where there is no database, or it cannot be reached */
export async function reachDatabase(options: ReachOptions): Promise<Reached> {
  const { databaseUrl, dataDir, log, name } = options;
  const host =
    databaseUrl === null
      ? await ownDatabase(dataDir, log)
      : { url: await found(databaseUrl, log), stop: async () => undefined };
  const sql = connect(host.url, { log, name, max: 2, statementTimeout: 0 });
  const close = async () => {
    await sql.end({ timeout: 5 });
    await host.stop();
  };
  try {
    await sql`select 1`;
  } catch (error) {
    await close();
    throw unreached(error);
  }
  return { sql, url: host.url, close };
}

/** The URL, with what was found out about the server, and a pooler before it. */
async function found(url: string, log: Log): Promise<string> {
  try {
    return (await probeForReading(url, log)).url;
  } catch (error) {
    throw unreached(error);
  }
}

function unreached(cause: unknown): StartupError {
  if (cause instanceof StartupError) return cause;
  const { message, code } = cause as NodeJS.ErrnoException;
  const why = message || (code ?? 'no answer');
  return new StartupError(`The database cannot be reached: ${why}`, { cause });
}

/** A database that somebody has started, or that runs anyway. */
export interface Host {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function ownDatabase(dataDir: string, log: Log): Promise<Host> {
  const folder = path.join(dataDir, 'postgres');
  if (!existsSync(path.join(folder, 'PG_VERSION'))) {
    throw new BackupError(`There is no database in ${dataDir}; set DATA_DIR or DATABASE_URL`);
  }
  try {
    return await takeEmbedded(dataDir, log);
  } catch (error) {
    if (!(error instanceof InUse)) throw error;
    return { url: await urlOfRunning(folder), stop: async () => undefined };
  }
}

/** Another process has the folder. */
class InUse extends StartupError {}

/** Starts the embedded Postgres of a folder for this process alone, and makes it where missing. */
export async function takeEmbedded(dataDir: string, log: Log): Promise<Host> {
  const lock = await lockDataDir(dataDir).catch((cause: unknown) => {
    throw cause instanceof StartupError ? new InUse(cause.message, { cause }) : cause;
  });
  try {
    const postgres = await startEmbedded({ dataDir, log });
    return {
      url: postgres.url,
      async stop() {
        await postgres.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The address of the Postgres that runs on this folder, by its pid file. */
async function urlOfRunning(folder: string): Promise<string> {
  const deadline = Date.now() + startingMs;
  for (;;) {
    const pidFile = await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
    const lines = pidFile.split('\n');
    // Line 4 is the port, line 8 the state.
    if (lines[7]?.trim() === 'ready') {
      const password = await readPassword(path.join(folder, 'counterpoint-password'));
      return `postgres://${owner}:${password}@127.0.0.1:${Number(lines[3])}/postgres`;
    }
    if (Date.now() > deadline) {
      throw new BackupError(
        `${folder} is in use, but its Postgres does not run; try again, or stop who uses it`,
      );
    }
    await sleep(100);
  }
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    const { message } = cause as Error;
    throw new BackupError(`${message}; run this as the user that the server runs as`, { cause });
  }
}
