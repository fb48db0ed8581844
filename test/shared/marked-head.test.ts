import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { compareDocuments, summariseChanges } from '../../shared/document/compare/index.ts';
import { documentHtml } from '../../shared/document/render/html.ts';
import {
  deltaText,
  headDelta,
  headOf,
  readDocument,
  type DeltaOp,
  type DocumentModel,
} from '../../shared/document/index.ts';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';
import { documentModel } from './arbitrary.ts';

const bold = { bold: true };
const italic = { italic: true };
const link = { link: 'https://example.org/a_(b)' };

const modelOf = (title: DeltaOp[], standfirst: DeltaOp[] = []): DocumentModel => ({
  ...headOf({ title, standfirst }),
  ...{ body: [], footnotes: {} },
});
const read = (markdown: string) => importContent(markdown, 'markdown', { newId: () => 'new' });

const title: DeltaOp[] = [
  { insert: 'A ' },
  { insert: 'bold', attributes: bold },
  { insert: ' ' },
  { insert: 'title', attributes: link },
];
const standfirst: DeltaOp[] = [
  { insert: 'They rise ' },
  { insert: 'fast', attributes: italic },
  { insert: ', and ' },
  { insert: 'far', attributes: bold },
];

describe('the words of title and standfirst are strings, and their marks stand beside them', () => {
  test('only where they have any', () => {
    expect(modelOf([{ insert: 'Plain' }])).toEqual({
      ...{ title: 'Plain', standfirst: '', body: [], footnotes: {} },
    });
    const doc = new Y.Doc();
    doc.getText('title').applyDelta(structuredClone(title));
    expect(readDocument(doc)).toMatchObject({ title: 'A bold title', titleDelta: title });
    expect(readDocument(doc)).not.toHaveProperty('standfirstDelta');
  });

  test('who changes the string alone wins', () => {
    const edited = { ...modelOf(title), title: 'Another title' };
    expect(headDelta(edited, 'title')).toEqual([{ insert: 'Another title' }]);
    expect(exportMarkdown(edited)).toBe('# Another title\n');
  });
});

