import postgres from 'postgres';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { tendQuietPiece } from '../../server/jobs/kinds.ts';
import { expectVerified, openDesk, type Desk } from '../durability/desk.ts';
import { numbered, openJobs } from '../server/jobs/support.ts';
import { scrape } from '../server/metrics/scrape.ts';
import { connectSaved, createPiece } from '../support/clients.ts';
import { holdJournal } from '../support/hold-journal.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

/** Longer than the 10 s after which a server notes what was edited. */
const note = 30_000;
/** Longer than the 10 s after which a server looks for jobs. */
const look = 30_000;
/** In ms: what is waited for takes seconds, and each look is a question to a server or its database. */
const seldom = 250;

let database: TestDatabase;
let sql: postgres.Sql;
let desks: Desk[];
const open = async (env: Record<string, string> = {}) => {
  const desk = await openDesk({ DATABASE_URL: database.url, ...env });
  desks.push(desk);
  return desk;
};

beforeEach(async () => {
  database = await createDatabase();
  sql = postgres(database.directUrl, { max: 2, onnotice: () => undefined });
  desks = [];
  onTestFinished(async () => {
    await sql.end();
    for (const desk of desks) await desk.kill9();
    await database.drop();
  });
});

async function type(desk: Desk, pieceId: string, letters: number): Promise<void> {
  const client = connectSaved(desk, pieceId);
  onTestFinished(() => client.destroy());
  await client.synced();
  for (let i = 0; i < letters; i++) {
    client.body.insert(client.body.length, `${i} `);
    await client.allSaved();
  }
}

const rowsOf = async (pieceId: string) => {
  const [row] = await sql<{ all: number; packs: number }[]>`
    select count(*)::int as all, count(moments)::int as packs from journal where piece_id = ${pieceId}`;
  return row!;
};
const packed = { all: 1, packs: 1 };
const waiting = async () => {
  const rows = await sql<{ piece: string }[]>`
    select singleton_key as piece from boss_job where name = 'quiet' and state = 'created'`;
  return rows.map(({ piece }) => piece).sort();
};
/** As if ten minutes had passed. */
const letTimePass = async () => {
  await sql`update journal set at = at - interval '1 hour'`;
  await sql`update boss_job set start_after = now() - interval '1 s' where state < 'active'`;
};
const counted = async (name: string, labels: Record<string, string>) => {
  const all = await Promise.all(desks.map(async (desk) => (await scrape(desk)).of(name, labels)));
  return all.reduce<number>((sum, value) => sum + (value ?? 0), 0);
};

/** Has a server begin to pack a quiet piece, and keeps it from going on; what lets it. */
async function inTheMiddle(desk: Desk): Promise<{ pieceId: string; release: () => Promise<void> }> {
  const pieceId = await createPiece(desk, { content: 'Some words.' });
  await type(desk, pieceId, 20);
  await sql`update journal set at = at - interval '1 hour'`;
  const held = await holdJournal(database.directUrl);
  const { jobs } = openJobs(database.directUrl);
  await jobs.add(tendQuietPiece, [{ ...numbered(1), key: pieceId, payload: { pieceId } }]);
  const packs = async () => {
    const [row] = await sql<{ waits: boolean }[]>`
      select exists (select from pg_locks where not granted and relation = 'journal'::regclass)
        and exists (select from boss_job where state = 'active') as waits`;
    return row!.waits;
  };
  await until('it packs', packs, look, seldom);
  return { pieceId, release: () => held.release() };
}

