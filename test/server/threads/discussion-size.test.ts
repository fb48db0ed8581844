import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Thread, ThreadPage } from '../../../shared/api/threads.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';

/** The longest comment that the server takes, as it is configured here. */
const longest = 16 * 1024;
const kib = 1_024;

let server: TestServer;
let owner: Person;
let talker: Person;
beforeAll(async () => {
  server = await startTestServer({ MAX_COMMENT_BYTES: String(longest) });
  owner = await server.person('Owner');
  talker = await server.person('Talker');
});
afterAll(() => server.close());

async function piece(): Promise<string> {
  const id = await server.piece(owner, { content: 'Words to talk about.' });
  await owner.call('PUT', `/api/pieces/${id}/members/${talker.id}`, { role: 'reviewer' });
  return id;
}

const begin = (by: Person, pieceId: string, body = 'Why?') =>
  by.call('POST', `/api/pieces/${pieceId}/threads`, { anchor: { quote: 'Words' }, body });
const reply = (by: Person, threadId: string, body: string) =>
  by.call('POST', `/api/threads/${threadId}/comments`, { body });
async function thread(by: Person, pieceId: string): Promise<Thread> {
  const answer = await begin(by, pieceId);
  expect(answer.statusCode).toBe(201);
  return answer.json<Thread>();
}

/** As if they had said so much, in comments of 8 KiB. */
async function hasSaid(by: Person, pieceId: string, threadId: string, bytes: number) {
  const rows = Array.from({ length: Math.floor(bytes / (8 * kib)) }, () => ({
    ...{ id: newId(), piece_id: pieceId, thread_id: threadId, author: by.id },
    body: 'x'.repeat(8 * kib - 200),
  }));
  await server.sql`insert into comments ${server.sql(rows)}`;
}

describe('B2 what is said about a piece is bounded', () => {
  test('a thread is 409 thread_full above 256 KiB, and goes on once something is deleted or shortened', async () => {
    const pieceId = await piece();
    const { id, comments } = await thread(talker, pieceId);
    for (let n = 0; n < 15; n++) {
      expect((await reply(talker, id, 'x'.repeat(longest))).statusCode).toBe(201);
    }
    expectProblem(await reply(owner, id, 'x'.repeat(longest)), 409, 'thread_full');
    expect((await reply(owner, id, 'Short.')).statusCode).toBe(201);
    const first = `/api/comments/${comments[0]!.id}`;
    const lengthened = await talker.call('PATCH', first, { body: 'y'.repeat(longest) });
    expectProblem(lengthened, 409, 'thread_full');
    const now = (await owner.call('GET', `/api/threads/${id}`)).json<Thread>();
    expect(now.comments.map(({ body }) => body.length)).toEqual([
      4,
      ...Array<number>(15).fill(longest),
      6,
    ]);
    expect((await talker.call('PATCH', first, { body: 'y' })).statusCode).toBe(200);
    await talker.call('DELETE', `/api/comments/${now.comments[3]!.id}`);
    expect((await reply(owner, id, 'x'.repeat(longest))).statusCode).toBe(201);
  });

  test('who has said half of what may be said is 409 discussion_full, and others go on to all of it', async () => {
    const pieceId = await piece();
    const { id } = await thread(talker, pieceId);
    const { id: other } = await thread(owner, pieceId);
    await hasSaid(talker, pieceId, id, 4 * kib * kib);
    expectProblem(await begin(talker, pieceId), 409, 'discussion_full');
    expectProblem(await reply(talker, other, 'And I say …'), 409, 'discussion_full');
    expect((await begin(owner, pieceId)).statusCode).toBe(201);
    expect((await reply(owner, other, 'Fine.')).statusCode).toBe(201);
    await hasSaid(server.admin, pieceId, id, 4 * kib * kib);
    expectProblem(await begin(owner, pieceId), 409, 'discussion_full');
    const page = await owner.call('GET', `/api/pieces/${pieceId}/threads`);
    expect(page.json<ThreadPage>().items).toHaveLength(1);
  });

  test('a suggestion counts with what it suggests', async () => {
    const pieceId = await piece();
    const { id } = await thread(talker, pieceId);
    await hasSaid(talker, pieceId, id, 4 * kib * kib - 16 * kib);
    const suggest = (replacement: string) =>
      talker.call('POST', `/api/pieces/${pieceId}/threads`, {
        ...{ anchor: { quote: 'Words' }, suggestion: { replacement } },
      });
    expect((await suggest('Some words')).statusCode).toBe(201);
    expectProblem(await suggest('x'.repeat(longest)), 409, 'discussion_full');
  });
});

test('B1 a page of threads ends where it is long, and page by page there are all of them, once, in order', async () => {
  const random = seeded(runSeed());
  const pieceId = await piece();
  // Below the half of a discussion that one person may say, whatever the seed.
  let left = 3 * kib * kib;
  for (let n = 0; n < 60; n++) {
    const { id } = await thread(random.pick([owner, talker]), pieceId);
    const bytes = Math.min(left, random.pick([0, 0, 8, 40, 200]) * kib);
    if (bytes > 0) await hasSaid(talker, pieceId, id, bytes);
    left -= bytes;
    if (random.int(3) === 0) await owner.call('POST', `/api/threads/${id}/resolve`);
  }
  const isTalkers = server.sql`(created_by = ${talker.id} or id in (
    select thread_id from comments where author = ${talker.id}))`;
  for (const limit of [1, 7, 50, 200]) {
    for (const query of ['', '&status=open', '&mine=true']) {
      const seen: Thread[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const from: string = cursor === '' ? '' : `&cursor=${cursor}`;
        const url = `/api/pieces/${pieceId}/threads?limit=${limit}${query}${from}`;
        const answer = await talker.call('GET', url);
        expect(answer.statusCode).toBe(200);
        const page = answer.json<ThreadPage>();
        expect(page.items.length).toBeGreaterThan(0);
        expect(page.items.length).toBeLessThanOrEqual(limit);
        const sizes = page.items.map((one) => JSON.stringify(one).length);
        const beforeLast = sizes.slice(0, -1).reduce((sum, size) => sum + size, 0);
        expect(beforeLast).toBeLessThan(2 * 256 * kib);
        seen.push(...page.items);
        cursor = page.nextCursor;
      }
      const expected = await server.sql<{ id: string }[]>`
        select id from threads where piece_id = ${pieceId}
          and ${query === '&status=open' ? server.sql`status = 'open'` : server.sql`true`}
          and ${query === '&mine=true' ? isTalkers : server.sql`true`}
        order by created_at, id`;
      expect(seen.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }
  }
});
