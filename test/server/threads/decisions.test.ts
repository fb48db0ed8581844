import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Documents } from '../../../server/collab/engine.ts';
import { AnchorCheck } from '../../../server/threads/anchors/anchor-check.ts';
import { Decisions } from '../../../server/threads/decisions/decisions.ts';
import { findThread } from '../../../server/threads/thread-store.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { meanwhile } from '../workers/meanwhile.ts';
import {
  begin,
  content,
  edit,
  lede,
  makeDesk,
  second,
  textOf,
  third,
  threadNow,
  type ThreadDesk,
} from './desk.ts';

let server: TestServer;
let desk: ThreadDesk;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  desk = await makeDesk(server);
});

const text = () => textOf(server, desk);
const before = `${content.replaceAll('\n\n', '\n')}\n`;
const decide = (by: Person, id: string, what: 'accept' | 'reject' | 'resolve' | 'reopen') =>
  by.call('POST', `/api/threads/${id}/${what}`);
const suggest = (quote: string, replacement: string, more: object = {}) =>
  begin(desk, desk.reviewer, { anchor: { quote, ...more }, suggestion: { replacement } });

/** Whose each letter of the body is, by the clientIDs that are on record. */
async function authors(): Promise<(readonly [string, string | null])[]> {
  const rows = await server.sql<{ client: number; user: string | null }[]>`
    select client_id as client, user_id as "user" from client_ids where piece_id = ${desk.pieceId}`;
  const owners = new Map(rows.map(({ client, user }) => [client, user]));
  return server.rooms.read(desk.pieceId, (doc) => {
    const letters: [string, string | null][] = [];
    for (let item = doc.getText('body')._start; item !== null; item = item.right) {
      if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
      for (const letter of item.content.str)
        letters.push([letter, owners.get(item.id.client) ?? null]);
    }
    return letters;
  });
}

const wordsOf = async (user: string) =>
  (await authors())
    .filter(([, by]) => by === user)
    .map(([letter]) => letter)
    .join('');

