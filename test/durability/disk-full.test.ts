import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../server/db/connect.ts';
import { api } from '../adversary/api.ts';
import { createPiece } from '../support/clients.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { adminToken } from '../support/server-process.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';

let server: TestRunningServer;
let sql: Sql;
beforeAll(async () => {
  server = await startRunningServer();
  sql = connect(server.databaseUrl, { log: silentLog, name: 'test', max: 2 });
});
afterAll(async () => {
  await sql.end();
  await server.stop();
});

const call = () => api(server, { token: adminToken });
/** In ms: what is looked at is the server's own work. */
const seldom = 100;
/** In ms: the first who opens a piece waits for a thread to start. */
const patience = 60_000;
const ready = async () => (await fetch(`${server.url}/readyz`)).status;

/** What is asked for, in its own words: rename a piece, which goes by way of the journal. */
const rename = (id: string, title: string) => call()('PATCH', `/api/pieces/${id}`, { title });
const titleOf = async (id: string) =>
  ((await (await call()('GET', `/api/pieces/${id}`)).json()) as { title: string }).title;

async function expectAway(answer: Response): Promise<void> {
  expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({
    status: 503,
    code: 'database_unavailable',
  });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
}

test('D4 a full disk: /readyz says no, writes are 503, and all is written when there is room', async () => {
  const id = await createPiece(server, { title: 'Before' });
  await sql.unsafe(`
    create function full_disk() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file' using errcode = '53100'; end $$;
    create trigger full_disk before insert on journal execute function full_disk()`);
  const renamed = rename(id, 'While it was full');
  await until('not ready', async () => (await ready()) === 503, patience, seldom);
  await expectAway(await call()('POST', '/api/pieces', { title: 'No room' }));
  await expectAway(await renamed);
  // What has been said to be open goes on, and is saved in the end.
  await sql.unsafe('drop trigger full_disk on journal; drop function full_disk()');
  await until('ready', async () => (await ready()) === 200, patience, seldom);
  const stored = await until(
    'written',
    async () => {
      const [row] = await sql<{ seq: number }[]>`
      select seq from journal_heads where piece_id = ${id} and seq > 1`;
      return row ?? null;
    },
    patience,
    seldom,
  );
  expect(stored.seq).toBeGreaterThan(1);
  expect((await rename(id, 'After')).status).toBe(200);
  expect(await titleOf(id)).toBe('After');
});

test('D4 a write that hangs: 503 with Retry-After within the deadline, and it may be made later', async () => {
  const id = await createPiece(server, { title: 'Before' });
  const lock = await held();
  const renamed = rename(id, 'Later');
  await expectAway(await renamed);
  expect(await ready()).toBe(503);
  lock.release();
  await lock.done;
  await until('ready', async () => (await ready()) === 200, patience, seldom);
  expect((await rename(id, 'After')).status).toBe(200);
});

/** Nobody else writes in the journal until it is released. */
async function held() {
  let release = () => {};
  let has = () => {};
  const free = new Promise<void>((resolve) => (release = resolve));
  const locked = new Promise<void>((resolve) => (has = resolve));
  const done = sql.begin(async (tx) => {
    await tx`lock table journal in exclusive mode`;
    has();
    await free;
  });
  await locked;
  return { release, done };
}
