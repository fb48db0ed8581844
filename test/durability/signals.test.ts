import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import postgres from 'postgres';
import { expect, onTestFinished, test } from 'vitest';
import { connectSaved, createPiece } from '../support/clients.ts';
import { createDatabase, isThere, type TestDatabase } from '../support/postgres.ts';
import { launchServer, startServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { newFolder } from './desk.ts';
import { readStored } from './stored.ts';

/** In ms: a start waits 30 s for a database. */
const patience = 15_000;

// SIGTERM, under typing, is in restart.test.ts, and SIGINT below.
test('D5 SIGHUP: what people have typed is saved, they are told to come back, and the exit code is 0', async () => {
  const { server, database } = await serverOnDatabase();
  const { piece, client, closes } = await writer(server);
  expect(await server.terminate('SIGHUP')).toBe(0);
  expect(closes).toContain(1012);
  client.destroy();
  await expectAllSaved(database, piece);
});

test('D5 Ctrl-C on npm start, which sends the signal twice, saves, tells people to come back, and ends with 0', async () => {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const server = await launchServer(
    { DATABASE_URL: database.url },
    { command: ['npm', 'start', '--no-update-notifier'] },
  );
  onTestFinished(() => killGroup(server.pid, 'SIGKILL'));
  await server.ready();
  const { piece, client, closes } = await writer(server);
  const ended = server.terminate('SIGCONT');
  // As a terminal does: to npm, and to the server that npm hands its signals on to.
  killGroup(server.pid, 'SIGINT');
  expect(await ended).toBe(0);
  expect(closes).toContain(1012);
  client.destroy();
  await expectAllSaved(database, piece);
});

test('D5 SIGINT: a signal that comes once more while the server stops is the same one', async () => {
  const { server, database } = await serverOnDatabase();
  const { piece, client, closes } = await writer(server);
  const ended = server.terminate('SIGINT');
  await until('it stops', () => server.log.some((line) => line.includes('"stopping"')));
  void server.terminate('SIGINT');
  expect(await ended).toBe(0);
  expect(closes).toContain(1012);
  client.destroy();
  await expectAllSaved(database, piece);
});

/** Both end with the test. */
async function serverOnDatabase() {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const server = await startServerProcess({ DATABASE_URL: database.url });
  onTestFinished(() => server.kill9());
  return { server, database };
}

async function expectAllSaved(database: TestDatabase, piece: string): Promise<void> {
  const stored = await readStored(database.directUrl, piece);
  expect(stored.body).toContain('Do night buses pay?');
  expect(stored.snapshot).toBe(stored.head);
}

/** Somebody in a piece, with a word in it that is saved. */
async function writer(server: { url: string }) {
  const piece = await createPiece(server);
  const client = connectSaved(server, piece);
  await client.synced();
  const closes: number[] = [];
  client.provider.on('connection-close', (event: unknown) => {
    closes.push((event as { code: number }).code);
  });
  client.body.insert(0, 'Do night buses pay?');
  await client.allSaved();
  return { piece, client, closes };
}

function killGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

test('D5 SIGTERM while the start waits for a database that does not answer ends it soon, with 0', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const asked = once(silent, 'connection');
  const server = await launchServer({ DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/c` });
  onTestFinished(() => server.kill9());
  await asked;
  await expectSoon(server.terminate());
});

test('D5 SIGTERM while a migration waits for a lock ends the start soon, with 0', async () => {
  const database = await createDatabase({ empty: true });
  const sql = postgres(database.directUrl, { max: 1, onnotice: () => undefined });
  onTestFinished(async () => {
    await sql.end();
    await database.drop();
  });
  await sql`select pg_advisory_lock(4202611)`;
  const server = await launchServer({ DATABASE_URL: database.url });
  onTestFinished(() => server.kill9());
  await until('the start waits', async () => {
    const waiting = await sql`
      select from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`;
    return waiting.length > 0;
  });
  await expectSoon(server.terminate());
});

test('D5 SIGTERM while the embedded Postgres starts ends both, with 0', async () => {
  const folder = await newFolder();
  const pidFile = path.join(folder, 'postgres', 'postmaster.pid');
  const server = await launchServer({ DATA_DIR: folder });
  onTestFinished(() => server.kill9());
  const pid = await until('Postgres is there', async () => {
    const number = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
    return number > 0 && number;
  });
  await expectSoon(server.terminate());
  await until('Postgres has ended', () => !isThere(pid));
});

async function expectSoon(ended: Promise<number | null>): Promise<void> {
  const asked = performance.now();
  expect(await ended).toBe(0);
  expect(performance.now() - asked).toBeLessThan(patience);
}
