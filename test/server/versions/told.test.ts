import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import type { Stretch, Version } from '../../../shared/api/versions.ts';
import type { AuditEntry } from '../../../shared/api/audit.ts';
import type { Comparison } from '../../../shared/document/compare/index.ts';
import { escapeHtml } from '../../../shared/document/render/html.ts';
import {
  kindAttributes,
  normalDelta,
  readDocument,
  writeDocument,
  type DocumentModel,
  type LineKind,
} from '../../../shared/document/index.ts';
import { startTestServer, type Person, type TestServer } from '../http/support.ts';
import { toldBy, turned } from './told.ts';

let server: TestServer;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  server = await startTestServer();
  [ann, bob] = [await server.person('Ann'), await server.person('Bob')];
});
afterAll(() => server.close());

const marks = { bold: true, italic: true, strike: true, code: true } as const;
const start: DocumentModel = {
  title: 'Night buses',
  standfirst: 'Who pays for them.',
  body: [
    { insert: 'Plain words, ' },
    { insert: 'marked words', attributes: marks },
    { insert: ' and ' },
    { insert: 'a link', attributes: { link: 'https://example.org/old' } },
    { insert: '.' },
    { insert: { footnote: 'a' } },
    { insert: '\n' },
    { insert: { divider: true } },
    { insert: '\nAnother line.\n' },
  ],
  footnotes: { a: [{ insert: 'See the survey.' }], b: [{ insert: 'Nobody refers to it.' }] },
};

type Edit = (doc: Y.Doc) => void;
/** What is done, what is told of it, and its words added and removed, changes of format and embeds. */
type Case = readonly [what: string, edit: Edit, told: readonly string[], counts: Counts];
type Counts = readonly [added: number, removed: number, formats: number, embeds: number];

const body = (doc: Y.Doc) => doc.getText('body');
const note = (doc: Y.Doc, id = 'a') => doc.getMap('footnotes').get(id) as Y.Text;
const plain = [0, 5] as const;
const marked = [13, 12] as const;
const linked = [30, 6] as const;
const mark = 37;
const firstBreak = 38;
const divider = 39;
const format =
  ([at, length]: readonly [number, number], attributes: object): Edit =>
  (doc) =>
    body(doc).format(at, length, attributes);

const looks: Case[] = [
  ...Object.keys(marks).flatMap((name): Case[] => [
    [`${name} on`, format(plain, { [name]: true }), [`~${name}: none → true`], [0, 0, 1, 0]],
    [`${name} off`, format(marked, { [name]: null }), [`~${name}: true → none`], [0, 0, 1, 0]],
  ]),
  [
    'a link put on',
    format(plain, { link: 'https://example.org/new' }),
    ['~link: none → https://example.org/new'],
    [0, 0, 1, 0],
  ],
  [
    'a link with another address',
    format(linked, { link: 'https://example.org/new' }),
    ['~link: https://example.org/old → https://example.org/new'],
    [0, 0, 1, 0],
  ],
  [
    'a link taken off',
    format(linked, { link: null }),
    ['~link: https://example.org/old → none'],
    [0, 0, 1, 0],
  ],
];

/** They are never taken off, by bringing something back either. */
const unknown: Case[] = [
  ['an unknown attribute', format(plain, { color: 'red' }), ['~color: none → red'], [0, 0, 1, 0]],
  [
    'an unknown attribute of a title',
    (doc) => doc.getText('title').format(0, 5, { color: 'red' }),
    ['title ~color: none → red'],
    [0, 0, 1, 0],
  ],
  [
    'an unknown attribute of a line',
    format([firstBreak, 1], { align: 'right' }),
    ['~align: none → right'],
    [0, 0, 1, 0],
  ],
];

const embeds: Case[] = [
  [
    'a divider put in',
    (doc) => body(doc).insertEmbed(0, { divider: true }),
    ['+{"divider":true}'],
    [0, 0, 0, 1],
  ],
  [
    'a divider taken out',
    (doc) => body(doc).delete(divider, 1),
    ['-{"divider":true}'],
    [0, 0, 0, 1],
  ],
  [
    'an unknown embed put in',
    (doc) => body(doc).insertEmbed(0, { video: 'x' }),
    ['+{"video":"x"}'],
    [0, 0, 0, 1],
  ],
  [
    'a footnote’s mark taken out, its text left',
    (doc) => body(doc).delete(mark, 1),
    ['-{"footnote":"a"}'],
    [0, 0, 0, 1],
  ],
  [
    'a footnote’s mark put elsewhere',
    (doc) => {
      body(doc).delete(mark, 1);
      body(doc).insertEmbed(5, { footnote: 'a' });
    },
    ['+{"footnote":"a"}', '-{"footnote":"a"}', 'a moved'],
    [0, 0, 0, 2],
  ],
];

