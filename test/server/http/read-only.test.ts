import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { createPiece } from '../../support/clients.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { adminToken } from '../../support/server-process.ts';
import { silentLog } from '../../support/silent-log.ts';
import { api } from '../../adversary/api.ts';

let server: TestRunningServer;
beforeAll(async () => {
  server = await startRunningServer();
});
afterAll(() => server.stop());

test('a body that is larger than its route takes is 413: 4 KB before sign-in, 8 MB of content', async () => {
  const call = api(server, { token: adminToken });
  const session = await call('POST', '/api/session', { email: 'a@b', password: 'x'.repeat(5_000) });
  expect(session.status).toBe(413);
  const id = await createPiece(server, {});
  const named = await call('POST', `/api/pieces/${id}/versions`, { name: 'x'.repeat(300_000) });
  expect(named.status).toBe(413);
});

test('who is not signed in and does not come to an end is cut off', async () => {
  const { port, hostname } = new URL(server.url);
  const socket = connectTcp(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.resume();
  socket.write('POST /api/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n');
  socket.write('content-length: 100\r\n\r\n{');
  await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
});

test('a database that takes no writes: /readyz says no, and a write is 503', async () => {
  const sql = connect(server.databaseUrl, { log: silentLog, name: 'test', max: 1 });
  const name = new URL(server.databaseUrl).pathname.slice(1);
  await sql.unsafe(`alter database "${name}" set default_transaction_read_only = on`);
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = ${name} and pid <> pg_backend_pid()`;
  const call = api(server, { token: adminToken });
  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(503);
  await expect
    .poll(async () => (await call('POST', '/api/pieces', { title: 'Not to be saved' })).status)
    .toBe(503);
  await sql.begin('read write', (tx) =>
    tx.unsafe(`alter database "${name}" reset default_transaction_read_only`),
  );
  await sql.end();
}, 30_000);
