import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { readBlocks, readText } from '../../../shared/document/index.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { meanwhile } from '../workers/meanwhile.ts';

let server: TestServer;
let writer: Person;
let pieceId: string;
beforeAll(async () => {
  server = await startTestServer();
  writer = await server.person('Writer');
});
afterAll(() => server.close());

const markdown = `---
title: Night buses
standfirst: Do they pay?
---

## The sums

:::thesis{#pay}
Night buses **pay** for themselves.[^1]
:::

:::counterpoint{#not answers=pay}
Not in winter.
:::

***

The end.

[^1]: As of May.
`;

beforeEach(async () => {
  pieceId = await server.piece(writer, { content: markdown });
});

const url = (rest: string) => `/api/pieces/${pieceId}${rest}`;
const exported = (query = '?profile=working') => writer.call('GET', url(`/export${query}`));
const put = (content: string, headers: Record<string, string> = {}, format = 'markdown') =>
  writer.call('PUT', url('/content'), { content, format }, { 'if-match': '*', ...headers });
const lines = () =>
  server.rooms.read(pieceId, (doc) =>
    readBlocks(doc.getText('body').toDelta() as unknown[]).map(
      ({ kind, spans }) =>
        `${kind}: ${spans.map((span) => ('text' in span ? span.text : `[${span.embed.kind}]`)).join('')}`,
    ),
  );
const updates = async () => {
  const [row] = await server.sql<{ seq: number }[]>`
    select seq from journal_heads where piece_id = ${pieceId}`;
  return row!.seq;
};

describe('a text from outside is taken', () => {
  test('if what it is merged into is still what `If-Match` says, and not what it was planned for', async () => {
    const { etag } = (await exported()).headers;
    const { done, restore } = meanwhile(server, 'replace', () =>
      server.rooms.edit(pieceId, writer.id, (doc) => doc.getText('body').insert(0, 'Late. ')),
    );
    const answer = await put(markdown.replace('The end', 'No end'), { 'if-match': String(etag) });
    const anyhow = await put(markdown.replace('The end', 'No end'));
    restore();
    expectProblem(answer, 412, 'precondition_failed');
    // The first was planned twice; whatever is there is replaced in one go.
    expect({ status: anyhow.statusCode, ...done }).toEqual({ status: 200, times: 3 });
    expect((await lines()).at(-1)).toBe('paragraph: No end.');
  });

  test('though somebody edits while it is planned, if it reads then as it did', async () => {
    const { etag } = (await exported()).headers;
    let left = true;
    const { restore } = meanwhile(server, 'replace', async () => {
      if (!left) return;
      left = false;
      await server.rooms.edit(pieceId, writer.id, (doc) => {
        doc.getText('body').insert(0, 'x');
        doc.getText('body').delete(0, 1);
      });
    });
    const answer = await put(markdown.replace('The end', 'No end'), { 'if-match': String(etag) });
    restore();
    expect(answer.statusCode).toBe(200);
    expect((await lines()).at(-1)).toBe('paragraph: No end.');
  });

  test('if it comes from what is there now: the ETag of the piece and of each export', async () => {
    const tags = await Promise.all([
      writer.call('GET', url('')),
      exported(),
      exported('?format=json'),
      exported('?profile=publish'),
    ]);
    const [etag, ...others] = tags.map(({ headers }) => headers.etag as string);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(others).toEqual([etag, etag, etag]);
    const answer = await put(markdown.replace('winter', 'summer'), { 'if-match': `"x", ${etag}` });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id: pieceId, title: 'Night buses', warnings: [] });
    expect(answer.headers.etag).not.toBe(etag);
    expect((await exported()).headers.etag).toBe(answer.headers.etag);
    expectProblem(await put(markdown, { 'if-match': etag! }), 412, 'precondition_failed');
    expectProblem(
      await put(markdown, { 'if-match': `W/${answer.headers.etag}` }),
      412,
      'precondition_failed',
    );
    expect(await lines()).toContain('counterpoint: Not in summer.');
  });

  test('and not without saying what it comes from', async () => {
    const answer = await writer.call('PUT', url('/content'), { content: 'x' });
    expectProblem(answer, 428, 'precondition_required');
    expectProblem(await put('x', {}, 'docx'), 400, 'validation');
    expectProblem(await put('x'.repeat(2_200_000)), 413, 'too_large');
    expect((await exported()).body).toBe(markdown);
  });
});

