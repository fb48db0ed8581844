import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { makeAnchor } from '../../../server/threads/anchors/anchoring.ts';
import { FieldText } from '../../../shared/anchors/index.ts';
import { expectProblem, startTestServer, type TestServer } from '../http/support.ts';
import {
  begin,
  edit,
  makeDesk,
  positionsOf,
  reply,
  second,
  textOf,
  threadsOf,
  type ThreadDesk,
} from './desk.ts';

let server: TestServer;
let desk: ThreadDesk;
beforeAll(async () => {
  server = await startTestServer({ MAX_COMMENT_BYTES: '1000' });
  desk = await makeDesk(server);
});
afterAll(() => server.close());

const post = (thread: object) =>
  desk.reviewer.call('POST', `/api/pieces/${desk.pieceId}/threads`, thread);

/** How many rows there are that a thread leaves. */
async function stored(): Promise<number[]> {
  const [row] = await server.sql<{ counts: number[] }[]>`
    select array[(select count(*) from threads), (select count(*) from comments),
                 (select count(*) from piece_events)]::int[] as counts`;
  return row!.counts;
}

const cheap = { quote: 'cheap' };

describe('nothing is half-stored, and the problem names the field', () => {
  const valid: [string, object, string[]][] = [
    ['nothing', {}, ['body.anchor']],
    ['no anchor', { body: 'x' }, ['body.anchor']],
    ['an anchor of neither kind', { anchor: { at: 3 }, body: 'x' }, ['body.anchor']],
    [
      'an anchor of both kinds',
      { anchor: { quote: 'a', start: 'AA==' }, body: 'x' },
      ['body.anchor'],
    ],
    ['no words', { anchor: cheap }, ['body.body']],
    ['an empty body', { anchor: cheap, body: '' }, ['body.body']],
    ['a blank body', { anchor: cheap, body: ' \n\t ' }, ['body.body']],
    [
      'an empty body beside a suggestion',
      { anchor: cheap, body: '', suggestion: { replacement: 'x' } },
      ['body.body'],
    ],
    ['a body that is no text', { anchor: cheap, body: { a: 1 } }, ['body.body']],
    ['NUL', { anchor: cheap, body: 'a\0b' }, ['body.body']],
    [
      'NUL to be put into the text',
      { anchor: cheap, suggestion: { replacement: '\0' } },
      ['body.suggestion.replacement'],
    ],
    ['a suggestion of nothing', { anchor: cheap, suggestion: {} }, ['body.suggestion.replacement']],
    [
      'positions that are no base64',
      { anchor: { start: '<>', end: 'AA==' }, body: 'x' },
      ['body.anchor.start'],
    ],
    ['an unknown field', { anchor: cheap, body: 'x', author: 'me' }, ['body']],
  ];
  test.each(valid)('%s', async (_name, thread, paths) => {
    const before = await stored();
    expect(expectProblem(await post(thread), 400, 'validation')).toEqual(paths);
    expect(await stored()).toEqual(before);
  });

  test('too long a body or replacement: 413', async () => {
    const before = await stored();
    const long = 'ü'.repeat(501);
    expect(expectProblem(await post({ anchor: cheap, body: long }), 413, 'too_large')).toEqual([
      'body.body',
    ]);
    const suggestion = { replacement: 'x'.repeat(100_000) };
    const paths = expectProblem(await post({ anchor: cheap, suggestion }), 413, 'too_large');
    expect(paths).toEqual(['body.suggestion.replacement']);
    expect(await stored()).toEqual(before);
    const { id } = await begin(desk, desk.reviewer, { anchor: cheap, body: long.slice(1) });
    const longer = await desk.reviewer.call('POST', `/api/threads/${id}/comments`, { body: long });
    expect(expectProblem(longer, 413, 'too_large')).toEqual(['body.body']);
    const empty = await desk.reviewer.call('POST', `/api/threads/${id}/comments`, { body: '' });
    expect(expectProblem(empty, 400, 'validation')).toEqual(['body.body']);
  });
});

