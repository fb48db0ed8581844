import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import postgres from 'postgres';
import { Standstill } from '../../server/cluster/standstill.ts';
import { openDesk, type Desk } from '../durability/desk.ts';
import { createPiece } from '../support/clients.ts';
import { createDatabase } from '../support/postgres.ts';
import { installPresent } from '../support/previous-release/release.ts';
import { adminToken } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** A later release, which takes a default away that this one could need. */
const further = {
  '9001_expand.sql': 'alter table pieces add column deadline timestamptz;\n',
  '9002_contract.sql':
    '-- contract: the place among the servers of who does not say which schema it knows\n' +
    'alter table servers alter column migration drop default;\n',
};

async function ground() {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const sql = postgres(database.directUrl, { max: 1, onnotice: () => undefined });
  onTestFinished(() => sql.end());
  const env = { DATABASE_URL: database.directUrl, CONTRACT_AFTER_MS: '1000' };
  const servers = async (on: postgres.ISql = sql) => (await on`select from servers`).length;
  const titles = async () =>
    (await sql<{ title: string }[]>`select title from pieces`).map(({ title }) => title);
  return { sql, env, servers, titles };
}

/** What a server that stands still is sent once it is `gone` for the others, and answers when it moves again. */
async function askWhileStill(desk: Desk, gone: () => Promise<unknown>) {
  process.kill(desk.server.pid, 'SIGSTOP');
  await gone();
  // Its kernel takes the connection, and what is said on it.
  const socket = connect(Number(new URL(desk.url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (part: Buffer) => (answer += part.toString()));
  const closed = once(socket, 'close');
  const body = JSON.stringify({ title: 'Too late' });
  const request = [
    'POST /api/pieces HTTP/1.1',
    'host: localhost',
    'connection: close',
    `authorization: Bearer ${adminToken}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  const text = `${request.join('\r\n')}\r\n\r\n${body}`;
  await new Promise<void>((resolve) => socket.write(text, () => resolve()));
  process.kill(desk.server.pid, 'SIGCONT');
  await closed;
  return answer;
}

test('E1 C3 a server that stood still while its schema was taken away commits nothing by HTTP either', async () => {
  const { sql, env, titles } = await ground();
  const later = await installPresent(further);
  onTestFinished(() => later.remove());
  const still = await openDesk(env);
  await createPiece(still);
  await openDesk(env, later.cli);
  const contracted = async () => {
    const rows = await sql`select from schema_migrations where name = '9002_contract.sql'`;
    return rows.length > 0;
  };
  const answer = await askWhileStill(still, () =>
    until('it is taken for dead, and what it needs is taken away', contracted, 60_000, 100),
  );
  expect(answer).toMatch(/^HTTP\/1.1 503 /);
  expect(answer).toContain('"restarting"');
  expect(await titles()).not.toContain('Too late');
});

test('C3 a server that was taken for dead while it stood still writes again when it has its place', async () => {
  const { sql, env, servers, titles } = await ground();
  const [still] = [await openDesk(env), await openDesk(env)];
  await createPiece(still);
  const answer = await sql.begin(async (tx) => {
    return askWhileStill(still, async () => {
      await until('it is taken for dead', async () => (await servers(tx)) === 1, 60_000, 100);
      // Else it may have its place again before it reads what it was sent.
      await tx`lock table servers in share mode`;
    });
  });
  expect(answer).toMatch(/^HTTP\/1.1 503 /);
  expect(await titles()).not.toContain('Too late');
  await until(
    'it is back',
    async () => {
      const { status } = await fetch(`${still.url}/api/pieces`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        body: '{"title": "In time"}',
      });
      return status === 201;
    },
    undefined,
    100,
  );
  expect(await titles()).toContain('In time');
});

test('C3 D4 only a standstill makes a server doubt its place, and a look that began after it settles that', () => {
  const clock = { steady: 0, wall: 1_000_000 };
  const standstill = new Standstill(() => ({ ...clock }));
  onTestFinished(() => standstill.stop());
  const pass = (ms: number, wall = ms) => {
    clock.steady += ms;
    clock.wall += wall;
    return standstill.inDoubt;
  };
  // A database that cannot be asked: no look succeeds, and the process moves.
  for (let i = 0; i < 30; i++) expect(pass(1_000)).toBe(false);
  const before = standstill.now();
  standstill.foundInPlace(before);
  expect(pass(4_000)).toBe(false);
  expect(pass(2_000)).toBe(true);
  standstill.foundInPlace(before);
  expect(standstill.inDoubt).toBe(true);
  standstill.foundInPlace(standstill.now());
  expect(standstill.inDoubt).toBe(false);
  // A machine that slept.
  expect(pass(0, 60_000)).toBe(true);
});
