import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import type { attribution } from '../../../shared/api/versions.ts';
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

const clientIdsOf = (pieceId: string) =>
  server.rooms.read(pieceId, ({ store }) => store.clients.size);

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
  // Nobody else writes their letters.
  const letters = new Map(people.map((person, i) => [person, 'ab'[i]!] as const));
  for (let round = 0; round < 15; round++) {
    const asked = Array.from({ length: 2 + random.int(5) }, () => {
      const by = random.pick(people);
      const words = letters.get(by)!.repeat(1 + random.int(30));
      return random.int(2) === 0 ? put(by, pieceId, words) : title(by, pieceId, words);
    });
    for (const { statusCode } of await Promise.all(asked)) expect(statusCode).toBe(200);
    const [body, head] = await server.rooms.read(pieceId, (doc) => [
      doc.getText('body').toJSON(),
      doc.getText('title').toJSON(),
    ]);
    expect(body).toMatch(/^(Words\.|a+|b+)\n$/);
    expect(head).toMatch(/^(a*|b*)$/);
    const answer = await server.admin.call('GET', `/api/pieces/${pieceId}/attribution`);
    for (const { from, to, userId } of answer.json<z.output<typeof attribution>>().items) {
      for (const [person, letter] of letters) {
        if (body.slice(from, to).includes(letter)) expect(userId).toBe(person.id);
      }
    }
  }
  for await (const { problems } of verifyPieces(server.sql, { pieceIds: [pieceId] })) {
    expect(problems).toEqual([]);
  }
});

test('a clientID is lent to one edit at a time, and after one that may have been put in to none', async () => {
  const pool = new ClientIdPool();
  const lend = (person = 'ann', piece = 'piece') =>
    pool.lend(piece, person, ({ clientId }) => Promise.resolve(clientId));
  const fails = async () => {
    throw new Error('no answer');
  };
  const first = await lend();
  expect(await lend()).toBe(first);
  expect(await lend('ben')).not.toBe(first);
  expect(await lend('ann', 'other')).not.toBe(first);
  await pool.lend('piece', 'ann', async (held) => {
    expect(held.clientId).toBe(first);
    expect(await lend()).not.toBe(first);
    await held.merging(async () => undefined);
  });
  // Before it is put in, nothing can have gone wrong with it.
  await expect(pool.lend('piece', 'ben', fails)).rejects.toThrow('no answer');
  const bens = await lend('ben');
  await expect(pool.lend('piece', 'ben', (held) => held.merging(fails))).rejects.toThrow();
  for (let n = 0; n < 3; n++) expect(await lend('ben')).not.toBe(bens);
});