describe('an anchor that is in no place says why, and what to do', () => {
  const refused = async (
    anchor: object,
    code: string,
    path: string,
    more: object = { body: 'x' },
  ) => {
    const before = await stored();
    const answer = await post({ anchor, ...more });
    expect(expectProblem(answer, 422, code)).toEqual([path]);
    expect(answer.json<{ detail: string }>().detail.length).toBeGreaterThan(30);
    expect(await stored()).toEqual(before);
  };

  test('a quote that is absent, ambiguous or empty', async () => {
    await refused({ quote: 'expensive' }, 'anchor_not_found', 'body.anchor.quote');
    await refused({ quote: 'cheap', prefix: 'were ' }, 'anchor_not_found', 'body.anchor.quote');
    await refused({ quote: 'are' }, 'anchor_ambiguous', 'body.anchor.quote');
    await refused({ quote: '' }, 'anchor_not_found', 'body.anchor.quote');
    await refused({ quote: '', prefix: 'Night' }, 'anchor_empty', 'body.anchor.quote');
    const nowhere = { suggestion: { replacement: 'x' } };
    await refused({ quote: '' }, 'anchor_not_found', 'body.anchor.quote', nowhere);
  });

  test('positions that decode to nothing', async () => {
    const { start, end } = await positionsOf(server, desk, 'cheap');
    const encode = (position: Y.RelativePosition) =>
      Buffer.from(Y.encodeRelativePosition(position)).toString('base64');
    const other = new Y.Doc();
    other.getText('body').insert(0, 'Another piece.');
    const elsewhere = encode(Y.createRelativePositionFromTypeIndex(other.getText('body'), 3));
    const ahead = encode(new Y.RelativePosition(null, null, Y.createID(1, 2), 0));
    const title = encode(Y.createRelativePositionFromTypeIndex(other.getText('title'), 0));
    const nested = encode(new Y.RelativePosition(Y.createID(5, 1), null, null, 0));
    const unknown = encode(new Y.RelativePosition(null, 'made-up', null, 0));
    // A position in another field is one, but no end of a passage that begins here.
    await refused({ start: title, end }, 'anchor_unreadable', 'body.anchor.end');
    await refused({ start, end: title }, 'anchor_unreadable', 'body.anchor.end');
    for (const bad of [elsewhere, ahead, nested, unknown, 'AA==', '/////w==', 'B', 'f39/f39/']) {
      await refused({ start: bad, end }, 'anchor_unreadable', 'body.anchor.start');
      await refused({ start, end: bad }, 'anchor_unreadable', 'body.anchor.end');
    }
    const types = await server.rooms.read(desk.pieceId, (doc) => [...doc.share.keys()]);
    expect(types, 'none is made by asking for it').not.toContain('made-up');
  });

  test('positions that are backwards, or around no text', async () => {
    const { start } = await positionsOf(server, desk, 'cheap');
    const { start: before, end } = await positionsOf(server, desk, 'buses');
    await refused({ start, end }, 'anchor_unreadable', 'body.anchor');
    await refused({ start: before, end: before }, 'anchor_empty', 'body.anchor');
    const doc = new Y.Doc();
    const body = doc.getText('body');
    body.insertEmbed(0, { divider: true });
    const mark = (index: number) => Y.createRelativePositionFromTypeIndex(body, index);
    const view = new FieldText(body, [mark(0), mark(1)].map(Y.encodeRelativePosition));
    expect(view.edges.map((edge) => edge?.index)).toEqual([0, 1]);
    const base64 = (at: number) =>
      Buffer.from(Y.encodeRelativePosition(mark(at))).toString('base64');
    const anchor = { start: base64(0), end: base64(1) };
    expect(() => makeAnchor(doc, anchor, true)).toThrow(/footnote mark/);
    expect(() => makeAnchor(doc, anchor, false)).toThrow(/no text/);
  });

  test('the text has gone by the time', async () => {
    const anchor = await positionsOf(server, desk, second);
    await edit(server, desk, (body) => body.delete(body.toJSON().indexOf(second), second.length));
    await refused(anchor, 'anchor_empty', 'body.anchor');
  });

  test('a suggestion that changes nothing', async () => {
    const more = { suggestion: { replacement: 'cheap' } };
    await refused(cheap, 'changes_nothing', 'body.suggestion.replacement', more);
    const nothing = { suggestion: { replacement: '' } };
    const point = { quote: '', prefix: 'Night', suffix: ' buses' };
    await refused(point, 'changes_nothing', 'body.suggestion.replacement', nothing);
  });

  test('too long a passage', async () => {
    await edit(server, desk, (body) => body.insert(body.length, `${'word '.repeat(5_000)}\n`));
    const { start } = await positionsOf(server, desk, 'Night');
    const { end } = await positionsOf(server, desk, 'word word \n');
    await refused({ start, end }, 'anchor_too_long', 'body.anchor');
  });
});

