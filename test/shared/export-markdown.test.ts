import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  deltaText,
  readDocument,
  writeDocument,
  type DocumentModel,
} from '../../shared/document/index.ts';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';

const sample = readFileSync(new URL('../../server/sample/sample.md', import.meta.url), 'utf8');
const read = (markdown: string) => importContent(markdown, 'markdown', { newId: () => 'new' });
const readModel = (markdown: string): DocumentModel => {
  const { title, standfirst, body, footnotes } = read(markdown);
  return { title, standfirst, body, footnotes };
};
const modelOf = (body: DocumentModel['body']): DocumentModel => ({
  ...{ title: '', standfirst: '', footnotes: {} },
  body,
});

test('the sample piece is written as the working profile writes it', () => {
  const imported = read(sample);
  expect(imported.warnings).toEqual([]);
  expect(exportMarkdown(imported, { profile: 'working' })).toBe(sample);
});

test('publish is clean CommonMark: no ids, no directives, footnotes in the order of their use', () => {
  const markdown = `---
title: A *title*
standfirst: Why “it” matters
---

Lede[^late].

## Head

:::thesis{#a}
One

Two[^early]
:::

:::counterpoint{#c answers=a}
But **no**.
:::

[^early]: E

[^late]: L

[^unused]: U
`;
  expect(exportMarkdown(read(markdown))).toBe(`# A \\*title\\*

*Why “it” matters*

Lede[^1].

## Head

One

Two[^2]

But **no**.

[^1]: L

[^2]: E
`);
  expect(exportMarkdown(read(markdown), { frontMatter: true })).toMatch(
    /^---\ntitle: "A \*title\*"\nstandfirst: Why “it” matters\n---\n\nLede/,
  );
});

test('publish leaves out what shows nothing, and never a word', () => {
  const markdown = exportMarkdown(
    modelOf([
      { insert: 'bold ', attributes: { bold: true } },
      { insert: 'next' },
      { insert: { poll: 1 } },
      { insert: { footnote: 'gone' } },
      { insert: '\n\n' },
      { insert: 'before' },
      { insert: { divider: true } },
      { insert: 'after', attributes: { color: 'red' } },
      { insert: '\n' },
      { insert: '\n', attributes: { list: 'bullet' } },
    ]),
  );
  expect(markdown).toBe('**bold** next\n\nbefore\n\n***\n\nafter\n');
});

test('emphasis that CommonMark cannot write goes before a word does', () => {
  const markdown = exportMarkdown(
    modelOf([
      { insert: 'a', attributes: { bold: true } },
      { insert: 'b', attributes: { bold: true, italic: true } },
      { insert: 'c', attributes: { italic: true } },
      { insert: '\n' },
    ]),
  );
  expect(deltaText(read(markdown).body)).toBe('abc\n');
});

test('a line full of signs or stretches is written in bounded time, with all of its words', () => {
  const stretches = Array.from({ length: 4000 }, (_, i) => ({
    insert: `w${i}`,
    ...(i % 2 === 0 && { attributes: { bold: true } }),
  }));
  const model = modelOf([{ insert: '**a*'.repeat(10_000) }, { insert: '\n' }, ...stretches]);
  const start = process.cpuUsage().user;
  for (const profile of ['publish', 'working'] as const) {
    expect(deltaText(read(exportMarkdown(model, { profile })).body).trim()).toBe(
      deltaText(model.body),
    );
  }
  expect((process.cpuUsage().user - start) / 1e6).toBeLessThan(10);
});

test('what Markdown has no form for is carried in the working profile', () => {
  const body = [
    { insert: 'a', attributes: { color: 'red' } },
    { insert: { poll: { id: 7 } } },
    { insert: '\n', attributes: { header: 2, thesis: 'x' } },
  ];
  const markdown = exportMarkdown(modelOf(body), { profile: 'working' });
  expect(read(markdown)).toMatchObject({ body, warnings: [] });
});

test('a code block that only looks like a carried delta stays code', () => {
  const { body, warnings } = read('```counterpoint-delta\nnot JSON\n```');
  expect(body).toEqual([
    { insert: 'not JSON' },
    { insert: '\n', attributes: { 'code-block': true } },
  ]);
  expect(warnings.map(({ what }) => what)).toEqual(['code language']);
});

test('a document is written and read back as it was, and only into an empty one', () => {
  const model = readModel(sample);
  const doc = new Y.Doc();
  let updates = 0;
  doc.on('update', () => (updates += 1));
  writeDocument(doc, model);
  expect(updates).toBe(1);
  expect(readDocument(doc)).toEqual(model);
  expect(() => writeDocument(doc, model)).toThrow(RangeError);
});

test('a piece of 5,000 words is exported in well under 100 ms', () => {
  const model = readModel(sample);
  const long = { ...model, body: Array(5).fill(model.body).flat() as DocumentModel['body'] };
  for (let i = 0; i < 5; i += 1) exportMarkdown(long);
  // CPU time, so that a busy machine does not fail it.
  const start = process.cpuUsage();
  exportMarkdown(long);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(100);
});

test('white space around something that publish leaves out does not become code', () => {
  const body = [
    { insert: '  ' },
    { insert: { footnote: 'undefined' } },
    { insert: '\t*' },
    { insert: '\n', attributes: { blockquote: true } },
  ];
  expect(deltaText(read(exportMarkdown(modelOf(body))).body).trim()).toBe('*');
});

test('code of nothing but spaces at the start of a line is kept, and makes no code of what follows', () => {
  const space = { insert: '  ', attributes: { bold: true, code: true, strike: true } };
  const item = { insert: '\n', attributes: { indent: 1, list: 'bullet' } };
  const markdown = exportMarkdown(modelOf([space, { insert: '  *' }, item]));
  expect(markdown).toBe('- - **~~`  `~~**  *\n');
  expect(read(markdown).body).toEqual([space, { insert: '  *' }, item]);
});

test('where a line goes without its emphasis, spaces of several stretches do not become code', () => {
  const stretches = Array.from({ length: 301 }, (_, i) => ({
    insert: i < 2 ? '  ' : `*${i}`,
    attributes: { [i % 2 ? 'code' : 'italic']: true },
  }));
  const markdown = exportMarkdown(modelOf([...stretches, { insert: '\n' }]));
  expect(deltaText(read(markdown).body).trim()).toBe(
    stretches
      .map(({ insert }) => insert)
      .join('')
      .trim(),
  );
});