describe('S3 an accepted suggestion', () => {
  test('changes its words and no others; they are the proposer’s, the edit is the decider’s', async () => {
    const { id } = await suggest('cheap, and they pay', 'cheap, but do they pay');
    const answer = await decide(desk.writer, id, 'accept');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      ...{ status: 'accepted', orphaned: false, decidedBy: { id: desk.writer.id } },
      ...{ quote: 'cheap, but do they pay', position: { from: 16, to: 38 } },
      suggestion: { original: 'cheap, and they pay' },
    });
    expect(await text()).toBe(before.replace('and they', 'but do they'));
    expect(await wordsOf(desk.reviewer.id)).toBe('but do');
    const [row] = await server.sql`
      select author from journal where piece_id = ${desk.pieceId} order by seq desc limit 1`;
    expect(row).toEqual({ author: desk.writer.id });
    expectProblem(await decide(desk.owner, id, 'accept'), 409, 'already_decided');
    expectProblem(await decide(desk.owner, id, 'reject'), 409, 'already_decided');
    expectProblem(await decide(desk.owner, id, 'reopen'), 409, 'already_decided');
    expect(await text()).toBe(before.replace('and they', 'but do they'));
  });

  test('deletes, inserts, and goes over several blocks', async () => {
    const deletion = await suggest(`${second}\n`, '');
    const insertion = await suggest('', ' soon', { prefix: 'they pay', suffix: ' for' });
    const blocks = await suggest('themselves.\nThe roads', 'our city.\nSurely the roads');
    for (const { id } of [insertion, blocks]) {
      expect((await decide(desk.writer, id, 'accept')).statusCode).toBe(200);
    }
    const now = before.replace('pay for themselves.\nThe', 'pay soon for our city.\nSurely the');
    expect(await text()).toBe(now);
    // Its passage begins with "The roads", which reads otherwise now.
    const changed = await decide(desk.writer, deletion.id, 'accept');
    expectProblem(changed, 409, 'passage_changed');
    const passage = second.replace('The', 'Surely the');
    expect(changed.json()).toMatchObject({ passage: `${passage}\n` });
    const again = await suggest(`${passage}\n`, '');
    expect((await decide(desk.writer, again.id, 'accept')).json()).toMatchObject({ quote: '' });
    expect(await text()).toBe(now.replace(`${passage}\n`, ''));
  });

  test('takes other threads on its words along, and orphans those on a word that is gone', async () => {
    const same = await begin(desk, desk.reviewer, { anchor: { quote: 'cheap, and' }, body: 'x' });
    const around = await begin(desk, desk.reviewer, { anchor: { quote: lede }, body: 'x' });
    const rival = await suggest('cheap, and', 'cheap; and');
    const inside = await begin(desk, desk.reviewer, { anchor: { quote: 'heap' }, body: 'x' });
    const beside = await begin(desk, desk.reviewer, { anchor: { quote: 'buses are' }, body: 'x' });
    const { id } = await suggest('cheap, and', 'dear. But');
    await decide(desk.writer, id, 'accept');
    const now = async (thread: { id: string }) => (await threadNow(desk.reader, thread.id)).quote;
    expect(await now(same)).toBe('dear. But');
    expect(await now(around)).toBe(lede.replace('cheap, and', 'dear. But'));
    expect(await now(beside)).toBe('buses are');
    expect(await threadNow(desk.reader, inside.id)).toMatchObject({
      orphaned: true,
      quote: 'heap',
    });
    const late = await decide(desk.writer, rival.id, 'accept');
    expectProblem(late, 409, 'passage_changed');
    expect(late.json()).toMatchObject({ passage: 'dear. But' });
  });

  test('fits no more once the passage was edited, and again once that is taken back', async () => {
    const { id } = await suggest('they pay', 'they cost');
    await edit(server, desk, (body) => body.insert(lede.indexOf('pay'), 'soon '));
    const answer = await decide(desk.writer, id, 'accept');
    expectProblem(answer, 409, 'passage_changed');
    expect(answer.json()).toMatchObject({ passage: 'they soon pay' });
    expect(await threadNow(desk.reader, id)).toMatchObject({ status: 'open', decidedBy: null });
    await edit(server, desk, (body) => body.delete(lede.indexOf('pay'), 5));
    expect((await decide(desk.writer, id, 'accept')).statusCode).toBe(200);
    expect(await text()).toBe(before.replace('they pay', 'they cost'));
  });

  test.each([
    [
      'a word is put into it',
      'they soon pay',
      (body: Y.Text) => body.insert(lede.indexOf('pay'), 'soon '),
    ],
    ['its last letter goes', 'they pa', (body: Y.Text) => body.delete(lede.indexOf('pay') + 2, 1)],
    ['all of it goes', '', (body: Y.Text) => body.delete(lede.indexOf('they pay'), 8)],
    [
      'it is written anew',
      '',
      (body: Y.Text) => {
        body.delete(lede.indexOf('they pay'), 8);
        body.insert(lede.indexOf('they pay'), 'we lose');
      },
    ],
  ])(
    'is not merged into a passage that is edited while it is planned: %s',
    async (_, passage, change) => {
      const { id } = await suggest('they pay', 'they cost');
      let left = true;
      const { restore } = meanwhile(server, 'accept', async () => {
        if (left) await edit(server, desk, change);
        left = false;
      });
      const answer = await decide(desk.writer, id, 'accept');
      restore();
      const now = await text();
      expectProblem(answer, 409, 'passage_changed');
      expect(now).not.toContain('they cost');
      expect(answer.json()).toMatchObject({ passage });
      expect(await threadNow(desk.reader, id)).toMatchObject({ status: 'open', decidedBy: null });
    },
  );

  test('is merged with what is written elsewhere while it is planned, in one go', async () => {
    const { id } = await suggest('they pay', 'they cost');
    const { done, restore } = meanwhile(server, 'accept', () =>
      edit(server, desk, (body) => body.insert(0, 'At last: ')),
    );
    const answer = await decide(desk.writer, id, 'accept');
    restore();
    expect({ status: answer.statusCode, ...done }).toEqual({ status: 200, times: 1 });
    expect(await text()).toBe(`At last: ${before.replace('they pay', 'they cost')}`);
  });

  test('whose passage is gone cannot be applied, and says so', async () => {
    const { id } = await suggest(third, 'No taxis.');
    await edit(server, desk, (body) => body.delete(body.length - third.length - 1, third.length));
    const answer = await decide(desk.writer, id, 'accept');
    expectProblem(answer, 409, 'passage_changed');
    expect(answer.json()).toMatchObject({ passage: '' });
  });
});

describe('of several people who decide at once, one does', () => {
  test('twenty that accept: one winner, one edit', async () => {
    const { id } = await suggest('cheap', 'dear');
    const people = [desk.owner, desk.writer, server.admin];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => decide(people[i % 3]!, id, 'accept')),
    );
    const winners = answers.filter(({ statusCode }) => statusCode === 200);
    expect(winners.length).toBe(1);
    for (const answer of answers) {
      if (answer !== winners[0]) expectProblem(answer, 409, 'already_decided');
    }
    expect(await text()).toBe(before.replace('cheap', 'dear'));
    const deeds = await server.sql`
      select 1 from piece_events where kind = 'suggestion.accepted' and data->>'threadId' = ${id}`;
    expect(deeds.length).toBe(1);
  });

  test('one accepts, one rejects: the text agrees with who won', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await suggest('Night', 'Late');
      const [accepted, rejected] = await Promise.all([
        decide(desk.writer, id, 'accept'),
        decide(desk.owner, id, 'reject'),
      ]);
      expect([accepted.statusCode, rejected.statusCode].sort()).toEqual([200, 409]);
      const won = accepted.statusCode === 200;
      expect((await text()).startsWith(won ? 'Late' : 'Night')).toBe(true);
      expect((await threadNow(desk.reader, id)).status).toBe(won ? 'accepted' : 'rejected');
      if (won)
        await edit(server, desk, (body) => {
          body.delete(0, 4);
          body.insert(0, 'Night');
        });
    }
  });
});