describe('S3 it is a minimal edit of the live piece', () => {
  test('what is exported and sent back as it is changes nothing at all', async () => {
    const before = await updates();
    const updatedAt = async () =>
      (await writer.call('GET', url(''))).json<{ updatedAt: string }>().updatedAt;
    const at = await updatedAt();
    expect((await put((await exported()).body)).statusCode).toBe(200);
    expect(await updates()).toBe(before);
    expect(await updatedAt()).toBe(at);
    const events = (await writer.call('GET', url('/events'))).json<{ items: object[] }>();
    expect(events.items).toEqual([]);
  });

  test('one word changes one word; the look changes without it', async () => {
    const inserted = await server.rooms.read(pieceId, (doc) => {
      const seen: string[] = [];
      doc.getText('body').observe(({ delta }) => {
        for (const op of delta) if (typeof op.insert === 'string') seen.push(op.insert);
      });
      return seen;
    });
    await put(markdown.replace('winter', 'deep winter').replace('**pay**', 'pay'));
    expect(inserted).toEqual(['deep ']);
    expect((await exported()).body).toBe(
      markdown.replace('winter', 'deep winter').replace('**pay**', 'pay'),
    );
  });

  test('what somebody types meanwhile is kept, and its words are the caller’s', async () => {
    const other = new Y.Doc();
    await server.rooms.read(pieceId, (doc) => Y.applyUpdate(other, Y.encodeStateAsUpdate(doc)));
    const before = Y.encodeStateVector(other);
    const body = other.getText('body');
    // The footnote's mark before it counts, too.
    body.insert(body.toJSON().indexOf('winter') + 1, 'a cold ');
    await put(markdown.replace('The end.', 'The very end.'));
    const theirs = Y.encodeStateAsUpdate(other, before);
    await server.rooms.edit(pieceId, writer.id, (doc) => Y.applyUpdate(doc, theirs));
    expect(await lines()).toEqual([
      'heading: The sums',
      'thesis: Night buses pay for themselves.[footnote]',
      'counterpoint: Not in a cold winter.',
      'paragraph: [divider]',
      'paragraph: The very end.',
    ]);
    const client = await server.rooms.read(pieceId, (doc) => clientOf(doc.getText('body'), 'very'));
    const [bound] = await server.sql`
      select user_id as "userId" from client_ids where piece_id = ${pieceId} and client_id = ${client}`;
    expect(bound).toEqual({ userId: writer.id });
  });

  test('a title that it does not have stays, footnotes that it does not have go', async () => {
    const answer = await put('## The sums\n\nNothing else.\n');
    expect(answer.json()).toMatchObject({ title: 'Night buses', standfirst: 'Do they pay?' });
    const model = (await exported('?format=json')).json<{ footnotes: object }>();
    expect(model.footnotes).toEqual({});
    expect(await lines()).toEqual(['heading: The sums', 'paragraph: Nothing else.']);
    await put('# Day buses\n\n## The sums\n\nNothing[^2] else.\n\n[^2]: New.\n');
    const now = (await exported('?format=json')).json<{ title: string; footnotes: object }>();
    expect(now).toMatchObject({ title: 'Day buses', footnotes: { 2: [{ insert: 'New.' }] } });
  });

  test('what this version does not know is carried along', async () => {
    await server.rooms.edit(pieceId, null, (doc) => {
      const body = doc.getText('body');
      body.format(0, 3, { 'x-ours': 1 });
      body.insertEmbed(4, { gadget: 1 });
    });
    const working = (await exported()).body;
    await put(working.replace('The end.', 'The very end.'));
    await server.rooms.read(pieceId, (doc) => {
      expect(readText(doc.getText('body')).slice(0, 3)).toEqual([
        { insert: 'The', attributes: { 'x-ours': 1 } },
        { insert: ' ' },
        { insert: { gadget: 1 } },
      ]);
    });
  });
});

