import { EditorState, TextSelection } from 'prosemirror-state';
import { describe, expect, test } from 'vitest';
import { docToDelta } from '../../../../client/editor/mapping/from-prosemirror.ts';
import { indexToPosition, positionToIndex } from '../../../../client/editor/index.ts';
import { putLines } from '../../../../client/editor/pasting/put-lines.ts';
import { deltaToDoc } from '../../../../client/editor/mapping/to-prosemirror.ts';
import { localChanges } from '../../../../client/editor/binding/local-changes.ts';
import { readBlocks, type DeltaOp } from '../../../../shared/document/index.ts';

type Kind = keyof typeof kinds;
const kinds = {
  paragraph: {},
  heading: { header: 2 },
  minor: { header: 4 },
  quote: { blockquote: true },
  bullet: { list: 'bullet' },
  nested: { list: 'bullet', indent: 1 },
  number: { list: 'ordered' },
  thesis: { thesis: 't' },
  counterpoint: { counterpoint: 'c', answers: 't' },
  code: { 'code-block': true },
  html: { raw: 'html' },
};
const names = Object.keys(kinds) as Kind[];

/** "quote: some words". */
const delta = (lines: readonly string[]) =>
  lines.flatMap((line): DeltaOp[] => {
    const [, kind, text] = /^(\w+): ?(.*)$/.exec(line)!;
    const end = { insert: '\n', attributes: kinds[kind as Kind] };
    if (text === '---') return [{ insert: { divider: true } }, end];
    return text === '' ? [end] : [{ insert: text! }, end];
  });
const nodes = (lines: readonly string[]) => {
  const found = deltaToDoc(delta(lines));
  return found.content.content.slice();
};
const said = (ops: readonly unknown[]) =>
  readBlocks(ops).map((line) => {
    const kind = names.find(
      (name) => JSON.stringify(sorted(kinds[name])) === JSON.stringify(sorted(line.attributes)),
    );
    const text = line.spans.map((span) => ('text' in span ? span.text : '---')).join('');
    return `${kind ?? JSON.stringify(line.attributes)}: ${text}`;
  });
const sorted = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));

/** Lines with "[" and "]" around what is selected, or "|" at the caret; the same of the result. */
function paste(into: readonly string[], pasted: readonly string[]) {
  const marked = into.map((line) => line.replace('|', '[]'));
  const doc = deltaToDoc(delta(marked.map((line) => line.replace(/[[\]]/g, ''))));
  const flat = marked.map((line) => line.replace(/^\w+: ?/, '')).join('\n');
  const from = indexToPosition(doc, flat.indexOf('['));
  const to = indexToPosition(doc, flat.replace('[', '').indexOf(']'));
  const state = EditorState.create({ doc, selection: TextSelection.create(doc, from, to) });
  const tr = putLines(state.tr, { from, to }, nodes(pasted));
  const caret = positionToIndex(tr.doc, tr.selection.head);
  const steps = tr.steps.map((step, i) => ({
    step,
    before: tr.docs[i]!,
    after: tr.docs[i + 1] ?? tr.doc,
  }));
  tr.doc.check();
  const text = readBlocks(docToDelta(tr.doc))
    .map(({ spans }) => spans.map((span) => ('text' in span ? span.text : '-')).join(''))
    .join('\n');
  return {
    lines: said(docToDelta(tr.doc)),
    caret: text.slice(0, caret).split('\n').at(-1),
    ops: localChanges(steps, true),
  };
}

const special = names.filter((name) => name !== 'paragraph' && name !== 'code' && name !== 'html');

describe('One pasted line goes into the line with the caret, which stays what it is', () => {
  const places = [
    ['', '|', 'W'],
    ['the start of', '|ab', 'Wab'],
    ['the middle of', 'a|b', 'aWb'],
    ['the end of', 'ab|', 'abW'],
    ['over words of', 'a[b]c', 'aWc'],
    ['over all of', '[ab]', 'W'],
  ] as const;
  for (const target of special) {
    for (const [place, before, after] of places) {
      test(`${place} a ${target}`, () => {
        for (const pasted of names) {
          const { lines, caret } = paste(
            ['paragraph: x', `${target}: ${before}`, 'paragraph: y'],
            [`${pasted}: W`],
          );
          expect(lines, pasted).toEqual(['paragraph: x', `${target}: ${after}`, 'paragraph: y']);
          expect(caret, pasted).toBe(after.slice(0, after.indexOf('W') + 1));
        }
      });
    }
  }

  test('an empty paragraph becomes what was pasted, one with words does not', () => {
    for (const pasted of names) {
      expect(paste(['paragraph: |'], [`${pasted}: W`]).lines).toEqual([`${pasted}: W`]);
      expect(paste(['paragraph: a|b'], [`${pasted}: W`]).lines).toEqual(['paragraph: aWb']);
    }
  });

  test('over words of two lines, which become one of the first one’s kind', () => {
    expect(paste(['thesis: a[b', 'quote: c]d'], ['paragraph: W']).lines).toEqual(['thesis: aWd']);
  });
});

