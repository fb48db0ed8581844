import { expect, test } from 'vitest';
import fc from 'fast-check';
import { countWords, readOutline } from '../../shared/document/index.ts';
import { importContent } from '../../shared/markdown/index.ts';
import { bodyDelta } from './arbitrary.ts';

const outline = (markdown: string) =>
  readOutline(importContent(markdown, 'markdown', { newId: () => 'new' }).body);

const piece = `
One two three.

:::thesis{#early}
In the lede.
:::

## First

:::thesis{#a}
Four words are here.

And a second paragraph.
:::

### Inner

:::counterpoint{#c1 answers=a}
No.
:::

## Second

:::counterpoint{#c2 answers=a}
Not at all.
:::

:::counterpoint{#c3 answers=gone}
What?
:::

:::counterpoint{#c4}
Whom?
:::
`;

test('an outline nests sections and finds the counterpoints of a thesis wherever they stand', () => {
  const { lede, sections, words } = outline(piece);
  expect(lede).toMatchObject({ words: 6, theses: [{ id: 'early', counterpoints: [] }] });
  expect(sections.map(({ heading, words }) => [heading, words])).toEqual([
    ['First', 11],
    ['Second', 6],
  ]);
  expect(sections[0]!.theses).toMatchObject([
    { id: 'a', words: 8, text: 'Four words are here.\nAnd a second paragraph.' },
  ]);
  expect(sections[0]!.theses[0]!.counterpoints.map(({ id }) => id)).toEqual(['c1', 'c2']);
  expect(sections[0]!.sections).toMatchObject([{ heading: 'Inner', level: 3, words: 2 }]);
  expect(words).toBe(23);
});

test('an outline says what is missing, in the order of the text', () => {
  expect(outline(piece).missing.map(({ code, id }) => [code, id])).toEqual([
    ['thesis_unanswered', 'early'],
    ['section_without_thesis', undefined],
    ['section_without_thesis', undefined],
    ['counterpoint_answers_unknown', 'c3'],
    ['counterpoint_without_thesis', 'c4'],
  ]);
});

test('of two theses with one id the first is answered, and the copy is named', () => {
  const copy = outline(
    ':::thesis{#a}\nx\n:::\n\np\n\n:::thesis{#a}\ny\n:::\n\n:::counterpoint{#c answers=a}\nz\n:::\n',
  );
  expect(copy.lede.theses.map(({ counterpoints }) => counterpoints.length)).toEqual([1, 0]);
  expect(copy.missing.map(({ code, id }) => [code, id])).toEqual([['id_duplicate', 'a']]);
});

test('an outline of any body counts each of its words once', () => {
  fc.assert(
    fc.property(bodyDelta, (delta) => {
      const { words, lede, sections } = readOutline(delta);
      expect(sections.reduce((sum, section) => sum + section.words, lede.words)).toBe(words);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['', 0],
  ['  \n ', 0],
  ['It’s a well-known “fact”, no?', 5],
  ['night—and day', 3],
  ['one – two … 3.5 %', 3],
  ['東京は夜です', 4],
])('%j has %i words', (text, words) => {
  expect(countWords(text)).toBe(words);
});

test('20,000 words are counted in well under 50 ms', () => {
  const text = 'The council’s “plan” was to wait, and to see. '.repeat(2000);
  countWords(text);
  const start = performance.now();
  expect(countWords(text)).toBe(18_000);
  expect(performance.now() - start).toBeLessThan(50);
});
