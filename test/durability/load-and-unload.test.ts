import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { connect, connectSaved, createPiece, docHolds } from '../support/clients.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { openSharedDesk, seenByNewcomer, tellIfFailed, type Desk } from './desk.ts';
import { openDirectly, readStored } from './stored.ts';
import { closeCodes } from './typist.ts';

/** In these tests a piece leaves memory soon after its last member. */
const idleMs = 200;
/** In ms: a look into the database takes a connection. */
const seldom = 50;
const comeBackShortly = 1013;

let database: TestDatabase;
let databaseUrl: string;
let desk: Desk;
beforeAll(async () => {
  database = await createDatabase();
  databaseUrl = database.directUrl;
  desk = await openSharedDesk({ DATABASE_URL: database.url, IDLE_UNLOAD_MS: String(idleMs) });
});
afterAll(async () => {
  await desk.kill9();
  await database.drop();
});
beforeEach(() => tellIfFailed(desk));

/** A piece with this body that nobody has open: it is out of the server's memory. */
async function makeClosedPiece(text: string): Promise<string> {
  const piece = await createPiece(desk);
  const writer = connectSaved(desk, piece);
  await writer.synced();
  writer.body.insert(0, text);
  await writer.allSaved();
  writer.destroy();
  await untilUnloaded(piece);
  return piece;
}

/** The last that unloading does in the database is a snapshot of all that there is, and its summary. */
async function untilUnloaded(piece: string): Promise<void> {
  const sql = openDirectly(databaseUrl);
  await until(
    'the piece has been unloaded',
    async () => {
      const { snapshot, head } = await readStored(databaseUrl, piece);
      const [summary] = await sql<
        { words: number }[]
      >`select words from pieces where id = ${piece}`;
      return snapshot === head && summary !== undefined && summary.words > 0;
    },
    undefined,
    seldom,
  );
  await sql.end();
}

/** Keeps everybody from the snapshots until `release`: what needs them waits there meanwhile. */
async function holdSnapshots() {
  const sql = openDirectly(databaseUrl);
  const watch = openDirectly(databaseUrl);
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`lock table snapshots in access exclusive mode`;
  return {
    /** How many statements of the server's wait for the snapshots. */
    async waiting(): Promise<number> {
      const [row] = await watch<{ count: string }[]>`
        select count(*) from pg_stat_activity
        where datname = current_database() and application_name like 'counterpoint%'
          and wait_event_type = 'Lock' and query like '%snapshots%'`;
      return Number(row!.count);
    },
    async release(): Promise<void> {
      await holder`rollback`;
      holder.release();
      await Promise.all([sql.end(), watch.end()]);
    },
  };
}

test('R1 forty who join at once wait for one load', async () => {
  const piece = await makeClosedPiece('One load.');
  const hold = await holdSnapshots();
  const joining = Array.from({ length: 40 }, () => connect(desk, piece));
  onTestFinished(() => joining.forEach((client) => client.destroy()));
  await until('all are connected', () => joining.every(({ provider }) => provider.wsconnected));
  await until('the load is under way', async () => (await hold.waiting()) > 0);
  // Whoever else is being admitted would be loading by the time that these two have an answer.
  for (let look = 0; look < 20; look++) {
    await fetch(`${desk.url}/readyz`);
    expect(await hold.waiting()).toBe(1);
  }
  await hold.release();
  await Promise.all(joining.map((client) => client.synced()));
  expect(new Set(joining.map(({ body }) => body.toJSON()))).toEqual(new Set(['One load.']));
});

test('R1 a load that fails refuses the join and never starts from blank', async () => {
  const piece = await makeClosedPiece('Still here.');
  const before = await readStored(databaseUrl, piece);
  const sql = openDirectly(databaseUrl);
  await sql`alter table snapshots rename to snapshots_away`;

  const client = connectSaved(desk, piece);
  onTestFinished(() => client.destroy());
  const codes = closeCodes(client);
  client.body.insert(0, 'Typed meanwhile. ');
  await until('the client was refused, and tried again', () => codes.length >= 3);
  expect(new Set(codes)).toEqual(new Set([comeBackShortly]));
  expect(client.provider.synced).toBe(false);
  expect(client.saved()).toBe(0);

  await sql`alter table snapshots_away rename to snapshots`;
  await sql.end();
  expect((await readStored(databaseUrl, piece)).seqs).toEqual(before.seqs);
  await docHolds(client.doc, () => client.body.length > 20);
  await client.allSaved();
  const { body } = await readStored(databaseUrl, piece);
  expect(['Typed meanwhile. Still here.', 'Still here.Typed meanwhile. ']).toContain(body);
  expect(client.body.toJSON()).toBe(body);
});

test('R2 a piece that nobody is in leaves memory, and is read from the database when somebody comes', async () => {
  const piece = await makeClosedPiece('Kept.');
  const hold = await holdSnapshots();
  const reader = connect(desk, piece);
  onTestFinished(() => reader.destroy());
  await until('it is loaded again', async () => (await hold.waiting()) === 1);
  await hold.release();
  await reader.synced();
  expect(reader.body.toJSON()).toBe('Kept.');
});

test('R1 R2 who joins during an unload finds everything, and writes on', async () => {
  const piece = await createPiece(desk);
  const first = connectSaved(desk, piece);
  await first.synced();
  first.body.insert(0, 'Before. ');
  await first.allSaved();
  const hold = await holdSnapshots();
  first.destroy();
  await until('it is being unloaded', async () => (await hold.waiting()) === 1);

  const [writer, reader] = [connectSaved(desk, piece), connect(desk, piece)];
  onTestFinished(() => [writer, reader].forEach((client) => client.destroy()));
  // A piece that is not in memory yet, or no more, can only be had when the snapshots are free.
  const released = until('both are connected', () =>
    [writer, reader].every(({ provider }) => provider.wsconnected),
  ).then(() => hold.release());
  await Promise.all([writer.synced(), reader.synced(), released]);
  writer.body.insert(writer.body.length, 'After.');
  await docHolds(reader.doc, () => reader.body.toJSON() === 'Before. After.');
  await writer.allSaved();

  writer.destroy();
  reader.destroy();
  await untilUnloaded(piece);
  const found = await seenByNewcomer(desk, piece);
  expect(found.getText('body').toJSON()).toBe('Before. After.');
});

test('R2 a piece whose words are not all in the journal stays in memory, however long nobody is in it', async () => {
  const piece = await makeClosedPiece('Saved. ');
  const sql = openDirectly(databaseUrl);
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select from journal_heads where piece_id = ${piece} for update`;
  const writer = connectSaved(desk, piece);
  const reader = connect(desk, piece);
  await Promise.all([writer.synced(), reader.synced()]);
  writer.body.insert(writer.body.length, 'Unsaved.');
  await docHolds(reader.doc, () => reader.body.toJSON() === 'Saved. Unsaved.');
  writer.destroy();
  reader.destroy();
  const left = performance.now();
  await until(
    'the idle time has passed several times',
    () => performance.now() > left + 5 * idleMs,
  );
  const found = await seenByNewcomer(desk, piece);
  expect(found.getText('body').toJSON()).toBe('Saved. Unsaved.');
  expect((await readStored(databaseUrl, piece)).body).toBe('Saved. ');

  await holder`rollback`;
  holder.release();
  await sql.end();
  await until(
    'the journal has caught up',
    async () => (await readStored(databaseUrl, piece)).body === 'Saved. Unsaved.',
    undefined,
    seldom,
  );
});