test('what people write is text, whatever it looks like', async () => {
  const body =
    '<script>alert(1)</script> <img src=x onerror=alert(1)> {{constructor}} \u202e \ud83d\ude00 %00';
  const { id } = await begin(desk, desk.reviewer, { anchor: cheap, body });
  await reply(desk.writer, id, '"; drop table threads; --');
  const answer = await desk.reader.call('GET', `/api/threads/${id}`);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.json()).toMatchObject({
    comments: [{ body }, { body: '"; drop table threads; --' }],
  });
  const half = await reply(desk.writer, id, 'half \ud83d a character');
  expect(half.body).toBe('half \ufffd a character');
  expect((await threadsOf(desk)).items.find((thread) => thread.id === id)).toBeDefined();
});

test('text that no database takes can be commented on', async () => {
  await edit(server, desk, (body) => body.insert(0, 'A\0B. '));
  const anchor = await positionsOf(server, desk, 'A\0B');
  const { quote, position } = await begin(desk, desk.reviewer, { anchor, body: 'odd' });
  expect([quote, position]).toEqual(['A\ufffdB', { from: 0, to: 3 }]);
});

describe('ids', () => {
  const unknown = '01900000-0000-7000-8000-000000000000';
  test.each([
    ['GET', `/api/threads/${unknown}`, 'no_such_thread'],
    ['POST', `/api/threads/${unknown}/resolve`, 'no_such_thread'],
    ['POST', `/api/threads/${unknown}/accept`, 'no_such_thread'],
    ['PATCH', `/api/comments/${unknown}`, 'no_such_comment'],
    ['DELETE', `/api/comments/${unknown}`, 'no_such_comment'],
    ['GET', `/api/pieces/${unknown}/threads`, 'no_such_piece'],
  ] as const)('%s %s', async (method, url, code) => {
    const body = method === 'PATCH' ? { body: 'x' } : undefined;
    expectProblem(await desk.reviewer.call(method, url, body), 404, code);
  });

  test('a deleted piece has no threads any more', async () => {
    const own = await makeDesk(server);
    const { id, comments } = await begin(own, own.reviewer, { anchor: cheap, body: 'x' });
    await own.owner.call('DELETE', `/api/pieces/${own.pieceId}`);
    const [one, list] = [`/api/threads/${id}`, `/api/pieces/${own.pieceId}/threads`];
    expectProblem(await own.owner.call('GET', one), 404, 'no_such_thread');
    expectProblem(await own.owner.call('GET', list), 404, 'no_such_piece');
    const gone = await own.reviewer.call('DELETE', `/api/comments/${comments[0]!.id}`);
    expectProblem(gone, 404, 'no_such_comment');
  });
});

test('P1 who is taken off a piece sees none of its threads', async () => {
  const own = await makeDesk(server);
  const { id } = await begin(own, own.reviewer, { anchor: cheap, body: 'x' });
  await own.owner.call('DELETE', `/api/pieces/${own.pieceId}/members/${own.reviewer.id}`);
  expectProblem(await own.reviewer.call('GET', `/api/threads/${id}`), 404, 'no_such_thread');
  const said = await own.reviewer.call('POST', `/api/threads/${id}/comments`, { body: 'y' });
  expectProblem(said, 404, 'no_such_thread');
  expect(await textOf(server, own)).toContain('cheap');
});