test('C5 what two servers note of a piece is done once, by one of them', async () => {
  const [here, there] = [await open(), await open()];
  const pieces: string[] = [];
  for (let i = 0; i < 5; i++) pieces.push(await createPiece(here, { content: 'Some words.' }));
  const [onlyHere = '', onlyThere = '', ...both] = pieces;
  for (const piece of [onlyHere, ...both]) await type(here, piece, 6);
  for (const piece of [...both, onlyThere]) await type(there, piece, 6);
  // Each notes all that was edited there at once: what was edited at one of them alone tells that it has.
  const all = [...pieces].sort();
  await until(
    'both have noted it',
    async () => (await waiting()).length === all.length,
    note,
    seldom,
  );
  expect(await waiting()).toEqual(all);
  await letTimePass();
  const done = () => counted('counterpoint_jobs_ended_total', { kind: 'quiet', result: 'done' });
  await until('all is done', async () => (await done()) >= all.length, look, seldom);
  for (const piece of pieces) expect(await rowsOf(piece)).toEqual(packed);
  expect(await done()).toBe(all.length);
  expect(await counted('counterpoint_worker_tasks_total', { pool: 'packing' })).toBe(all.length);
  expect(
    desks.flatMap(({ server }) => server.log.filter((line) => /"level":[45]0/.test(line))),
  ).toEqual([]);
  await expectVerified({ DATABASE_URL: database.url });
}, 120_000);

test('C5 D6 kill -9 of a server in the middle of a job: another does it when the lease has run out', async () => {
  const dying = await open();
  const { pieceId, release } = await inTheMiddle(dying);
  const other = await open();
  await dying.kill9();
  await release();
  await sql`update boss_job set started_on = now() - interval '1 hour' where state = 'active'`;
  const again = async () => {
    const { count } = await sql`
      update boss_job set start_after = now() - interval '1 s' where state = 'retry'`;
    return count > 0;
  };
  await until('it is to be done again', again, look, seldom);
  await until('it is done', async () => (await rowsOf(pieceId)).packs === 1, look, seldom);
  expect(await rowsOf(pieceId)).toEqual(packed);
  expect(other.server.log.join('\n')).toContain('jobs were not done in time by who had them');
  await expectVerified({ DATABASE_URL: database.url });
}, 120_000);

test('C5 D5 a server that stops in the middle of a job leaves it to be done', async () => {
  const stopping = await open();
  const { pieceId, release } = await inTheMiddle(stopping);
  const stopped = stopping.terminate();
  await until(
    'it is left',
    async () => (await sql`select 1 from boss_job where state = 'retry'`).count > 0,
  );
  await release();
  expect(await stopped).toBe(0);
  await letTimePass();
  await open();
  await until('it is done', async () => (await rowsOf(pieceId)).packs === 1, look, seldom);
  expect(await rowsOf(pieceId)).toEqual(packed);
}, 120_000);

test('C5 two first starts at once make one admin, with one link that gets in', async () => {
  const empty = await createDatabase({ empty: true });
  const first: Record<string, string> = { ADMIN_EMAIL: '', ADMIN_TOKEN: '', LOG_LEVEL: 'info' };
  const servers: ServerProcess[] = [];
  onTestFinished(async () => {
    for (const server of servers) await server.kill9();
    await empty.drop();
  });
  const start = async () => {
    const server = await startServerProcess({ ...first, DATABASE_URL: empty.url });
    servers.push(server);
    await until('it says where it is', () =>
      server.log.some((line) => /^Counterpoint is at/.test(line)),
    );
  };
  await Promise.all([start(), start()]);
  // And one that comes later, while the link has not been used.
  await start();
  const lines = servers.flatMap(({ log }) => log);
  const links = lines.filter((line) => line.startsWith('Sign in as the first admin'));
  expect(links).toHaveLength(1);
  expect(lines.filter((line) => line.includes('Another server has printed the link'))).toHaveLength(
    2,
  );
  const migrations = lines.flatMap((line) => /"migration":"([^"]+)"/.exec(line)?.[1] ?? []);
  expect(new Set(migrations).size).toBe(migrations.length);
  const looking = postgres(empty.directUrl, { max: 1 });
  const [made] = await looking`
    select (select count(*)::int from users) as users, (select count(*)::int from invites) as invites,
      (select count(*)::int from pieces) as pieces`;
  await looking.end();
  // The sample piece is for who tries it on the embedded database, of which there is one server.
  expect(made).toEqual({ users: 1, invites: 1, pieces: 0 });
  const invite = /#(\S+)/.exec(links[0]!)?.[1];
  const { status } = await fetch(`${servers[0]!.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: servers[0]!.url },
    body: JSON.stringify({ invite, password: 'a password of some length' }),
  });
  expect(status).toBe(200);
}, 120_000);
