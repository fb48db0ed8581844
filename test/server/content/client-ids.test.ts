import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientIdPool } from '../../../server/content/client-id-pool.ts';
import { verifyPieces } from '../../../server/store/verify.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { startTestServer, type Person, type TestServer } from '../http/support.ts';

let server: TestServer;
let people: Person[];
beforeAll(async () => {
  server = await startTestServer();
  people = [await server.person('Ann'), await server.person('Ben')];
});
afterAll(() => server.close());

async function sharedPiece(): Promise<string> {
  const pieceId = await server.piece(server.admin, { content: 'Words.' });
  for (const { id } of people) {
    await server.admin.call('PUT', `/api/pieces/${pieceId}/members/${id}`, { role: 'writer' });
  }
  return pieceId;
}

const put = (by: Person, pieceId: string, content: string) =>
  by.call(
    'PUT',
    `/api/pieces/${pieceId}/content`,
    { content, format: 'text' },
    { 'if-match': '*' },
  );
const title = (by: Person, pieceId: string, words: string) =>
  by.call('PATCH', `/api/pieces/${pieceId}`, { title: words });

async function clientIdsOf(pieceId: string): Promise<number> {
  const [row] = await server.sql<{ count: number }[]>`
    select count(*)::int as count from client_ids where piece_id = ${pieceId}`;
  return row!.count;
}

test('B3 who writes a piece by HTTP again and again takes up one clientID, and one for titles', async () => {
  const pieceId = await sharedPiece();
  const before = await clientIdsOf(pieceId);
  const [ann] = people;
  for (let n = 0; n < 30; n++) {
    expect((await put(ann!, pieceId, `Edition ${n} of the words.`)).statusCode).toBe(200);
    expect((await title(ann!, pieceId, `Edition ${n}`)).statusCode).toBe(200);
  }
  expect((await clientIdsOf(pieceId)) - before).toBe(2);
});

test('what two people write by HTTP at once, over and over, is all in the piece, each in their own name', async () => {
  const random = seeded(runSeed());
  const pieceId = await sharedPiece();
  for (let round = 0; round < 15; round++) {
    const asked = Array.from({ length: 2 + random.int(5) }, (_, n) => {
      const by = random.pick(people);
      const words = `${by === people[0] ? 'Ann' : 'Ben'} ${round} ${n}`;
      return random.int(2) === 0 ? put(by, pieceId, words) : title(by, pieceId, words);
    });
    for (const { statusCode } of await Promise.all(asked)) expect(statusCode).toBe(200);
    const told = await server.rooms.read(pieceId, (doc) => ({
      body: doc.getText('body').toJSON(),
      title: doc.getText('title').toJSON(),
    }));
    expect(told.body).toMatch(/^(Words\.|(Ann|Ben) \d+ \d+)\n$/);
    expect(told.title).toMatch(/^$|^(Ann|Ben) \d+ \d+$/);
  }
  await server.rooms.saved(pieceId);
  for await (const { problems } of verifyPieces(server.sql, { pieceIds: [pieceId] })) {
    expect(problems).toEqual([]);
  }
});

test('a clientID is lent to one edit at a time, and after one that failed to none', async () => {
  const pool = new ClientIdPool();
  const lend = (person = 'ann', piece = 'piece') =>
    pool.lend(piece, person, async (clientId) => clientId);
  const first = await lend();
  expect(await lend()).toBe(first);
  expect(await lend('ben')).not.toBe(first);
  expect(await lend('ann', 'other')).not.toBe(first);
  await pool.lend('piece', 'ann', async (held) => {
    expect(held).toBe(first);
    expect(await lend()).not.toBe(first);
  });
  const failed = pool.lend('piece', 'ann', async (held) => {
    throw new Error(`${held} failed`);
  });
  const id = Number((await failed.catch((err: Error) => err.message)).split(' ')[0]);
  for (let n = 0; n < 3; n++) expect(await lend()).not.toBe(id);
});