const fields: Case[] = [
  ['a word in a footnote', (doc) => note(doc).insert(8, 'new '), ['a +new '], [1, 0, 0, 0]],
  [
    'a mark in a footnote',
    (doc) => note(doc).format(0, 3, { italic: true }),
    ['a ~italic: none → true'],
    [0, 0, 1, 0],
  ],
  [
    'a link in a footnote',
    (doc) => note(doc).format(4, 10, { link: 'https://example.org/s' }),
    ['a ~link: none → https://example.org/s'],
    [0, 0, 1, 0],
  ],
  [
    'a footnote that nobody refers to',
    (doc) => note(doc, 'b').insert(0, 'Still: '),
    ['b +Still: '],
    [1, 0, 0, 0],
  ],
  [
    'a footnote taken out with its mark',
    (doc) => {
      body(doc).delete(mark, 1);
      doc.getMap('footnotes').delete('a');
    },
    ['-{"footnote":"a"}', 'a removed', 'a -See the survey.'],
    [0, 3, 0, 1],
  ],
  [
    'the title',
    (doc) => doc.getText('title').insert(11, ' at dawn'),
    ['title + at dawn'],
    [2, 0, 0, 0],
  ],
  [
    'a mark in the title',
    (doc) => doc.getText('title').format(0, 5, { bold: true }),
    ['title ~bold: none → true'],
    [0, 0, 1, 0],
  ],
  [
    'a link in the standfirst',
    (doc) => doc.getText('standfirst').format(0, 3, { link: 'https://example.org/s' }),
    ['standfirst ~link: none → https://example.org/s'],
    [0, 0, 1, 0],
  ],
  [
    'an embed in the title',
    (doc) => doc.getText('title').insertEmbed(0, { gadget: 1 }),
    ['title +{"gadget":1}'],
    [0, 0, 0, 1],
  ],
  [
    'the standfirst',
    (doc) => doc.getText('standfirst').delete(9, 4),
    ['standfirst -for '],
    [0, 1, 0, 0],
  ],
];

const kinds: LineKind[] = [
  { kind: 'paragraph' },
  { kind: 'heading', level: 2 },
  { kind: 'heading', level: 3 },
  { kind: 'thesis', id: 't' },
  { kind: 'thesis', id: 'u' },
  { kind: 'counterpoint', id: 'c' },
  { kind: 'counterpoint', id: 'c', answers: 't' },
  { kind: 'quote' },
  { kind: 'list', style: 'bullet', indent: 0 },
  { kind: 'list', style: 'bullet', indent: 2 },
  { kind: 'list', style: 'ordered', indent: 0 },
  { kind: 'code' },
];

const url = (pieceId: string, rest: string) => `/api/pieces/${pieceId}${rest}`;

/** A piece that Ann has written, and a version of it; Bob then changes it. */
async function changedPiece(edit: Edit, from: DocumentModel = start) {
  const pieceId = await server.piece(ann, { content: '' });
  await ann.call('PUT', url(pieceId, `/members/${bob.id}`), { role: 'writer' });
  await server.rooms.edit(pieceId, ann.id, (doc) => {
    for (const name of ['title', 'standfirst', 'body']) {
      doc.getText(name).delete(0, doc.getText(name).length);
    }
    writeDocument(doc, from);
  });
  const named = await ann.call('POST', url(pieceId, '/versions'), { name: 'First' });
  await server.rooms.edit(pieceId, bob.id, (doc) => doc.transact(() => edit(doc)));
  return { pieceId, versionId: named.json<Version>().id };
}

const documentOf = (pieceId: string) => server.rooms.read(pieceId, readDocument);

/** That each door tells the change, and that bringing the old back does what was shown. */
async function expectTold(edit: Edit, told: readonly string[], counts: Counts) {
  const { pieceId, versionId } = await changedPiece(edit);
  const [added, removed, formats, embeds] = counts;
  const get = (rest: string) => ann.call('GET', url(pieceId, rest));
  const diff = (await get(`/diff?from=${versionId}`)).json<Comparison>();
  expect(toldBy(diff)).toEqual(told);
  expect(diff).toMatchObject({ same: false, words: { added, removed }, formats, embeds });
  const html = (await get(`/diff?from=${versionId}&format=html`)).body;
  for (const words of told.map(inHtml)) expect(html).toContain(words);
  const { items } = (await get('/history')).json<{ items: Stretch[] }>();
  const [stretch] = items.filter(({ author }) => author?.id === bob.id);
  expect(stretch).toMatchObject({ added, removed, formats, embeds });
  return { pieceId, versionId };
}

async function expectRestored(pieceId: string, versionId: string, told: readonly string[]) {
  const restore = async (preview: boolean) =>
    (await ann.call('POST', `/api/versions/${versionId}/restore`, { preview })).json<{
      changes: Comparison;
      version: Version | null;
    }>();
  const shown = await restore(true);
  expect(toldBy(shown.changes).sort()).toEqual(turned(told).sort());
  const { changes, version } = await restore(false);
  expect(changes).toEqual(shown.changes);
  const { words, formats, embeds } = changes;
  expect(version?.changes).toMatchObject({ words, formats, embeds });
  const events = await ann.call('GET', url(pieceId, '/events'));
  const [event] = events.json<{ items: AuditEntry[] }>().items;
  expect(event).toMatchObject({
    kind: 'version.restored',
    data: { versionId, before: version?.id, changes: version?.changes },
  });
  expect(await documentOf(pieceId)).toEqual(start);
}

