import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { connect } from '../../../server/db/connect.ts';
import { startEmbedded } from '../../../server/db/embedded.ts';
import { freePort } from '../../support/free-port.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { connectSaved, createPiece } from '../../support/clients.ts';
import { startOwnPostgres, type OwnPostgres } from '../../support/postgres.ts';
import { startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';

/** How soon writing has to go on, in ms. */
const soon = 5_000;

async function serve(databaseUrl: string): Promise<ServerProcess> {
  const server = await startServerProcess({ DATABASE_URL: databaseUrl });
  onTestFinished(() => server.kill9());
  return server;
}

function looking(url: string): postgres.Sql {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  onTestFinished(() => sql.end({ timeout: 1 }));
  return sql;
}

/** Somebody who writes on, whatever the database does. */
async function writerIn(server: ServerProcess) {
  const piece = await createPiece(server);
  const client = connectSaved(server, piece);
  onTestFinished(() => client.destroy());
  await client.synced();
  let written = 0;
  const write = () => client.body.insert(client.body.length, `${(written += 1)} `);
  write();
  await client.allSaved();
  const all = () => Array.from({ length: written }, (_, n) => `${n + 1} `).join('');
  return { client, write, all, piece };
}

const asks = (server: ServerProcess) => fetch(`${server.url}/readyz`);
const notReady = (server: ServerProcess) =>
  until('not ready', async () => (await asks(server)).status === 503, 15_000, 50);

/** All of it is saved within 5 s of `back`. */
async function expectSavedSoon(
  writer: Awaited<ReturnType<typeof writerIn>>,
  server: ServerProcess,
) {
  await until('all is saved', () => writer.client.saved() === writer.client.sent(), soon);
  await until('ready', async () => (await asks(server)).ok, soon, 50);
  expect(writer.client.body.toJSON()).toBe(writer.all());
}

/** What the next server opens it from, once this one has gone. */
async function expectStored(
  server: ServerProcess,
  databaseUrl: string,
  piece: string,
  all: string,
) {
  await server.terminate();
  const sql = connect(databaseUrl, { log: silentLog, name: 'test', max: 1 });
  onTestFinished(() => sql.end());
  const stored = await createPieceStore(sql).load(piece);
  const doc = new Y.Doc();
  if (stored?.snapshot) Y.applyUpdate(doc, stored.snapshot.state);
  for (const { update } of stored?.tail ?? []) Y.applyUpdate(doc, update);
  expect(doc.getText('body').toJSON()).toBe(all);
}

/** For tests that leave it as it was. */
let database: OwnPostgres;
beforeAll(async () => {
  database = await startOwnPostgres();
});
afterAll(() => database.remove());

test('D4 a database that is made read only and writable again: writing resumes by itself within 5 s, nothing is lost', async () => {
  const admin = looking(database.url);
  const server = await serve(database.url);
  const writer = await writerIn(server);
  await admin`set default_transaction_read_only = off`;
  const readOnly = async (now: 'on' | 'off') => {
    await admin.unsafe(`alter system set default_transaction_read_only = ${now}`);
    await admin`select pg_reload_conf()`;
  };
  for (let round = 0; round < 2; round += 1) {
    await readOnly('on');
    writer.write();
    await notReady(server);
    // What was written while Postgres read its settings anew may have been saved.
    const saved = writer.client.saved();
    writer.write();
    await notReady(server);
    expect(writer.client.saved()).toBe(saved);
    expect(saved).toBeLessThan(writer.client.sent());
    await readOnly('off');
    await expectSavedSoon(writer, server);
  }
  await expectStored(server, database.url, writer.piece, writer.all());
});

test('D4 a database that is restarted under a server: writing resumes within 5 s, nothing is lost', async () => {
  const server = await serve(database.url);
  const writer = await writerIn(server);
  for (const leave of [() => database.stop(), () => database.kill9()]) {
    writer.write();
    await leave();
    writer.write();
    await notReady(server);
    await database.restart();
    writer.write();
    await expectSavedSoon(writer, server);
  }
  await expectStored(server, database.url, writer.piece, writer.all());
});

test('D4 a primary that dies and a standby that is promoted: writing goes on there within 5 s, nothing that was saved is lost', async () => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-failover-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const [first, second] = [path.join(root, 'first'), path.join(root, 'second')];
  const start = (dataDir: string, port: number, settings: Record<string, string>) =>
    startEmbedded({ dataDir, port, settings, log: silentLog, revive: false });
  const ports = [await freePort(), await freePort()] as const;
  const made = await start(first, ports[0], {});
  const { username, password } = new URL(made.url);
  await made.stop();
  await mkdir(second);
  await promisify(execFile)('cp', ['-a', path.join(first, 'postgres'), second]);
  await writeFile(path.join(second, 'postgres', 'standby.signal'), '');
  // What is called saved is at the standby too.
  const primary = await start(first, ports[0], { synchronous_standby_names: '*' });
  onTestFinished(() => primary.stop());
  const standby = await start(second, ports[1], {
    primary_conninfo: `host=127.0.0.1 port=${ports[0]} user=${username} password=${password}`,
  });
  onTestFinished(() => standby.stop());
  const hosts = `127.0.0.1:${ports[1]},127.0.0.1:${ports[0]}`;
  const url = `postgres://${username}:${password}@${hosts}/postgres`;
  const server = await serve(url);
  const writer = await writerIn(server);
  for (let n = 0; n < 20; n += 1) writer.write();
  await writer.client.allSaved();
  process.kill(primary.pid() ?? 0, 'SIGKILL');
  writer.write();
  await notReady(server);
  const admin = looking(standby.url);
  await admin`select pg_promote()`;
  writer.write();
  await expectSavedSoon(writer, server);
  await expectStored(server, url, writer.piece, writer.all());
});
