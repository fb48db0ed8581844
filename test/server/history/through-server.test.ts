import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { connect as connectDatabase, type Sql } from '../../../server/db/connect.ts';
import { packPiece } from '../../../server/history/packer.ts';
import { verifyPieces } from '../../../server/store/verify.ts';
import type { Stretch } from '../../../shared/api/versions.ts';
import { deltaText, type DeltaOp } from '../../../shared/document/index.ts';
import { api, connectListening } from '../../engine/people-in-room.ts';
import { createPiece, docHolds, type SavedClient } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { runSeed, seeded, type Random } from '../../support/random.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { deadline, rounds } from '../../support/test-length.ts';
import { silentLog } from '../../support/silent-log.ts';
import { onePost, twoPeople, type Keystroke } from './recorded.ts';

const seed = runSeed();
const random = seeded(seed);
const start = Date.parse('2025-03-03T09:00:00Z');
/** What is written within a second may share a row, and its time. */
const apart = 1_001;
/** Keystrokes that are on their way together. */
const atOnce = 100;
/** The moments that are asked for, of this many keystrokes of two people, and of one. */
const [asked, byTwo, byOne] = [rounds(12), rounds(4_000), rounds(4_000)];

let server: TestRunningServer;
let sql: Sql;
let people: TestPerson[];
const clients: SavedClient[] = [];
beforeAll(async () => {
  console.log(`SEED=${seed}`);
  server = await startRunningServer();
  sql = connectDatabase(server.databaseUrl, { log: silentLog, name: 'test' });
  people = await Promise.all(['Ann', 'Bob'].map((name) => createPerson(server, name)));
});
afterEach(() => {
  vi.useRealTimers();
  for (const client of clients.splice(0)) client.destroy();
});
afterAll(async () => {
  await sql.end();
  await server.stop();
});

/** A piece that both have open, blank since some time before the recording begins. */
async function desk(): Promise<string> {
  const pieceId = await createPiece(server);
  await sql`update journal set at = ${new Date(start - 60_000)} where piece_id = ${pieceId}`;
  for (const person of people) {
    await addMember(server, pieceId, person, 'writer');
    const client = connectListening(server, pieceId, { token: person.token });
    clients.push(client);
    await client.synced();
  }
  return pieceId;
}

interface Moment {
  readonly time: string;
  readonly text: string;
}

/**
 * Lets people write what was recorded, on the stock clients and at the times of `random`: some
 * keystrokes at a time, which the other has before the next. Gives the text at so many random moments.
 */
async function write(keystrokes: readonly Keystroke[], count: number): Promise<Moment[]> {
  const wanted = new Set(Array.from({ length: count }, () => random.int(keystrokes.length)));
  const moments: Moment[] = [];
  const replay = new Y.Doc();
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  for (let from = 0; from < keystrokes.length;) {
    const { author } = keystrokes[from]!;
    let to = from;
    while (to < from + atOnce && keystrokes[to]?.author === author && !wanted.has(to++));
    const [client, other] = [clients[author]!, clients[1 - author]!];
    for (const { update } of keystrokes.slice(from, to)) {
      Y.applyUpdate(client.doc, update, 'keyboard');
      Y.applyUpdate(replay, update);
    }
    await docHolds(other.doc, () => sameText(client.doc, other.doc));
    if (wanted.has(to - 1)) {
      const time = new Date().toISOString();
      moments.push({ time, text: replay.getText('body').toJSON() });
    }
    vi.setSystemTime(Date.now() + apart + pause(random));
    from = to;
  }
  await Promise.all(clients.map((client) => client.allSaved()));
  vi.useRealTimers();
  return moments;
}

const pause = (chance: Random) => chance.int(8_000) + (chance.int(100) === 0 ? 20 * 60_000 : 0);

function sameText(one: Y.Doc, other: Y.Doc): boolean {
  return (
    one.getText('body').length === other.getText('body').length &&
    [...one.store.clients.keys()].every(
      (id) => Y.getState(one.store, id) === Y.getState(other.store, id),
    )
  );
}

async function expectMoments(pieceId: string, moments: readonly Moment[]): Promise<void> {
  expect(moments.length).toBeGreaterThan(asked / 2);
  for (const { time, text } of moments) {
    const past = await api<{ body: DeltaOp[] }>(server, 'GET', `/pieces/${pieceId}/at/${time}`);
    expect(deltaText(past.body), `${time}, SEED=${seed}`).toBe(text);
  }
}

/** Every letter is of who wrote it in the recording, in which agent n writes as client n + 1. */
async function expectAuthors(pieceId: string, keystrokes: readonly Keystroke[]): Promise<void> {
  const doc = new Y.Doc();
  for (const { update } of keystrokes) Y.applyUpdate(doc, update);
  const written: string[] = [];
  for (let item = doc.getText('body')._start; item !== null; item = item.right) {
    if (item.deleted) continue;
    const author = people[item.id.client - 1]!.id;
    written.push(...Array.from({ length: item.length }, () => author));
  }
  const { items } = await api<{ items: { from: number; to: number; userId: string }[] }>(
    ...([server, 'GET', `/pieces/${pieceId}/attribution`] as const),
  );
  const found = items.flatMap(({ from, to, userId }) =>
    Array.from({ length: to - from }, () => userId),
  );
  expect(found).toEqual(written);
}

const historyOf = async (pieceId: string) =>
  (await api<{ items: Stretch[] }>(server, 'GET', `/pieces/${pieceId}/history`)).items;

/** As `counterpoint compact` does it. */
async function compact(pieceId: string): Promise<void> {
  const { before, after } = await packPiece(sql, pieceId, { unfilled: true });
  console.log(`${before} journal rows are ${after}`);
  expect(after).toBeLessThan(before);
}

async function expectVerified(pieceId: string): Promise<void> {
  for await (const { problems } of verifyPieces(sql, { pieceIds: [pieceId] })) {
    expect(problems).toEqual([]);
  }
}

test(
  `D1 two people’s session, written through the server: ${asked} random moments of it, and who wrote every letter; after compact too`,
  async () => {
    const { keystrokes, endContent } = await twoPeople(random, byTwo);
    const pieceId = await desk();
    const moments = await write(keystrokes, asked);
    expect(clients.map(({ body }) => body.toJSON())).toEqual([endContent, endContent]);
    await expectMoments(pieceId, moments);
    await expectAuthors(pieceId, keystrokes);
    const history = await historyOf(pieceId);
    const writers = history.filter(({ added }) => added > 0).map(({ author }) => author?.id);
    expect(new Set(writers)).toEqual(new Set(people.map(({ id }) => id)));
    await compact(pieceId);
    await expectMoments(pieceId, moments);
    await expectAuthors(pieceId, keystrokes);
    expect(await historyOf(pieceId)).toEqual(history);
    await expectVerified(pieceId);
  },
  deadline(180_000),
);

test(
  `D1 one author’s ${byOne} keystrokes, written through the server: ${asked} random moments of them; after compact too`,
  async () => {
    const { keystrokes, endContent } = onePost(random, byOne);
    const pieceId = await desk();
    const moments = await write(keystrokes, asked);
    expect(clients.map(({ body }) => body.toJSON())).toEqual([endContent, endContent]);
    await expectMoments(pieceId, moments);
    const history = await historyOf(pieceId);
    await compact(pieceId);
    await expectMoments(pieceId, moments);
    expect(await historyOf(pieceId)).toEqual(history);
    await expectVerified(pieceId);
  },
  deadline(180_000),
);
