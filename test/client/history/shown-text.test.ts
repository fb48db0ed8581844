import { describe, expect, test } from 'vitest';
import { authorLooks } from '../../../client/pages/piece/history/changes/author-look.ts';
import {
  changedLines,
  sectionStarts,
  shownLines,
  type ShownLine,
} from '../../../client/pages/piece/history/changes/shown-text.ts';
import { wholeWords } from '../../../client/pages/piece/history/changes/whole-words.ts';
import { compareDocuments } from '../../../shared/document/compare/index.ts';
import type { DeltaOp } from '../../../shared/document/index.ts';

const model = (body: DeltaOp[]) => ({ title: '', standfirst: '', body, footnotes: {} });
const line = (text: string, attributes?: DeltaOp['attributes']): DeltaOp[] => [
  { insert: text },
  { insert: '\n', ...(attributes && { attributes }) },
];
const heading = { header: 2 };
const read = ({ parts }: ShownLine) =>
  parts.map((part) => {
    const text = 'text' in part ? part.text : '¶';
    return part.change === 'same' ? text : `${part.change === 'added' ? '+' : '-'}${text}`;
  });

describe('A shown text', () => {
  const text = model([
    { insert: 'Buses ' },
    { insert: 'pay', attributes: { bold: true } },
    { insert: ' well' },
    { insert: { footnote: 'a' } },
    { insert: '.\n' },
    ...line('Costs', heading),
  ]);

  test('is the whole text, with the looks of its words and where they end', () => {
    const [first, second] = shownLines(compareDocuments(text, text), []);
    expect(first && read(first)).toEqual(['Buses ', 'pay', ' well', '¶', '.']);
    expect(first?.parts[1]?.marks).toEqual({ bold: true });
    expect(second).toMatchObject({ kind: { kind: 'heading' }, before: 17, after: 17 });
  });

  test('is divided where its authors change', () => {
    const at = '2026-03-01T10:00:00.000Z';
    const authors = [
      { from: 0, to: 8, userId: 'ana', at },
      { from: 8, to: 22, userId: 'ben', at },
    ];
    const [first] = shownLines(compareDocuments(text, text), authors);
    expect(first && read(first)).toEqual(['Buses ', 'pa', 'y', ' well', '¶', '.']);
    expect(first?.parts.map(({ author }) => author?.userId)).toEqual([
      ...['ana', 'ana', 'ben', 'ben', 'ben', 'ben'],
    ]);
    const looks = [...authorLooks(authors, [{ id: 'ben', name: 'Ben' }]).values()];
    expect(looks.map(({ name, stroke }) => [name, stroke])).toEqual([
      ['', 'solid'],
      ['Ben', 'dashed'],
    ]);
  });

  test('has what was changed in it, by whole words, and the lines that are gone', () => {
    const before = model([...line('Not for those.'), ...line('Gone now.'), ...line('Stays.')]);
    const after = model([...line('Never for those.'), ...line('Stays.'), ...line('New.')]);
    const lines = shownLines(compareDocuments(before, after), []);
    expect(lines.map(read)).toEqual([
      ['-Not', '+Never', ' for those.'],
      ['-Gone now.'],
      ['Stays.'],
      ['+New.'],
    ]);
    expect(changedLines(lines)).toHaveLength(4);
    const many = Array.from({ length: 5 }, (_, i) => line(`Line ${i} stays.`)).flat();
    const long = shownLines(compareDocuments(model(many), model([...many, ...line('New.')])), []);
    expect(changedLines(long).map((one) => (one === 'gap' ? one : read(one)[0]))).toEqual([
      ...['gap', 'Line 4 stays.', '+New.'],
    ]);
  });

  test('offers each section of the text that is looked at, earlier or later, and the lede', () => {
    const old = model([...line('Lede.'), ...line('Costs', heading), ...line('Much.')]);
    const young = model([...line('Lede.'), ...line('Noise', heading), ...line('Little.')]);
    const lines = shownLines(compareDocuments(old, young), []);
    const starts = (side: 'before' | 'after') => [...sectionStarts(lines, side).values()];
    expect(starts('after')).toEqual([
      { at: 0, heading: null },
      { at: 6, heading: 'Noise' },
    ]);
    expect(starts('before')).toEqual([
      { at: 0, heading: null },
      { at: 6, heading: 'Costs' },
    ]);
    const only = model(line('Only this.'));
    const plain = shownLines(compareDocuments(only, only), []);
    expect(sectionStarts(plain, 'after').size).toBe(0);
  });
});

describe('Changes within words', () => {
  const changed = (...parts: [string, string][]) => {
    const names = { '=': 'same', '+': 'added', '-': 'removed' } as const;
    return wholeWords(parts.map(([sign, text]) => ({ change: names[sign as '='], text })))
      .map(({ change, text }) => `${change.at(0)}:${text}`)
      .join('|');
  };

  test('are changes of the whole words; words that are added beside stay as they are', () => {
    expect(changed(['=', 'N'], ['-', 'ot'], ['+', 'ever'], ['=', ' for'])).toBe(
      'r:Not|a:Never|s: for',
    );
    expect(changed(['=', 'cheap'], ['+', ' at night'], ['=', ', and'])).toBe(
      's:cheap|a: at night|s:, and',
    );
    expect(changed(['=', 'one bus'], ['+', 'es'], ['=', ' pay'])).toBe(
      's:one |r:bus|a:buses|s: pay',
    );
    expect(changed(['-', 'all of it'])).toBe('r:all of it');
  });
});
