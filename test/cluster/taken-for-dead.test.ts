import { expect, onTestFinished, test } from 'vitest';
import postgres from 'postgres';
import { createJournalStore, TakenForDead } from '../../server/store/journal-store.ts';
import { sinceOfServer } from '../../server/store/stand.ts';
import {
  chance,
  expectAllThere,
  expectTogether,
  expectVerified,
  openDesk,
} from '../durability/desk.ts';
import { seatTypists } from '../durability/desk.ts';
import { startTyping } from '../durability/typist.ts';
import { connect, createPiece } from '../support/clients.ts';
import { entryOf, makePiece } from '../support/pieces.ts';
import { createDatabase, startOwnPostgres } from '../support/postgres.ts';
import { silentLog } from '../support/silent-log.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { until } from '../support/until.ts';

test('C3 D2 a server that the others have taken away appends nothing, and the journal stays as it is', async () => {
  const database = await createDatabase();
  const sql = postgres(database.directUrl, { max: 1, onnotice: () => undefined });
  const id = '01a22e92-0000-7000-8000-000000000001';
  let stand = { id, since: '' };
  const store = createJournalStore(database.url, { log: silentLog, standsAs: () => stand });
  const stands = async () => {
    const [row] = await sql<{ since: string }[]>`
      insert into servers (id, host, pid) values (${id}, 'a', 1)
      returning ${sql.unsafe(sinceOfServer)} as since`;
    stand = { id, since: row!.since };
  };
  try {
    const piece = await makePiece(sql as never);
    const seq = async () =>
      (await sql<{ seq: string }[]>`select seq from journal_heads where piece_id = ${piece}`)[0]!
        .seq;
    await stands();
    expect([...(await store.append([entryOf(piece, 'one')])).keys()]).toEqual([piece]);
    const before = await seq();
    await sql`delete from servers where id = ${id}`;
    await expect(store.append([entryOf(piece, 'two')])).rejects.toThrow(TakenForDead);
    const long = new Uint8Array(2 ** 20);
    await expect(store.append([entryOf(piece, long)])).rejects.toThrow(TakenForDead);
    expect(await seq()).toBe(before);
    // What was asked for before it stood there again comes too late.
    const old = stand;
    await stands();
    const anew = stand;
    stand = old;
    await expect(store.append([entryOf(piece, 'two')])).rejects.toThrow(TakenForDead);
    expect(await seq()).toBe(before);
    stand = anew;
    // A piece that is gone is told from that.
    const gone = '01a22e92-0000-7000-8000-000000000002';
    expect([...(await store.append([entryOf(gone, 'three')])).keys()]).toEqual([]);
  } finally {
    await store.close();
    await sql.end();
    await database.drop();
  }
});

/** Two servers on one database, and a piece. */
async function twoServers() {
  const random = chance();
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  const env = { DATABASE_URL: database.url, LOG_LEVEL: 'warn' };
  const [desk, other] = [await openDesk(env), await openDesk(env)];
  const sql = postgres(database.directUrl, { max: 1, onnotice: () => undefined });
  onTestFinished(() => sql.end());
  return { random, env, desk, other, sql, piece: await createPiece(desk) };
}

const rowsTaken = rounds(1);

test(
  'C3 D2 D4 a server that is taken for dead while people type, also because it stands still, starts anew by itself; they come back, what others wrote meanwhile comes together with theirs, and nothing is lost',
  { timeout: deadline(180_000) },
  async () => {
    const servers = await twoServers();
    const { random, desk, other, piece, sql } = servers;
    const { pid } = desk.server;
    const standsThere = async () =>
      (await sql`select from servers where pid = ${pid}`).length === 1;
    const timesAnew = () => desk.server.log.filter(isAnew).length;
    const typists = [
      ...(await seatTypists(desk, piece, 2, random)),
      ...(await seatTypists(other, piece, 1, random, 2)),
    ];
    const typing = startTyping(typists, 100);
    for (let round = 1; round <= rowsTaken; round++) {
      await typing.keys(30);
      await sql`delete from servers where pid = ${pid}`;
      await until(
        'it stands there again',
        async () => timesAnew() === round && (await standsThere()),
      );
    }
    await typing.keys(30);
    process.kill(pid, 'SIGSTOP');
    await until('it is taken away', async () => !(await standsThere()), undefined, 100);
    await typing.keys(20);
    process.kill(pid, 'SIGCONT');
    await typing.keys(30);
    await typing.stop();
    await expectTogether(typists, 30_000);
    expect(timesAnew()).toBe(rowsTaken + 1);
    await expectAllThere([desk, other], piece, typists);
  },
);

test('P2 C3 the cursors of who was at a server that was taken for dead, or was killed, are seen at another again', async () => {
  const { env, desk, other, sql, piece } = await twoServers();
  const [here, there] = [connect(desk, piece), connect(other, piece)];
  onTestFinished(() => [here, there].forEach((client) => client.destroy()));
  await Promise.all([here.synced(), there.synced()]);
  const [own, { states, meta }] = [here.provider.awareness, there.provider.awareness];
  // Stock clients say every 15 s again that they are there, and forget who does not.
  for (const { awareness } of [here.provider, there.provider]) {
    clearInterval(awareness._checkInterval as NodeJS.Timeout);
  }
  // The state that they begin with has the clock 0, which stock clients take for known.
  own.setLocalState({ cursor: 1 });
  await until('it is seen', () => states.has(own.clientID));
  const ways = {
    'taken for dead': () => sql`delete from servers where pid = ${desk.server.pid}`,
    killed: async () => {
      await desk.kill9();
      await desk.start();
    },
  };
  for (const [way, go] of Object.entries(ways)) {
    const { clock } = meta.get(own.clientID)!;
    await go();
    const isBack = () => meta.get(own.clientID)!.clock > clock && states.has(own.clientID);
    await until(`it has gone, and is seen again: ${way}`, isBack, 60_000);
  }
  for (const server of [desk, other]) expect(await server.terminate()).toBe(0);
  await expectVerified(env);
});

const isAnew = (line: string) => line.includes('it starts anew');

test('C3 D4 a database that was away for longer than a server may be silent makes nobody dead: what was written meanwhile is saved', async () => {
  const random = chance();
  const own = await startOwnPostgres();
  onTestFinished(() => own.remove());
  const env = { DATABASE_URL: own.serverUrl, LOG_LEVEL: 'warn' };
  const desks = [await openDesk(env), await openDesk(env)] as const;
  const piece = await createPiece(desks[0]);
  const typists = await seatTypists(desks[0], piece, 2, random);
  const typing = startTyping(typists, 100);
  // Whoever is still joining then has to come back for it.
  await until('both are in, and have been saved', () =>
    typists.every(({ client }) => client.provider.synced && client.saved() > 5),
  );
  await own.pause();
  const from = Date.now();
  await until('seven seconds are over', () => Date.now() - from > 7_000, undefined, 100);
  await typing.stop();
  await own.resume();
  await expectTogether(typists, 30_000);
  for (const desk of desks) expect(desk.server.log.filter(isAnew)).toEqual([]);
  for (const { closes } of typists) expect(closes).toEqual([]);
  for (const desk of desks) expect(await desk.terminate()).toBe(0);
  await expectVerified(env);
});
