import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { inject } from 'vitest';
import { startEmbedded, type EmbeddedPostgres } from '../../server/db/embedded.ts';
import { freePort } from './free-port.ts';
import { saidToBePooled } from './as-given.ts';
import { copyFolder } from './copy-folder.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { silentLog } from './silent-log.ts';
import { until } from './until.ts';

export const templateName = 'counterpoint_template';

/** Whether servers under test reach Postgres through a PgBouncer. */
const isPooled = process.env.TEST_POOLER === 'pgbouncer';

/** The same server, another database. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export interface TestDatabase {
  readonly url: string;
  /** Past a pooler, where the run has one (TEST_POOLER): for looking from outside. */
  readonly directUrl: string;
  /** Removes it; rejects when somebody has left a connection to it open. */
  drop(): Promise<void>;
}

/** A database of this file's own on the run's Postgres, with the schema or (`empty`) without. */
export async function createDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(serverUrl, async (sql) => {
    const template = options.empty === true ? 'template0' : templateName;
    await sql`create database ${sql(name)} template ${sql(template)}`;
  });
  const poolerUrl = isPooled ? inject('poolerUrl') : null;
  const directUrl = databaseUrl(serverUrl, name);
  if (poolerUrl !== null) {
    // Connections of the pooler stay, so that none can be called a leak.
    const drop = (sql: postgres.Sql) => sql`drop database ${sql(name)} with (force)`;
    return {
      url: `${databaseUrl(poolerUrl, name)}${saidToBePooled}`,
      directUrl,
      drop: async () => void (await asAdmin(serverUrl, drop)),
    };
  }
  return {
    url: directUrl,
    directUrl,
    drop: () => asAdmin(serverUrl, (sql) => dropUnused(sql, name)),
  };
}

async function asAdmin<T>(url: string, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await run(sql);
  } finally {
    await sql.end();
  }
}

/** Postgres notices a closed connection a moment later; what stays for two seconds is a leak. */
async function dropUnused(sql: postgres.Sql, name: string): Promise<void> {
  let names: string[] = [];
  const unused = until(
    'unused database',
    async () => {
      const rows = await sql<{ application_name: string }[]>`
        select application_name from pg_stat_activity
        where datname = ${name} and backend_type = 'client backend'`;
      names = rows.map((row) => row.application_name);
      return names.length === 0;
    },
    2_000,
  );
  const leaked = await unused.then(
    () => false,
    () => true,
  );
  await sql`drop database ${sql(name)} with (force)`;
  if (leaked) throw new Error(`Connections to the test's database were left open: ${names.join()}`);
}

export interface OwnPostgres {
  /** Stays the same across restarts. */
  readonly url: string;
  /** For a server under test: through a PgBouncer where the run has one (TEST_POOLER). */
  readonly serverUrl: string;
  readonly port: number;
  /** Sudden death: resolves when the process and its listening socket are gone. */
  kill9(): Promise<void>;
  /** Starts it again after kill9 or stop; does nothing while it runs. */
  restart(): Promise<void>;
  /** Stops all of its processes where they stand (SIGSTOP): connections stay, nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** An orderly end; restart brings it back. */
  stop(): Promise<void>;
  /** Ends it and removes its files; call it in afterAll. */
  remove(): Promise<void>;
}

/**
 * A Postgres for one test to mistreat, durable unless `settings` say otherwise, without schema. All of one run
 * are of one installation (`system_identifier`): they must not share a Redis.
 */
export async function startOwnPostgres(
  options: { port?: number; settings?: Readonly<Record<string, string>> } = {},
): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-own-'));
  // A bench has no run that it is part of.
  if (process.env.VITEST) await copyFolder(path.join(inject('newPostgres'), 'postgres'), dataDir);
  const port = options.port ?? (await freePort());
  const start = () => startEmbedded({ dataDir, log: silentLog, revive: false, ...options, port });
  let server: EmbeddedPostgres = await start();
  const pooler = isPooled ? await startPgBouncer(server.url) : null;

  const signal = async (name: NodeJS.Signals) => {
    const main = server.pid();
    // None while it is down.
    if (main !== null) for (const pid of await processesOf(main)) send(pid, name);
  };
  return {
    url: server.url,
    serverUrl: pooler?.url ?? server.url,
    port,
    async kill9() {
      await signal('SIGKILL');
      await until('Postgres is dead', () => server.pid() === null);
      await until('its port is free', () => isFree(port));
    },
    async restart() {
      if (server.pid() === null) server = await start();
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    stop: () => server.stop(),
    async remove() {
      await pooler?.stop();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A backend may end by itself between being listed and being signalled: its parent is dead. */
export function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether a process has not ended. On Linux, one that nobody has collected counts as ended. */
export function isThere(pid: number): boolean {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Postgres and its backends, which are its children. */
export async function processesOf(main: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return [main, ...pairs.flatMap(([pid, parent]) => (pid && parent === main ? [pid] : []))];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const failed = once(server, 'error').then(() => false);
  const listening = once(server, 'listening').then(() => true);
  server.listen(port, '127.0.0.1');
  const free = await Promise.race([failed, listening]);
  if (!free) return false;
  server.close();
  await once(server, 'close');
  return true;
}