describe('Of several pasted lines', () => {
  const text = ['paragraph: P', 'paragraph: Q', 'paragraph: R'];

  test.each(['thesis', 'counterpoint', 'quote', 'bullet', 'nested', 'number'] as const)(
    'paragraphs become lines of a %s, and its second half stays what it was',
    (kind) => {
      const of = (lines: string[]) => lines.map((line) => `${kind}: ${line}`);
      expect(paste([`${kind}: |`], text).lines).toEqual(of(['P', 'Q', 'R']));
      expect(paste([`${kind}: a|`], text).lines).toEqual(of(['aP', 'Q', 'R']));
      expect(paste([`${kind}: |b`], text).lines).toEqual(of(['P', 'Q', 'Rb']));
      const { lines, caret } = paste([`${kind}: a|b`], text);
      expect(lines).toEqual(of(['aP', 'Q', 'Rb']));
      expect(caret).toBe('R');
    },
  );

  test('the first goes into a heading, the others are paragraphs, and the second half stays one', () => {
    expect(paste(['heading: |'], text).lines).toEqual([
      'heading: P',
      'paragraph: Q',
      'paragraph: R',
    ]);
    const { lines, caret } = paste(['heading: a|b'], text);
    expect(lines).toEqual(['heading: aP', 'paragraph: Q', 'paragraph: R', 'heading: b']);
    expect(caret).toBe('R');
  });

  test('a block of another kind keeps its kind, and the words around it theirs and their id', () => {
    for (const target of ['paragraph', ...special] as const) {
      for (const pasted of ['heading', 'quote', 'bullet', 'code', 'minor'] as const) {
        const block = [`${pasted}: P`, `${pasted}: Q`];
        if (target === pasted || (target === 'number' && pasted === 'bullet')) continue;
        if (target === 'nested' && pasted === 'bullet') continue;
        expect(paste([`${target}: a|b`], block).lines, `${pasted} into ${target}`).toEqual([
          `${target}: a`,
          ...block,
          `${target}: b`,
        ]);
      }
    }
  });

  test('an empty paragraph becomes the first of them', () => {
    const article = ['heading: H', 'paragraph: P', 'bullet: x', 'nested: y', 'paragraph: ---'];
    expect(paste(['paragraph: |'], article).lines).toEqual(article);
    expect(paste(['paragraph: o', 'paragraph: |'], article).lines.slice(1)).toEqual(article);
  });

  test('a heading goes into an empty bullet, quote or thesis', () => {
    expect(paste(['thesis: |'], ['heading: H', 'paragraph: P']).lines[0]).toBe('thesis: H');
    expect(paste(['bullet: |'], ['heading: H', 'quote: P']).lines).toEqual([
      'bullet: H',
      'quote: P',
    ]);
  });

  test('items go on from the item that they are pasted into', () => {
    expect(paste(['nested: a|'], ['bullet: x', 'nested: y']).lines).toEqual([
      'nested: ax',
      '{"indent":2,"list":"bullet"}: y',
    ]);
  });

  test('all keep their kinds where whole lines are replaced', () => {
    const article = ['heading: H', 'paragraph: P'];
    expect(paste(['quote: [a', 'thesis: b]'], article).lines).toEqual(article);
    expect(
      paste(['heading: [a', 'paragraph: b]', 'quote: c'], ['paragraph: P', 'minor: Q']).lines,
    ).toEqual(['paragraph: P', 'minor: Q', 'quote: c']);
  });

  test('words before and behind a selection of two lines keep the kinds that they had', () => {
    expect(paste(['thesis: a[b', 'quote: c]d'], ['heading: H', 'minor: I']).lines).toEqual([
      'thesis: a',
      'heading: H',
      'minor: I',
      'quote: d',
    ]);
  });

  test('a divider has a line of its own', () => {
    expect(paste(['thesis: a|b'], ['paragraph: ---']).lines).toEqual([
      'thesis: a',
      'paragraph: ---',
      'thesis: b',
    ]);
    expect(paste(['paragraph: |'], ['paragraph: ---']).lines).toEqual(['paragraph: ---']);
  });

  test('everything is code in code', () => {
    expect(paste(['code: a|b'], ['heading: H', 'bullet: x']).lines).toEqual([
      'code: aH',
      'code: xb',
    ]);
    expect(paste(['code: |'], ['heading: H']).lines).toEqual(['code: H']);
    expect(paste(['html: a|b'], ['code: H', 'bullet: x']).lines).toEqual(['html: aH', 'html: xb']);
  });
});

test('Pasting takes no letter out that was not selected: S1', () => {
  for (const target of names) {
    for (const into of ['|', 'a|', '|b', 'a|b']) {
      for (const pasted of [
        ['heading: H', 'quote: Q'],
        ['paragraph: P', 'paragraph: Q'],
        ['bullet: x'],
      ]) {
        const { ops } = paste(['paragraph: x', `${target}: ${into}`, 'quote: y'], pasted);
        expect(
          ops.filter(({ kind }) => kind === 'delete'),
          `${target} ${into}`,
        ).toEqual([]);
      }
    }
  }
});
