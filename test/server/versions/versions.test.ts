import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Version } from '../../../shared/api/versions.ts';
import { deltaText, type DeltaOp } from '../../../shared/document/index.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';

let server: TestServer;
let writer: Person;
let pieceId: string;
beforeAll(async () => {
  server = await startTestServer();
  writer = await server.person('Writer');
});
afterAll(() => server.close());

const lede = 'Night buses are cheap.';
const sums = 'The sums are simple: a bus costs less than ten taxis.';
const noise = 'Nobody hears them, and nobody has complained in ten years.';
const content = `# Night buses\n\n${lede}\n\n## The sums\n\n${sums}\n\n## The noise\n\n${noise}\n`;

beforeEach(async () => {
  pieceId = await server.piece(writer, { content });
});

const url = (rest: string) => `/api/pieces/${pieceId}${rest}`;
const get = (rest: string) => writer.call('GET', url(rest));
const exported = async () => (await get('/export?profile=working')).body;
const named = async (name: string, note?: string) => {
  const answer = await writer.call('POST', url('/versions'), { name, ...(note && { note }) });
  expect({ status: answer.statusCode, body: answer.body }).toMatchObject({ status: 201 });
  return answer.json<Version>();
};
const versions = async () => (await get('/versions')).json<{ items: Version[] }>().items;
const replace = async (from: string, to: string) => {
  const answer = await writer.call(
    'PUT',
    url('/content'),
    { content: (await exported()).replace(from, to) },
    { 'if-match': '*' },
  );
  expect(answer.statusCode).toBe(200);
};
const restore = (id: string, body?: object) =>
  writer.call('POST', `/api/versions/${id}/restore`, body);
const bodyOf = (answer: { json<T>(): T }) => deltaText(answer.json<{ body: DeltaOp[] }>().body);