describe('Markdown of a title and standfirst with marks', () => {
  test('publish: the marks are in the heading; the standfirst is in italics, and what was so, upright', () => {
    expect(exportMarkdown(modelOf(title, standfirst))).toBe(
      '# A **bold** [title](https://example.org/a_(b))\n\n*They rise* fast, *and **far***\n',
    );
    const all = [{ insert: 'All of it', attributes: italic }];
    expect(exportMarkdown(modelOf([], all))).toBe('*All of it*\n');
    const quoted = [
      { insert: 'He said “' },
      { insert: 'no', attributes: italic },
      { insert: '”.' },
    ];
    expect(exportMarkdown(modelOf([], quoted))).toBe('*He said* “no”.\n');
  });

  test('publish: spaces that do not break stay, others are one', () => {
    const spaced = [{ insert: 'At\u00a0 12\u00a0Uhr  «\u202fNon\u202f»\u2003 ', attributes: bold }];
    expect(exportMarkdown(modelOf(spaced))).toBe('# **At\u00a0 12\u00a0Uhr «\u202fNon\u202f»**\n');
  });

  test('publish: an address that nobody is to follow is left out, the words are not', () => {
    const bad = [
      { insert: 'Read', attributes: { link: 'javascript:alert(1)' } },
      { insert: ' on' },
    ];
    expect(exportMarkdown(modelOf(bad))).toBe('# Read on\n');
    expect(exportMarkdown(modelOf(bad), { frontMatter: true })).toBe('---\ntitle: Read on\n---\n');
  });

  test('front matter has the plain words, and beside them those with marks', () => {
    const head =
      '---\ntitle: A bold title\n' +
      'titleMarkdown: "A **bold** [title](https://example.org/a_(b))"\n' +
      'standfirst: They rise fast, and far\n' +
      'standfirstMarkdown: "They rise *fast*, and **far**"\n---\n';
    const model = modelOf(title, standfirst);
    expect(exportMarkdown(model, { frontMatter: true })).toBe(head);
    expect(exportMarkdown(model, { profile: 'working' })).toBe(head);
    expect(read(head)).toEqual({ ...model, warnings: [] });
  });

  test('what Markdown has no form for is kept in the working profile as its delta', () => {
    const odd: DeltaOp[] = [
      { insert: 'A ' },
      { insert: 'red', attributes: { color: 'red' } },
      { insert: { image: 'x.png' } },
    ];
    const written = exportMarkdown(modelOf(odd), { profile: 'working' });
    expect(written).toContain('title: A red\ntitleDelta: "[{');
    expect(read(written)).toEqual({ ...modelOf(odd), warnings: [] });
    expect(exportMarkdown(modelOf(odd))).toBe('# A red\n');
    expect(exportMarkdown(modelOf(odd), { frontMatter: true })).toBe('---\ntitle: A red\n---\n');
  });

  test('who changes the plain title wins, and is told; nobody’s front matter is lost', () => {
    const edited = read('---\ntitle: Another\ntitleMarkdown: A **bold** title\n---\n');
    expect(edited).toMatchObject({ title: 'Another', body: [] });
    expect(edited).not.toHaveProperty('titleDelta');
    expect(edited.warnings.map(({ what }) => what)).toEqual(['title']);
    const alone = read('---\ntitleMarkdown: A **bold** title\n---\n');
    expect(alone.title).toBe('');
    expect(deltaText(alone.body)).toContain('titleMarkdown: "A **bold** title"');
  });

  test.each<[string, DeltaOp[]]>([
    ['# A **bold** [title](https://example.org/a_(b))', title],
    ['A *word*\n===', [{ insert: 'A ' }, { insert: 'word', attributes: italic }]],
    ['# Plain', [{ insert: 'Plain' }]],
    [
      '---\ntitle: A bold word\n---\n\n# A **bold** word',
      [{ insert: 'A ' }, { insert: 'bold', attributes: bold }, { insert: ' word' }],
    ],
    [
      '# Of **notes[^1]**\n\n[^1]: A note',
      [{ insert: 'Of ' }, { insert: 'notes[^1]', attributes: bold }],
    ],
  ])('a leading H1 comes in with its marks: %j', (markdown, wanted) => {
    const found = read(markdown);
    expect(headDelta(found, 'title')).toEqual(wanted);
    expect(found.body).toEqual([]);
  });

  test('no way out loses a word of title or standfirst, whatever is in them', () => {
    fc.assert(
      fc.property(documentModel, (model) => {
        const head = { ...model, body: [], footnotes: {} };
        const published = read(exportMarkdown({ ...head, standfirst: '' }));
        expect(visible(published.title)).toBe(visible(head.title));
        const below = read(exportMarkdown({ ...head, title: '' }));
        expect(visible(deltaText(below.body))).toBe(visible(head.standfirst));
        const fronted = read(exportMarkdown(head, { frontMatter: true }));
        expect(visible(fronted.title)).toBe(visible(head.title));
        expect(visible(fronted.standfirst)).toBe(visible(head.standfirst));
        expect(fronted.warnings).toEqual([]);
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});

/** NUL cannot be in Markdown and reads as U+FFFD. */
function visible(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replace(/[\s\uFEFF]/g, '');
}

test('HTML of a title and standfirst has their marks, and nothing of it is markup', () => {
  const unsafe: DeltaOp[] = [{ insert: '<b>', attributes: { link: 'javascript:alert(1)' } }];
  expect(documentHtml(modelOf([...title, ...unsafe], standfirst))).toBe(
    '<h1>A <strong>bold</strong> <a href="https://example.org/a_(b)">title</a>&lt;b&gt;</h1>\n' +
      '<p><em>They rise</em> fast, <em>and <strong>far</strong></em></p>',
  );
});

test.each(['title', 'standfirst'] as const)(
  'a change of marks or of a link in the %s is told as in the body',
  (field) => {
    const doc = (delta: DeltaOp[]) =>
      modelOf(...((field === 'title' ? [delta] : [[], delta]) as [DeltaOp[]]));
    const plain = doc([{ insert: 'A word' }]);
    const marked = doc([{ insert: 'A ' }, { insert: 'word', attributes: { ...bold, ...link } }]);
    const changes = compareDocuments(plain, marked);
    expect(changes[field]).toEqual([
      { change: 'same', text: 'A ' },
      {
        ...{ change: 'same', text: 'word', attributes: { ...bold, ...link } },
        formats: [
          { attribute: 'bold', before: null, after: true },
          { attribute: 'link', before: null, after: link.link },
        ],
      },
    ]);
    expect(changes).toMatchObject({ same: false, formats: 2 });
    expect(summariseChanges(changes)).toMatchObject({ [field]: true, formats: 2, lines: 0 });
  },
);
