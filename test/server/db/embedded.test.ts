import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { findBinaries } from '../../../server/db/embedded/binaries.ts';
import { startEmbedded, type EmbeddedPostgres } from '../../../server/db/embedded.ts';
import { runScript } from '../../support/run-script.ts';
import { recordingLog, silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';

const holdDatabase = path.resolve(import.meta.dirname, '../../support/hold-database.ts');
const root = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-embedded-'));
afterAll(() => rm(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => path.join(root, String((folders += 1)));

/** A data folder in which a database has been made and stopped: to make one takes most of a start. */
async function madeFolder(): Promise<string> {
  made ??= (async () => {
    const folder = newFolder();
    const server = await startEmbedded({ dataDir: folder, log: silentLog });
    await server.stop();
    return folder;
  })();
  const folder = newFolder();
  // As it stands, owner and rights too.
  await promisify(execFile)('cp', ['-a', await made, folder]);
  return folder;
}
let made: Promise<string> | null = null;

async function start(dataDir: string, log = silentLog): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ dataDir, log });
  onTestFinished(() => server.stop());
  return server;
}

function pool(url: string) {
  const sql = connect(url, { log: silentLog, name: 'test' });
  onTestFinished(() => sql.end({ timeout: 1 }));
  return sql;
}

async function mainProcess(dataDir: string): Promise<number> {
  const text = await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function kill(script: ReturnType<typeof runScript>): Promise<void> {
  script.child.kill('SIGKILL');
  await once(script.child, 'exit');
}

test('D1 the embedded database is durable, and keeps its data over stop and start', async () => {
  const dataDir = newFolder();
  const first = await start(dataDir);
  expect(first.created).toBe(true);
  const sql = pool(first.url);
  const [settings] = await sql`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      current_setting('listen_addresses') as address, current_setting('server_encoding') as encoding`;
  expect(settings).toEqual({ fsync: 'on', commit: 'on', address: '127.0.0.1', encoding: 'UTF8' });
  await sql`create table notes (text text)`;
  await sql`insert into notes values ('kept')`;
  await first.stop();
  expect(first.pid()).toBeNull();

  const second = await start(dataDir);
  expect(second.created).toBe(false);
  expect(await pool(second.url)`select text from notes`).toEqual([{ text: 'kept' }]);
});

test('its password is in the data folder, for its owner only, and is asked for', async () => {
  const dataDir = await madeFolder();
  const server = await start(dataDir);
  const { mode } = await stat(path.join(dataDir, 'postgres', 'counterpoint-password'));
  expect(mode & 0o777).toBe(0o600);
  const wrong = new URL(server.url);
  wrong.password = 'guessed';
  await expect(pool(wrong.href)`select 1`).rejects.toMatchObject({ code: '28P01' });
});

test('D5 Postgres stops by itself when its server is killed with -9', async () => {
  const dataDir = await madeFolder();
  const script = runScript(holdDatabase, [dataDir]);
  await script.line();
  const pid = await mainProcess(dataDir);
  expect(lives(pid)).toBe(true);
  await kill(script);
  await until('Postgres has stopped', () => !lives(pid));
});

test('D5 an orphan whose watcher was killed too is stopped by the next start', async () => {
  const dataDir = await madeFolder();
  const script = runScript(holdDatabase, [dataDir]);
  await script.line();
  const orphan = await mainProcess(dataDir);
  // The watcher holds the pipe to the server; its command line has the same arguments.
  for (const pid of await watchersOf(path.join(dataDir, 'postgres'))) process.kill(pid, 'SIGKILL');
  await kill(script);
  expect(lives(orphan)).toBe(true);

  const log = recordingLog();
  const server = await start(dataDir, log);
  await until('the orphan has stopped', () => !lives(orphan));
  expect(log.lines.some((line) => line.message.includes('still runs'))).toBe(true);
  expect(await pool(server.url)`select 1 as one`).toEqual([{ one: 1 }]);
});

async function watchersOf(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (command.startsWith('/bin/sh') && command.includes(folder)) found.push(Number(name));
  }
  return found;
}

test('D4 Postgres that is killed under a running server is started again, and the pool returns', async () => {
  const log = recordingLog();
  const server = await start(await madeFolder(), log);
  const sql = pool(server.url);
  await sql`create table notes (text text)`;
  const killed = server.pid()!;
  process.kill(killed, 'SIGKILL');
  await until('the log tells', () =>
    log.lines.some((line) => line.message === 'Postgres runs again'),
  );
  expect(server.pid()).not.toBe(killed);
  await until('it answers again', () => sql`select * from notes`.catch(() => null));
});

test('a pid file that names a stranger does not prevent the start, nor harm the stranger', async () => {
  const dataDir = await madeFolder();
  const file = path.join(dataDir, 'postgres', 'postmaster.pid');
  await writeFile(file, `${process.pid}\n${dataDir}/postgres\n1\n5432\n\n127.0.0.1\n\nready\n`);
  const second = await start(dataDir);
  expect(await pool(second.url)`select 1 as one`).toEqual([{ one: 1 }]);
});

test('an initdb that was killed leaves nothing that is taken for a database', async () => {
  const dataDir = newFolder();
  await mkdir(path.join(dataDir, 'postgres-new-abc', 'data'), { recursive: true });
  await writeFile(path.join(dataDir, 'postgres-new-abc', 'data', 'PG_VERSION'), '18\n');
  const server = await start(dataDir);
  expect(server.created).toBe(true);
  expect(await readdir(dataDir)).toEqual(['postgres']);
});

test('a data folder of another major version is refused in one line', async () => {
  const dataDir = newFolder();
  await mkdir(path.join(dataDir, 'postgres'), { recursive: true });
  await writeFile(path.join(dataDir, 'postgres', 'PG_VERSION'), '12\n');
  await expect(startEmbedded({ dataDir, log: silentLog })).rejects.toThrow(
    /was made by Postgres 12, this is Postgres \d+/,
  );
});

test('DATA_DIR and the program may lie in a folder that only who runs the server can enter', async () => {
  const closed = newFolder();
  await mkdir(closed, { mode: 0o700 });
  const { initdb } = await findBinaries();
  const bin = path.join(closed, 'native', 'bin');
  await cp(path.resolve(path.dirname(initdb), '..'), path.dirname(bin), {
    recursive: true,
    verbatimSymlinks: true,
  });
  const at = (name: string) => path.join(bin, name);
  const binaries = { initdb: at('initdb'), postgres: at('postgres'), pg_ctl: at('pg_ctl') };
  const dataDir = path.join(closed, 'data');
  const server = await startEmbedded({ dataDir, log: silentLog, binaries });
  onTestFinished(() => server.stop());
  expect(await pool(server.url)`select 1 as one`).toEqual([{ one: 1 }]);
});