describe('a server that is killed while it accepts', () => {
  /** The engine, dying right after the commit that holds the edit. */
  const dying = (): Documents =>
    new Proxy<Documents>(server.rooms, {
      get(rooms, name) {
        const value = Reflect.get(rooms, name) as unknown;
        if (typeof value !== 'function') return value;
        if (name !== 'merge') return value.bind(rooms) as unknown;
        return async (...args: Parameters<Documents['merge']>) => {
          await rooms.merge(...args);
          throw new Error('killed');
        };
      },
    });

  test('after the text was changed: it is accepted, once, whoever looks', async () => {
    const { id } = await suggest('cheap', 'dear');
    const { sql, workers } = server;
    const documents = dying();
    const check = new AnchorCheck({ sql, documents, workers });
    const decisions = new Decisions({ sql, documents, workers, check });
    const row = (await findThread(sql, id))!;
    await expect(decisions.accept(row, desk.writer.id)).rejects.toThrow('killed');
    expect(await text()).toBe(before.replace('cheap', 'dear'));
    const [open] = await sql`select status from threads where id = ${id}`;
    expect(open).toEqual({ status: 'open' });
    expectProblem(await decide(desk.owner, id, 'accept'), 409, 'already_decided');
    expect(await threadNow(desk.reader, id)).toMatchObject({
      ...{ status: 'accepted', decidedBy: { id: desk.writer.id } },
    });
    expect(await text()).toBe(before.replace('cheap', 'dear'));
    expect(await wordsOf(desk.reviewer.id)).toBe('dear');
  });

  test('before it was: it is open as before', async () => {
    const { id } = await suggest('cheap', 'dear');
    const claimed = (ago: string) => server.sql`
      update threads set credit_client = 12345, decided_by = ${desk.owner.id},
        decided_at = now() - ${ago}::interval
      where id = ${id}`;
    await claimed('1 second');
    expectProblem(await decide(desk.writer, id, 'accept'), 409, 'already_decided');
    expectProblem(await decide(desk.writer, id, 'reject'), 409, 'already_decided');
    expect(await threadNow(desk.reader, id)).toMatchObject({ status: 'open', decidedBy: null });
    await claimed('1 minute');
    expect((await decide(desk.writer, id, 'accept')).statusCode).toBe(200);
    expect(await text()).toBe(before.replace('cheap', 'dear'));
  });
});

describe('what is not accepted', () => {
  test('is rejected by a writer or withdrawn by its proposer, stays on record, and can be reopened', async () => {
    const { id } = await suggest('cheap', 'dear');
    const other = await suggest('Taxis', 'Cabs');
    expect((await decide(desk.reviewer, other.id, 'reject')).json()).toMatchObject({
      status: 'rejected',
    });
    expect((await decide(desk.writer, id, 'reject')).json()).toMatchObject({
      ...{ status: 'rejected', decidedBy: { id: desk.writer.id } },
      suggestion: { original: 'cheap', replacement: 'dear' },
    });
    expect(await text()).toBe(before);
    expectProblem(await decide(desk.writer, id, 'accept'), 409, 'already_decided');
    expect((await decide(desk.reviewer, id, 'reopen')).json()).toMatchObject({ status: 'open' });
    expectProblem(await decide(desk.reviewer, id, 'accept'), 403, 'forbidden');
    const mine = await begin(desk, desk.writer, {
      anchor: { quote: 'roads' },
      suggestion: { replacement: 'streets' },
    });
    expectProblem(await decide(desk.reviewer, mine.id, 'reject'), 403, 'forbidden');
  });

  test('comments are resolved, suggestions decided', async () => {
    const comment = await begin(desk, desk.reviewer, { anchor: { quote: 'cheap' }, body: 'x' });
    const { id } = await suggest('cheap', 'dear');
    expectProblem(await decide(desk.writer, comment.id, 'accept'), 409, 'wrong_kind');
    expectProblem(await decide(desk.writer, comment.id, 'reject'), 409, 'wrong_kind');
    expectProblem(await decide(desk.writer, id, 'resolve'), 409, 'wrong_kind');
  });
});