describe('versions', () => {
  test('are named, listed, and read as JSON, Markdown and HTML, whatever has been written since', async () => {
    const before = await exported();
    const version = await named('Before legal', 'As sent.');
    expect(version).toMatchObject({
      ...{ pieceId, kind: 'named', name: 'Before legal', note: 'As sent.', status: null },
      createdBy: { id: writer.id, name: 'Writer' },
    });
    await replace('cheap', 'dear');
    await named('After legal');
    expect((await versions()).map(({ name }) => name)).toEqual(['After legal', 'Before legal']);
    const page = (await get('/versions?limit=1')).json<{ nextCursor: string }>();
    const next = (await get(`/versions?limit=1&cursor=${page.nextCursor}`)).json<object>();
    expect(next).toMatchObject({ items: [{ name: 'Before legal' }], nextCursor: null });

    const read = (query = '') => writer.call('GET', `/api/versions/${version.id}${query}`);
    const json = await read();
    expect(json.json()).toMatchObject({ ...version, title: 'Night buses' });
    expect(bodyOf(json)).toContain(lede);
    expect((await read('?format=markdown&profile=working')).body).toBe(before);
    const html = await read('?format=html');
    expect(html.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(html.body).toContain(`<h1>Night buses</h1>\n<p>${lede}</p>\n<h2>The sums</h2>`);
  });

  test('are kept of what a piece was when its status was changed', async () => {
    await writer.call('PATCH', url(''), { status: 'review' });
    await writer.call('PATCH', url(''), { status: 'review' });
    expect(await versions()).toMatchObject([{ kind: 'status', status: 'review', name: null }]);
  });

  test('bad names, and versions that are none, are clear problems', async () => {
    expectProblem(await writer.call('POST', url('/versions'), {}), 400, 'validation');
    expectProblem(await writer.call('POST', url('/versions'), { name: ' ' }), 400, 'validation');
    const none = '/api/versions/01900000-0000-7000-8000-000000000000';
    expectProblem(await writer.call('GET', none), 404, 'no_such_version');
    expectProblem(await writer.call('POST', `${none}/restore`), 404, 'no_such_version');
    const stranger = await server.person('Stranger');
    const { id } = await named('Mine');
    expectProblem(await stranger.call('GET', `/api/versions/${id}`), 404, 'no_such_version');
  });
});

describe('any moment', () => {
  test('is the piece as it was then', async () => {
    const before = await exported();
    const at = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await replace('cheap', 'dear');
    const then = await get(`/at/${at}`);
    expect(then.json()).toMatchObject({ at, title: 'Night buses' });
    expect(bodyOf(then)).toContain(lede);
    expect((await get(`/at/${at}?format=markdown&profile=working`)).body).toBe(before);
    expect(bodyOf(await get(`/at/${new Date().toISOString()}`))).toContain('dear');
    expect((await get(`/at/${at}?format=html`)).body).toContain(`<p>${lede}</p>`);
  });

  test('before the beginning, in the future, or no time at all: clear problems', async () => {
    expectProblem(await get('/at/2001-01-01T00:00:00Z'), 422, 'before_beginning');
    expectProblem(await get('/at/2999-01-01T00:00:00Z'), 422, 'in_the_future');
    for (const time of ['yesterday', '2025-02-30T00:00:00Z', '2025-01-01', '0']) {
      expect(expectProblem(await get(`/at/${time}`), 400, 'validation')).toEqual(['params.time']);
    }
    expectProblem(await get('/diff?from=2999-01-01T00:00:00Z'), 422, 'in_the_future');
    const long = '2001-01-01T00:00:00Z';
    expectProblem(await get(`/diff?from=${long}`), 422, 'before_beginning');
    expectProblem(await get(`/diff?from=now&to=${long}`), 422, 'before_beginning');
    expectProblem(await get('/diff?from=then'), 400, 'validation');
    expectProblem(await get('/diff'), 400, 'validation');
    const other = await server.piece(writer);
    const foreign = await writer.call('POST', `/api/pieces/${other}/versions`, { name: 'x' });
    const { id } = foreign.json<Version>();
    expectProblem(await get(`/diff?from=${id}`), 404, 'no_such_version');
  });

  test('tells who had written it then, too', async () => {
    const { id } = await named('First');
    await replace('cheap', 'dear');
    const asked = async (at: string) =>
      (await get(`/attribution?at=${at}`)).json<{ items: { to: number }[] }>().items;
    const present = await server.rooms.read(pieceId, (doc) => doc.getText('body').toJSON());
    const past = bodyOf(await writer.call('GET', `/api/versions/${id}`));
    expect(past).not.toHaveLength(present.length);
    expect((await asked(id)).at(-1)?.to).toBe(past.length);
    expect((await asked('now')).at(-1)?.to).toBe(present.length);
    expectProblem(await get('/attribution?at=2999-01-01T00:00:00Z'), 422, 'in_the_future');
    expectProblem(await get('/attribution?at=then'), 400, 'validation');
    expectProblem(await get(`/attribution?at=${pieceId}`), 404, 'no_such_version');
  });

  test('history tells who wrote when and how much, attribution who wrote what stands there', async () => {
    const colleague = await server.person(`Colleague ${pieceId}`);
    const member = `/api/pieces/${pieceId}/members/${colleague.id}`;
    await writer.call('PUT', member, { role: 'reviewer' });
    const suggestion = { replacement: 'dear to some' };
    const anchor = { quote: 'cheap', prefix: 'Night buses are ' };
    const thread = await colleague.call('POST', url('/threads'), {
      ...{ anchor, body: 'Are they?', suggestion },
    });
    const { id } = thread.json<{ id: string }>();
    expect((await writer.call('POST', `/api/threads/${id}/accept`)).statusCode).toBe(200);
    const { items } = (await get('/attribution')).json<{
      items: { from: number; to: number; userId: string }[];
    }>();
    const text = await server.rooms.read(pieceId, (doc) => doc.getText('body').toJSON());
    const parts = items.map(({ from, to, userId }) => [text.slice(from, to), userId]);
    expect(parts).toEqual([
      ['Night buses are ', writer.id],
      ['dear to some', colleague.id],
      [text.slice(text.indexOf('.')), writer.id],
    ]);
    const people = (await get('/attribution')).json<{ people: object[] }>().people;
    expect(people).toEqual(
      expect.arrayContaining([
        { id: writer.id, name: 'Writer' },
        { id: colleague.id, name: `Colleague ${pieceId}` },
      ]),
    );
    const history = (await get('/history')).json<{ items: object[] }>();
    expect(history.items).toMatchObject([
      { author: { id: writer.id, name: 'Writer' }, added: 33, removed: 0 },
    ]);
  });
});

describe('a diff', () => {
  test('tells words from blocks, and a moved block from a new one', async () => {
    const { id } = await named('First');
    const moved = content
      .replace(`## The sums\n\n${sums}\n\n`, '')
      .replace(noise, `${noise}\n\n## The sums\n\n${sums}\n\nA new end.`)
      .replace('cheap', 'dear');
    await writer.call('PUT', url('/content'), { content: moved }, { 'if-match': '*' });
    const diff = await get(`/diff?from=${id}&to=now`);
    expect(diff.statusCode).toBe(200);
    const { lines, words } = diff.json<{
      lines: { change: string; parts: object[] }[];
      words: object;
    }>();
    expect(words).toEqual({ added: 4, removed: 1 });
    const about = lines.map(({ change, parts }) => [change, parts.length]);
    expect(about).toEqual([
      ['changed', 4],
      ['moved', 1],
      ['moved', 1],
      ['same', 1],
      ['same', 1],
      ['added', 1],
    ]);
    const html = (await get(`/diff?from=${id}&format=html`)).body;
    expect(html).toContain('<del>cheap</del><ins>dear</ins>');
    expect(html).toContain(`<p class="moved" data-kind="paragraph">${noise}</p>`);
    expect((await get(`/diff?from=${id}&to=${id}`)).json()).toMatchObject({
      words: { added: 0, removed: 0 },
    });
  });
});

describe('S3 restoring', () => {
  test('brings everything back, after a version of what was there; and that is undone likewise', async () => {
    const first = await exported();
    const { id } = await named('First');
    await replace('cheap', 'dear');
    await writer.call('PATCH', url(''), { title: 'Day buses' });
    const second = await exported();
    const preview = await restore(id, { preview: true });
    expect(preview.json()).toMatchObject({ restored: false, version: null });
    expect(preview.json<{ changes: { words: object } }>().changes.words).toEqual({
      ...{ added: 2, removed: 2 },
    });
    expect(await exported()).toBe(second);

    const answer = await restore(id);
    expect(answer.statusCode).toBe(200);
    expect(await exported()).toBe(first);
    const { version } = answer.json<{ version: Version }>();
    expect(version).toMatchObject({ kind: 'restore', createdBy: { id: writer.id } });
    const kept = await writer.call(
      'GET',
      `/api/versions/${version.id}?format=markdown&profile=working`,
    );
    expect(kept.body).toBe(second);
    expect((await restore(version.id)).statusCode).toBe(200);
    expect(await exported()).toBe(second);
    expect((await get('')).json()).toMatchObject({ title: 'Day buses' });
    const { items } = (await get('/events')).json<{ items: { kind: string }[] }>();
    expect(items.map(({ kind }) => kind).filter((kind) => kind.startsWith('version'))).toEqual([
      ...['version.restored', 'version.restored', 'version.named'],
    ]);
  });

  test('brings back what the piece was at any time, all of it or a section', async () => {
    const first = await exported();
    const at = new Date().toISOString();
    const text = await server.rooms.read(pieceId, (doc) => doc.getText('body').toJSON());
    await new Promise((resolve) => setTimeout(resolve, 5));
    await replace('ten taxis', 'one taxi');
    await replace('cheap', 'dear');
    const second = await exported();
    const back = (body?: object) => writer.call('POST', url(`/at/${at}/restore`), body);
    const preview = (await back({ preview: true })).json<{ changes: { words: object } }>();
    expect(preview).toMatchObject({ restored: false, version: null });
    expect(preview.changes.words).toEqual({ added: 3, removed: 2 });
    expect(await exported()).toBe(second);
    expect((await back({ section: text.indexOf('The sums\n') })).statusCode).toBe(200);
    expect(await exported()).toBe(second.replace('one taxi', 'ten taxis'));
    const answer = await back();
    expect(answer.json()).toMatchObject({ restored: true, version: { kind: 'restore' } });
    expect(await exported()).toBe(first);
    const { items } = (await get('/events')).json<{ items: object[] }>();
    expect(items[0]).toMatchObject({ kind: 'version.restored', data: { at, section: null } });
  });

  test('of no time, one before the beginning, or one in the future: clear problems, no change', async () => {
    const before = await exported();
    const back = (time: string, body?: object) =>
      writer.call('POST', url(`/at/${time}/restore`), body);
    expectProblem(await back('2001-01-01T00:00:00Z'), 422, 'before_beginning');
    expectProblem(await back('2999-01-01T00:00:00Z'), 422, 'in_the_future');
    expectProblem(await back('yesterday'), 400, 'validation');
    const now = new Date().toISOString();
    expectProblem(await back(now, { section: 1 }), 422, 'no_such_section');
    expectProblem(await back(now, { section: 'first' }), 400, 'validation');
    expect(await exported()).toBe(before);
    expect(await versions()).toEqual([]);
  });

  test('what reads so already is not changed at all', async () => {
    const { id } = await named('First');
    const answer = await restore(id);
    expect(answer.json()).toMatchObject({ restored: false, version: null });
    expect(await versions()).toHaveLength(1);
  });

  test('a section comes back alone, also one that is gone', async () => {
    const { id } = await named('First');
    const text = await server.rooms.read(pieceId, (doc) => doc.getText('body').toJSON());
    const section = text.indexOf('The sums\n');
    await replace('ten taxis', 'one taxi');
    await replace('cheap', 'dear');
    expect((await restore(id, { section })).statusCode).toBe(200);
    expect(await exported()).toBe((await exported()).replace('cheap', 'dear'));
    expect(await exported()).toContain('ten taxis');
    expect(await exported()).toContain('dear');

    await replace(`## The sums\n\n${sums}\n\n`, '');
    expect(await exported()).not.toContain('The sums');
    await restore(id, { section });
    expect(await exported()).toContain(`dear.\n\n## The sums\n\n${sums}\n\n## The noise`);
    await restore(id, { section: 0 });
    expect(await exported()).toContain(`${lede}\n\n## The sums`);
    expectProblem(await restore(id, { section: section + 1 }), 422, 'no_such_section');
    expectProblem(await restore(id, { section: -1 }), 400, 'validation');
  });

  test('of two at once one is a clear problem, and changes nothing', async () => {
    const { id } = await named('First');
    await replace('cheap', 'dear');
    const answers = await Promise.all([restore(id), restore(id)]);
    const codes = answers.map(({ statusCode }) => statusCode).sort();
    expect(codes).toEqual([200, 409]);
    expectProblem(
      answers.find(({ statusCode }) => statusCode === 409)!,
      409,
      'restore_under_way',
    );
    expect((await versions()).map(({ kind }) => kind)).toEqual(['restore', 'named']);
  });
});
