import { describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { momentOf } from '../../../server/history/pack.ts';
import type { HistoryRow } from '../../../server/history/rows.ts';
import { pauseMs, stretchesOf } from '../../../server/history/stretches.ts';
import { compareDocuments } from '../../../shared/document/compare/index.ts';
import {
  newDocument,
  readDocument,
  readText,
  writeDocument,
  type DeltaOp,
} from '../../../shared/document/index.ts';
import { runSeed, seeded, type Random } from '../../support/random.ts';

type Edit = (doc: Y.Doc) => void;

const body: DeltaOp[] = [
  { insert: 'Buses ' },
  { insert: 'pay', attributes: { bold: true } },
  { insert: ', and ' },
  { insert: 'so they say', attributes: { link: 'https://example.org/a' } },
  { insert: { footnote: 'a' } },
  { insert: '.\nThey do.\n' },
  { insert: 'Costs' },
  { insert: '\n', attributes: { header: 2 } },
];
const before = {
  title: 'Night buses',
  standfirst: 'Who pays.',
  body,
  footnotes: { a: [{ insert: 'See the survey.' }] },
};

/** What each stretch has counted, where somebody does each of these after a pause. */
function counted(...edits: readonly Edit[]) {
  const doc = newDocument({ gc: false });
  const rows: HistoryRow[] = [];
  let at = 0;
  doc.on('update', (update: Uint8Array) => {
    rows.push({ seq: rows.length + 1, author: 'ann', at, update });
  });
  writeDocument(doc, before);
  for (const edit of edits) {
    at += pauseMs + 1;
    doc.transact(() => edit(doc));
  }
  const [, ...stretches] = stretchesOf(doc, rows.map(momentOf));
  return stretches.map(({ added, removed, formats, embeds }) => [added, removed, formats, embeds]);
}

const text = (doc: Y.Doc) => doc.getText('body');
const at = (doc: Y.Doc, words: string) =>
  readText(text(doc))
    .map(({ insert }) => (typeof insert === 'string' ? insert : '\ufffc'))
    .join('')
    .indexOf(words);
const format =
  (words: string, attributes: object): Edit =>
  (doc) =>
    text(doc).format(at(doc, words), words.length, attributes);
const note = (doc: Y.Doc) => doc.getMap('footnotes').get('a') as Y.Text;

describe('What a stretch counts', () => {
  test.each<[string, Edit, number[]]>([
    ['a mark put on', format('Buses', { italic: true }), [0, 0, 1, 0]],
    ['a mark taken off', format('pay', { bold: null }), [0, 0, 1, 0]],
    ['a mark over another', format('Buses pay', { italic: true }), [0, 0, 1, 0]],
    ['a link put on', format('They', { link: 'https://example.org/b' }), [0, 0, 1, 0]],
    ['a link elsewhere', format('so they say', { link: 'https://example.org/b' }), [0, 0, 1, 0]],
    ['a link taken off', format('so they say', { link: null }), [0, 0, 1, 0]],
    [
      'a paragraph made a heading',
      (doc) => text(doc).format(at(doc, '\nThey'), 1, { header: 3 }),
      [0, 0, 1, 0],
    ],
    [
      'a heading made a thesis',
      (doc) => text(doc).format(text(doc).length - 1, 1, { header: null, thesis: 't' }),
      [0, 0, 1, 0],
    ],
    ['an unknown attribute', format('They', { color: 'red' }), [0, 0, 1, 0]],
    ['a divider put in', (doc) => text(doc).insertEmbed(0, { divider: true }), [0, 0, 0, 1]],
    ['a footnote’s mark taken out', (doc) => text(doc).delete(at(doc, '\ufffc'), 1), [0, 0, 0, 1]],
    ['a word in a footnote', (doc) => note(doc).insert(8, 'long '), [1, 0, 0, 0]],
    ['a footnote taken out', (doc) => doc.getMap('footnotes').delete('a'), [0, 3, 0, 0]],
    ['a mark in a footnote', (doc) => note(doc).format(0, 3, { bold: true }), [0, 0, 1, 0]],
    ['the title', (doc) => doc.getText('title').insert(5, ' and day'), [2, 0, 0, 0]],
    ['the standfirst', (doc) => doc.getText('standfirst').delete(0, 10), [0, 2, 0, 0]],
    ['a bold new word', (doc) => text(doc).insert(0, 'Night ', { bold: true }), [1, 0, 0, 0]],
  ])('%s', (_what, edit, expected) => {
    expect(counted(edit)).toEqual([expected]);
  });

  test('a change of format is of who made it, not of who wrote the words or typed in them later', () => {
    expect(
      counted(
        (doc) => text(doc).insert(0, 'Old words here. '),
        format('Old words here', { bold: true }),
        (doc) => text(doc).insert(4, 'and new '),
        format('Old and', { bold: null }),
      ),
    ).toEqual([
      [3, 0, 0, 0],
      [0, 0, 1, 0],
      [2, 0, 0, 0],
      [0, 0, 1, 0],
    ]);
  });

  test('what came and went within a stretch counts for nothing', () => {
    expect(
      counted((doc) => {
        format('Buses', { italic: true })(doc);
        format('Buses', { italic: null })(doc);
        text(doc).insertEmbed(0, { divider: true });
        text(doc).delete(0, 1);
      }),
    ).toEqual([[0, 0, 0, 0]]);
  });

  test('whatever is formatted, it is as many changes as the comparison tells', () => {
    const seed = runSeed();
    const random = seeded(seed);
    for (let round = 0; round < 60; round++) {
      const doc = newDocument();
      writeDocument(doc, before);
      const edits = Array.from({ length: 1 + random.int(4) }, () => randomFormat(random));
      for (const edit of edits) edit(doc);
      const { formats, words } = compareDocuments(before, readDocument(doc));
      expect(words).toEqual({ added: 0, removed: 0 });
      const all: Edit = (one) => edits.forEach((edit) => edit(one));
      // What changes nothing is no stretch.
      const [stretch = [0, 0, 0, 0]] = counted(all);
      expect(stretch, `SEED=${seed}, round ${round}`).toEqual([0, 0, formats, 0]);
    }
  });
});

function randomFormat(random: Random): Edit {
  const from = random.int(20);
  const length = 1 + random.int(25);
  const [name, values] = random.pick([
    ['bold', [true, null]],
    ['italic', [true, null]],
    ['link', ['https://example.org/a', 'https://example.org/b', null]],
    ['color', ['red', null]],
  ] as const);
  const attributes = { [name]: random.pick<unknown>(values) };
  return (doc) => text(doc).format(from, length, attributes);
}