/** How the HTML has it. */
function inHtml(told: string): string {
  const at = told.search(/(^|(?<= ))[+~-]/);
  const words = told.slice(at + 1);
  if (at < 0) return `class="${told.split(' ').at(-1)}"`;
  if (told[at] === '~') return escapeHtml(words);
  const tag = told[at] === '+' ? 'ins' : 'del';
  const [, id] = /^{"footnote":"(.*)"}$/.exec(words) ?? [];
  if (id !== undefined) return `<${tag}><sup>${id}</sup></${tag}>`;
  if (words.startsWith('{'))
    return `<${tag}><span class="embed">${escapeHtml(words)}</span></${tag}>`;
  return `<${tag}>${words}</${tag}>`;
}

describe('S3 A change is told, with what was before, by diff (JSON and HTML), history, preview and record', () => {
  test.each([...looks, ...embeds, ...fields])('%s', async (_what, edit, told, counts) => {
    const { pieceId, versionId } = await expectTold(edit, told, counts);
    await expectRestored(pieceId, versionId, told);
  });

  test.each(unknown)('%s, which stays', async (_what, edit, told, counts) => {
    const { pieceId, versionId } = await expectTold(edit, told, counts);
    const before = await documentOf(pieceId);
    for (const preview of [true, false]) {
      const answer = await ann.call('POST', `/api/versions/${versionId}/restore`, { preview });
      expect(answer.json()).toMatchObject({
        restored: false,
        version: null,
        changes: { same: true },
      });
    }
    expect(await documentOf(pieceId)).toEqual(before);
  });
});

describe('S3 Each kind of line that becomes another', () => {
  test.each(kinds.map((kind) => [JSON.stringify(kind), kind] as const))(
    'from %s',
    async (_n, from) => {
      const others = kinds.filter((kind) => kind !== from);
      const line = (kind: LineKind, index: number): DocumentModel['body'] => [
        { insert: `Line ${index} here.` },
        { insert: '\n', attributes: kindAttributes(kind) },
      ];
      const body0 = normalDelta(others.flatMap((_kind, index) => line(from, index)));
      const before = { ...start, body: body0 };
      const { pieceId, versionId } = await changedPiece((doc) => {
        const names = Object.keys(kindAttributes(from));
        const none: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, null]));
        let at = -1;
        for (const [index, kind] of others.entries()) {
          at += `Line ${index} here.\n`.length;
          const attributes = { ...none, ...kindAttributes(kind) };
          body(doc).format(at, 1, attributes);
        }
      }, before);
      const diff = await ann.call('GET', url(pieceId, `/diff?from=${versionId}`));
      const { lines, formats } = diff.json<Comparison>();
      expect(formats).toBe(others.length);
      expect(lines.map(({ block }) => [block.before, block.after])).toMatchObject(
        others.map((kind) => [from, kind]),
      );
      expect(lines.every(({ change, restyled }) => change === 'changed' && restyled)).toBe(true);
      const html = (await ann.call('GET', url(pieceId, `/diff?from=${versionId}&format=html`)))
        .body;
      for (const kind of others) {
        if (kind.kind !== from.kind) {
          expect(html).toContain(`data-kind="${kind.kind}" data-kind-before="${from.kind}"`);
        }
      }
      const history = await ann.call('GET', url(pieceId, '/history'));
      const { items } = history.json<{ items: Stretch[] }>();
      const [stretch] = items.filter(({ author }) => author?.id === bob.id);
      expect(stretch).toMatchObject({ added: 0, removed: 0, formats: others.length });
      const path = `/api/versions/${versionId}/restore`;
      const preview = await ann.call('POST', path, { preview: true });
      const { changes } = preview.json<{ changes: Comparison }>();
      expect(changes.lines.map(({ block }) => [block.after, block.before])).toMatchObject(
        others.map((kind) => [from, kind]),
      );
      await ann.call('POST', path, {});
      expect(await documentOf(pieceId)).toEqual(before);
    },
  );
});

test('S3 a section that comes back brings its footnotes as they were, and shows them first', async () => {
  const section: DocumentModel = {
    ...start,
    body: [
      { insert: 'Lede.' },
      { insert: { footnote: 'b' } },
      { insert: '\nCosts' },
      { insert: '\n', attributes: { header: 2 } },
      { insert: 'Taxis cost more.' },
      { insert: { footnote: 'a' } },
      { insert: '\n' },
    ],
  };
  const { pieceId, versionId } = await changedPiece((doc) => {
    note(doc).insert(8, 'new ');
    note(doc, 'b').insert(0, 'Still: ');
  }, section);
  const restore = async (preview: boolean) =>
    (await ann.call('POST', `/api/versions/${versionId}/restore`, { section: 7, preview })).json<{
      changes: Comparison;
    }>().changes;
  expect(toldBy(await restore(true))).toEqual(['a -new ']);
  expect(toldBy(await restore(false))).toEqual(['a -new ']);
  const { footnotes } = await documentOf(pieceId);
  expect(footnotes).toEqual({
    a: start.footnotes['a'],
    b: [{ insert: 'Still: Nobody refers to it.' }],
  });
});
