import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectProblem, startTestServer, type TestServer } from '../http/support.ts';
import {
  begin,
  content,
  edit,
  lede,
  makeDesk,
  positionsOf,
  reply,
  second,
  textOf,
  threadNow,
  threadsOf,
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

describe('S2 a thread is begun', () => {
  test('on positions, as an editor has them', async () => {
    const anchor = await positionsOf(server, desk, 'they pay');
    const thread = await begin(desk, desk.reviewer, { anchor, body: 'Do they?' });
    const from = lede.indexOf('they pay');
    expect(thread).toMatchObject({
      ...{ pieceId: desk.pieceId, kind: 'comment', status: 'open', quote: 'they pay' },
      ...{ position: { from, to: from + 8 }, orphaned: false, suggestion: null, unread: 0 },
      ...{ createdBy: desk.reviewer.id, decidedBy: null, anchor },
      comments: [{ body: 'Do they?', author: { id: desk.reviewer.id }, mentions: [] }],
    });
    expect(thread.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
    expect(new Date(thread.createdAt).toISOString()).toBe(thread.createdAt);
    expect(await threadsOf(desk)).toMatchObject({
      items: [{ ...thread, unread: 1 }],
      nextCursor: null,
    });
  });

  test('on positions of a selection that were made without a thought of sides', async () => {
    const { start, end } = await positionsOf(server, desk, 'they pay');
    const { start: next } = await positionsOf(server, desk, ' for themselves');
    for (const anchor of [
      { start, end: next },
      { start, end },
    ]) {
      const { quote, id } = await begin(desk, desk.reviewer, { anchor, body: 'x' });
      expect(quote).toBe('they pay');
      await edit(server, desk, (body) =>
        body.insert(body.toJSON().indexOf(' for themselves'), '!'),
      );
      expect((await threadNow(desk.reader, id)).quote).toBe('they pay');
    }
  });

  test('on a quote, as a program has it', async () => {
    const anchor = { quote: 'are', prefix: 'roads ' };
    const thread = await begin(desk, desk.reviewer, { anchor, body: 'Were' });
    const from = content.replaceAll('\n\n', '\n').indexOf('are', 60);
    expect(thread).toMatchObject({ quote: 'are', position: { from, to: from + 3 } });
  });

  test('as a suggestion: instead of a passage, of nothing, or at a point; with or without a comment', async () => {
    const change = await begin(desk, desk.reviewer, {
      anchor: { quote: 'cheap' },
      body: 'Less cheap',
      suggestion: { replacement: 'dear' },
    });
    expect(change).toMatchObject({
      kind: 'suggestion',
      suggestion: { original: 'cheap', replacement: 'dear' },
    });
    const deletion = await begin(desk, desk.reviewer, {
      anchor: { quote: `${second}\n` },
      suggestion: { replacement: '' },
    });
    expect(deletion).toMatchObject({ quote: `${second}\n`, comments: [] });
    const insertion = await begin(desk, desk.reviewer, {
      anchor: { quote: '', prefix: 'they ', suffix: 'pay' },
      suggestion: { replacement: 'more than ' },
    });
    const at = lede.indexOf('pay for');
    expect(insertion).toMatchObject({ quote: '', position: { from: at, to: at }, orphaned: false });
    expect(await textOf(server, desk)).toBe(`${content.replaceAll('\n\n', '\n')}\n`);
  });
});

describe('S2 a thread goes with its text', () => {
  test('that is edited around it and within it', async () => {
    const { id } = await begin(desk, desk.reviewer, { anchor: { quote: 'they pay' }, body: 'x' });
    await edit(server, desk, (body) => {
      body.insert(lede.indexOf('pay'), 'soon ');
      body.insert(0, 'Say it: ');
    });
    const from = lede.indexOf('they pay') + 8;
    const now = await threadNow(desk.reader, id);
    expect(now).toMatchObject({ quote: 'they soon pay', position: { from, to: from + 13 } });
  });

  test('and is orphaned without it, and back with it; both are on record', async () => {
    const { id } = await begin(desk, desk.reviewer, { anchor: { quote: lede }, body: 'x' });
    await edit(server, desk, (body) => body.delete(0, lede.length));
    expect(await threadNow(desk.reader, id)).toMatchObject({
      ...{ quote: lede, orphaned: true, position: null, anchor: null },
    });
    await edit(server, desk, (body) => body.insert(body.length, `${lede}\n`));
    const now = await threadNow(desk.reader, id);
    expect(now).toMatchObject({ quote: lede, orphaned: false });
    const text = await textOf(server, desk);
    expect(text.slice(now.position!.from, now.position!.to)).toBe(lede);
    const events = (await desk.reader.call('GET', `/api/pieces/${desk.pieceId}/events`)).json<{
      items: { kind: string; actor: { id: string } | null; data: object }[];
    }>();
    expect(events.items.map(({ kind, actor }) => [kind, actor?.id ?? null])).toEqual([
      ['thread.found', null],
      ['thread.orphaned', null],
      ['thread.created', desk.reviewer.id],
    ]);
    expect(events.items[0]!.data).toEqual({ threadId: id });
  });
});

describe('people talk', () => {
  const start = () => begin(desk, desk.reviewer, { anchor: { quote: 'cheap' }, body: 'Is it?' });

  test('reply, change and delete their own words; a deleted comment leaves a mark', async () => {
    const { id } = await start();
    const answer = await reply(desk.writer, id, 'It\r\nis.');
    expect(answer).toMatchObject({ threadId: id, body: 'It\nis.', author: { id: desk.writer.id } });
    const path = `/api/comments/${answer.id}`;
    expectProblem(await desk.reviewer.call('PATCH', path, { body: 'no' }), 403, 'forbidden');
    expectProblem(await desk.reviewer.call('DELETE', path), 403, 'forbidden');
    expectProblem(await desk.owner.call('PATCH', path, { body: 'no' }), 403, 'forbidden');
    const changed = await desk.writer.call('PATCH', path, { body: 'It was.' });
    expect(changed.json()).toMatchObject({
      body: 'It was.',
      editedAt: expect.any(String) as string,
    });
    expect((await desk.writer.call('DELETE', path)).statusCode).toBe(204);
    const { comments } = await threadNow(desk.reader, id);
    expect(comments).toMatchObject([
      { body: 'Is it?', deletedAt: null },
      { body: '', author: { id: desk.writer.id }, deletedAt: expect.any(String) as string },
    ]);
    expectProblem(await desk.writer.call('PATCH', path, { body: 'x' }), 404, 'no_such_comment');
    expectProblem(await desk.writer.call('DELETE', path), 404, 'no_such_comment');
    const kept = await server.sql`select 1 from comments where body like '%was%'`;
    expect(kept.length, 'nothing of its words is kept').toBe(0);
  });

  test('an owner deletes what should not stand there', async () => {
    const { id, comments } = await start();
    expect((await desk.owner.call('DELETE', `/api/comments/${comments[0]!.id}`)).statusCode).toBe(
      204,
    );
    expect((await threadNow(desk.reader, id)).comments[0]).toMatchObject({ body: '' });
  });

  test('resolve and reopen, and doing it again changes nothing', async () => {
    const { id } = await start();
    for (let time = 0; time < 2; time++) {
      const resolved = await desk.reviewer.call('POST', `/api/threads/${id}/resolve`);
      expect(resolved.json()).toMatchObject({
        ...{ status: 'resolved', decidedBy: { id: desk.reviewer.id } },
      });
    }
    await reply(desk.writer, id, 'Thanks.');
    for (let time = 0; time < 2; time++) {
      const reopened = await desk.writer.call('POST', `/api/threads/${id}/reopen`);
      expect(reopened.json()).toMatchObject({ status: 'open', decidedBy: null, decidedAt: null });
    }
    const [{ count }] = (await server.sql`
      select count(*) from piece_events
      where kind in ('thread.resolved', 'thread.reopened') and data->>'threadId' = ${id}`) as [
      { count: number },
    ];
    expect(count).toBe(2);
  });

  test('name each other: those who can see the piece, as people', async () => {
    const stranger = await server.person('Zoë Stranger');
    const zoe = await server.person('Zoë van Dam');
    const { id } = await start();
    const named = async (body: string) =>
      (await reply(desk.writer, id, body)).mentions.map((person) => person.id);
    expect(await named('@Zoë van Dam, look')).toEqual([]);
    await desk.owner.call('PUT', `/api/pieces/${desk.pieceId}/members/${zoe.id}`, {
      role: 'reader',
    });
    expect(await named('@Zoë van Dam, look')).toEqual([zoe.id]);
    expect(await named('(@zoe\u0308 VAN dam)')).toEqual([zoe.id]);
    expect(await named('hello @Zoë')).toEqual([zoe.id]);
    expect(await named('@zoë.van.dam@example.org?')).toEqual([zoe.id]);
    expect(await named('mail me at x@zoë, or @Zoëtrope, @Zoë Stranger')).toEqual([zoe.id]);
    expect(await named('@@ @ @nobody')).toEqual([]);
    const mine = await threadsOf(desk, zoe, '?mine=true');
    expect(mine.items.map((thread) => thread.id)).toEqual([id]);
    expect((await threadsOf(desk, desk.reader, '?mine=true')).items).toEqual([]);
    expect(stranger.id).not.toBe(zoe.id);
  });

  test('know what they have not read', async () => {
    const { id } = await start();
    const other = await start();
    const unread = async () => {
      const { items, counts } = await threadsOf(desk, desk.writer);
      return [...items.map((thread) => thread.unread), counts.unread];
    };
    expect(await unread()).toEqual([1, 1, 2]);
    const first = await reply(desk.reviewer, id, 'one');
    await reply(desk.reviewer, id, 'two');
    await reply(desk.writer, id, 'my own');
    expect(await unread()).toEqual([3, 1, 4]);
    const mark = await desk.writer.call('POST', `/api/threads/${id}/read`, { upTo: first.id });
    expect(mark.json()).toEqual({ unread: 1 });
    expect((await desk.writer.call('POST', `/api/threads/${id}/read`)).json()).toEqual({
      unread: 0,
    });
    const back = await desk.writer.call('POST', `/api/threads/${id}/read`, { upTo: first.id });
    expect(back.json(), 'a mark never goes back').toEqual({ unread: 0 });
    const elsewhere = await desk.writer.call('POST', `/api/threads/${other.id}/read`, {
      upTo: first.id,
    });
    expectProblem(elsewhere, 404, 'no_such_comment');
    const all = await desk.writer.call('POST', `/api/pieces/${desk.pieceId}/threads/read`);
    expect(all.json()).toEqual({ unread: 0 });
    expect(await unread()).toEqual([0, 0, 0]);
    expect((await threadsOf(desk, desk.reader)).counts.unread, 'others have their own').toBe(5);
  });
});

test('the list comes in pages, by status, and counts them all', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids.push((await begin(desk, desk.reviewer, { anchor: { quote: 'cheap' }, body: `${i}` })).id);
  }
  const suggestion = await begin(desk, desk.writer, {
    anchor: { quote: 'Taxis' },
    suggestion: { replacement: 'Cabs' },
  });
  await desk.writer.call('POST', `/api/threads/${ids[1]}/resolve`);
  await desk.writer.call('POST', `/api/threads/${suggestion.id}/reject`);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await threadsOf(
      desk,
      desk.reader,
      `?status=open&limit=2${cursor && `&cursor=${cursor}`}`,
    );
    expect(page.items.length).toBeLessThanOrEqual(2);
    expect(page.counts).toEqual({ open: 4, resolved: 1, accepted: 0, rejected: 1, unread: 5 });
    seen.push(...page.items.map((thread) => thread.id));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(ids.filter((_, i) => i !== 1));
  const rejected = await threadsOf(desk, desk.reader, '?status=rejected');
  expect(rejected.items.map((thread) => thread.id)).toEqual([suggestion.id]);
  expectProblem(
    await desk.reader.call('GET', `/api/pieces/${desk.pieceId}/threads?status=odd`),
    400,
    'validation',
  );
});