describe('S3 title and standfirst are edited as the body is', () => {
  const marked = [
    { insert: 'Night ' },
    { insert: 'buses', attributes: { bold: true, color: 'red' } },
    { insert: { gadget: 1 } },
    { insert: ' pay' },
  ];
  const deltaOf = (field: 'title' | 'standfirst') =>
    server.rooms.read(pieceId, (doc) => readText(doc.getText(field)));
  const format = () =>
    server.rooms.edit(pieceId, null, (doc) => {
      const title = doc.getText('title');
      title.applyDelta([
        { retain: 6 },
        { retain: 5, attributes: { bold: true, color: 'red' } },
        { insert: { gadget: 1 }, attributes: {} },
        { insert: ' pay', attributes: {} },
      ]);
    });
  beforeEach(format);

  test('what is exported and sent back changes nothing; JSON, publish and front matter have the marks', async () => {
    expect(await deltaOf('title')).toEqual(marked);
    const before = await updates();
    await put((await exported()).body);
    expect(await updates()).toBe(before);
    expect((await exported('?format=json')).json()).toMatchObject({
      title: 'Night buses pay',
      titleDelta: marked,
    });
    expect((await exported('?profile=publish')).body).toContain('# Night **buses** pay\n');
    const fronted = (await exported('?profile=publish&frontMatter=true')).body;
    expect(fronted).toContain('title: Night buses pay\ntitleMarkdown: "Night **buses** pay"\n');
  });

  test('a version and a past moment have the marks too, and bring them back', async () => {
    const named = await writer.call('POST', url('/versions'), { name: 'Marked' });
    const { id } = named.json<{ id: string }>();
    const at = new Date().toISOString();
    await writer.call('PATCH', url(''), { title: 'Another' });
    await server.rooms.edit(pieceId, writer.id, (doc) => {
      doc.getText('title').format(0, 7, { italic: true });
    });
    for (const path of [`/api/versions/${id}`, url(`/at/${at}`)]) {
      const get = (query: string) => writer.call('GET', `${path}${query}`);
      expect((await get('')).json()).toMatchObject({ titleDelta: marked });
      expect((await get('?format=markdown')).body).toContain('# Night **buses** pay\n');
      expect((await get('?format=html')).body).toContain(
        '<h1>Night <strong>buses</strong>⋯ pay</h1>',
      );
    }
    const html = (await writer.call('GET', url(`/diff?from=${id}&format=html`))).body;
    expect(html).toContain('<strong>buses</strong>');
    expect(html).toContain('<em>');
    await writer.call('POST', `/api/versions/${id}/restore`, {});
    expect(await deltaOf('title')).toEqual(marked);
  });

  test('what Markdown has no form for is never taken off or out', async () => {
    await put('# *Night* buses pay!\n');
    expect(await deltaOf('title')).toEqual([
      { insert: 'Night', attributes: { italic: true } },
      { insert: ' ' },
      { insert: 'buses', attributes: { color: 'red' } },
      { insert: { gadget: 1 } },
      { insert: ' pay!' },
    ]);
  });

  test('one word changes one word: the rest keeps its letters', async () => {
    const inserted: unknown[] = [];
    await server.rooms.read(pieceId, (doc) => {
      doc.getText('title').observe(({ delta }) => {
        for (const op of delta) if (op.insert !== undefined) inserted.push(op.insert);
      });
    });
    await put('# Night **buses** do not pay\n');
    const answer = await writer.call('PATCH', url(''), { title: 'Most night buses do pay' });
    expect(answer.json()).toMatchObject({ title: 'Most night buses do pay' });
    expect(inserted).toEqual(['do not ', 'Most n']);
    expect(await deltaOf('title')).toEqual([
      { insert: 'Most night ' },
      ...marked.slice(1, 3),
      { insert: ' do pay' },
    ]);
  });

  test('a new piece has the marks of its Markdown; a title that is given beside it wins', async () => {
    const content = '# A **bold** title\n\nText.\n';
    const json = async (piece: object) => {
      const id = await server.piece(writer, piece);
      return (await writer.call('GET', `/api/pieces/${id}/export?format=json`)).json<object>();
    };
    expect(await json({ content })).toMatchObject({
      titleDelta: [
        { insert: 'A ' },
        { insert: 'bold', attributes: { bold: true } },
        { insert: ' title' },
      ],
    });
    const other = await json({ content, title: 'Another' });
    expect(other).toMatchObject({ title: 'Another' });
    expect(other).not.toHaveProperty('titleDelta');
  });
});

describe('plain text says nothing of looks', () => {
  test('what stays keeps its own, footnote marks and dividers too', async () => {
    const text =
      'The sums\nNight buses do pay for themselves.\nNot in winter.\nA new line.\nThe end.';
    expect((await put(text, {}, 'text')).statusCode).toBe(200);
    expect(await lines()).toEqual([
      'heading: The sums',
      'thesis: Night buses do pay for themselves.[footnote]',
      'counterpoint: Not in winter.',
      'paragraph: [divider]A new line.',
      'paragraph: The end.',
    ]);
    const { body } = await exported();
    expect(body).toContain('Night buses do **pay** for themselves.[^1]');
    expect(body).toContain('[^1]: As of May.');
  });

  test('into a blank piece it is what it would be in a new one', async () => {
    const text = 'A heading\nA paragraph that is longer than it.\n';
    const [blank, made] = [
      await server.piece(writer),
      await server.piece(writer, { content: text, format: 'text' }),
    ];
    await writer.call(
      'PUT',
      `/api/pieces/${blank}/content`,
      { content: text, format: 'text' },
      { 'if-match': '*' },
    );
    const of = async (id: string) =>
      (await writer.call('GET', `/api/pieces/${id}/export?profile=working`)).body;
    expect(await of(blank)).toBe(await of(made));
  });
});

/** The clientID that some words were written with. */
function clientOf(body: Y.Text, words: string): number | undefined {
  for (let item = body._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    if (item.content.str.includes(words)) return item.id.client;
  }
  return undefined;
}
