import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionToIndex, sectionsOf, dropMove, stepMove } from '../../../client/editor/index.ts';
import { moveLines, planMove } from '../../../client/editor/sections/move-lines.ts';
import { authors, bodyOf, exchange, FakeEditor, linesOfDoc } from './fake-editor.ts';

const paragraph = (text: string) => [{ insert: `${text}\n` }];
const heading = (text: string, level = 2) => [
  { insert: text },
  { insert: '\n', attributes: { header: level } },
];

function editorOf(lines: readonly object[][], clientId?: number): FakeEditor {
  return new FakeEditor(bodyOf(lines.flat()), clientId === undefined ? {} : { clientId });
}

const sections = [
  paragraph('lede'),
  heading('A'),
  paragraph('a'),
  heading('A1', 3),
  paragraph('a1'),
  heading('B'),
  paragraph('b'),
  heading('C'),
  paragraph('c'),
];

describe('Moving lines', () => {
  test('gives the same order whichever stretch is taken out, as one edit that one undo takes back', () => {
    const cases = fc.record({
      count: fc.integer({ min: 1, max: 8 }),
      ended: fc.boolean(),
      move: fc.tuple(fc.nat(8), fc.nat(8), fc.nat(9)),
      busy: fc.array(fc.nat(8), { maxLength: 3 }),
      caret: fc.nat(40),
    });
    fc.assert(
      fc.property(cases, ({ count, ended, move: [one, other, to], busy, caret }) => {
        const texts = Array.from({ length: count }, (_, i) => `line ${i}`.repeat((i % 3) + 1));
        const delta = texts.flatMap((text) => paragraph(text));
        if (!ended) delta[delta.length - 1] = { insert: texts.at(-1)! };
        const editor = editorOf([delta]);
        const [first, last] = [Math.min(one, other) % count, Math.max(one, other) % count].sort(
          (a, b) => a - b,
        ) as [number, number];
        const before = to % (count + 1);
        editor.select(Math.min(caret, editor.body.length));
        const at = editor.state.selection.$head;
        const word = [at.parent.textContent, at.parentOffset];
        const positions = busy.map((line) => {
          let position = 1;
          for (let i = 0; i < line % count; i++) position += editor.state.doc.child(i).nodeSize;
          return position;
        });
        const moved = editor.run(moveLines({ first, last, before }, positions));
        const expected = [...texts];
        const cut = expected.splice(first, last - first + 1);
        const place = before > last ? before - cut.length : Math.min(before, first);
        if (before < first || before > last + 1) expected.splice(place, 0, ...cut);
        else expected.splice(first, 0, ...cut);
        expect(editor.state.doc.children.map((line) => line.textContent)).toEqual(expected);
        expect(moved).toBe(before < first || before > last + 1);
        const after = editor.state.selection.$head;
        expect([after.parent.textContent, after.parentOffset]).toEqual(word);
        if (moved) {
          expect(editor.history.undo()).toBe(true);
          expect(editor.history.canUndo).toBe(false);
          expect(editor.state.doc.children.map((line) => line.textContent)).toEqual(texts);
        }
        expect(editor.mismatches).toEqual([]);
        editor.destroy();
      }),
      { numRuns: 400 },
    );
  });

  test('what somebody else types into a section while it moves stays in the document', () => {
    for (const [typedAt, text] of [
      [7, 'into A'],
      [18, 'into B'],
    ] as const) {
      const mover = editorOf(sections, 1);
      const other = editorOf(sections, 2);
      other.body.insert(typedAt, text);
      const [a] = sectionsOf(mover.state.doc);
      mover.run(moveLines({ first: a!.first, last: a!.last, before: 7 }));
      exchange(mover, other);
      expect(mover.body.toDelta()).toEqual(other.body.toDelta());
      expect(mover.body.toJSON()).toContain(text);
      const written = authors(mover.body).filter(([, client]) => client === 2);
      expect(written.map(([letter]) => letter).join('')).toBe(text);
      expect([mover.mismatches, other.mismatches]).toEqual([[], []]);
      mover.destroy();
      other.destroy();
    }
  });

  test('the stretch in which somebody else has the caret is left in place, with its authors', () => {
    const mover = editorOf(sections, 1);
    const [a] = sectionsOf(mover.state.doc);
    let inside = 0;
    for (let i = 0; i <= a!.first; i++) inside += mover.state.doc.child(i).nodeSize;
    const at = positionToIndex(mover.state.doc, inside);
    expect(mover.body.toJSON().slice(at)).toMatch(/^a\n/);
    mover.run(moveLines({ first: a!.first, last: a!.last, before: 7 }, [inside + 1]));
    expect(linesOfDoc(mover.state.doc).map((line) => line.split(': ')[1])).toEqual([
      'lede',
      'B',
      'b',
      'A',
      'a',
      'A1',
      'a1',
      'C',
      'c',
    ]);
    const byMover = authors(mover.body).filter(([, client]) => client === 1);
    expect(
      byMover
        .map(([letter]) => letter)
        .join('')
        .replaceAll('\n', ''),
    ).toBe('Bb');
    mover.destroy();
  });

  test('of two that nobody is in, the smaller one is taken out', () => {
    const size = (line: number) => (line < 3 ? 10 : 1);
    expect(planMove({ first: 0, last: 2, before: 5 }, [], size)).toEqual({
      first: 3,
      last: 4,
      before: 0,
    });
    expect(planMove({ first: 3, last: 4, before: 0 }, [], size)).toEqual({
      first: 3,
      last: 4,
      before: 0,
    });
    expect(planMove({ first: 0, last: 2, before: 3 }, [], size)).toBeNull();
  });
});

describe('Sections', () => {
  const { doc } = editorOf(sections).state;
  const all = sectionsOf(doc);

  test('reach to the next heading of their level or above', () => {
    expect(all).toEqual([
      { level: 2, first: 1, last: 4 },
      { level: 3, first: 3, last: 4 },
      { level: 2, first: 5, last: 6 },
      { level: 2, first: 7, last: 8 },
    ]);
  });

  test('step over a neighbour of their level, and no further than their row', () => {
    expect(stepMove(all, 0, 1)).toEqual({ first: 1, last: 4, before: 7 });
    expect(stepMove(all, 0, -1)).toBeNull();
    expect(stepMove(all, 1, 1)).toBeNull();
    expect(stepMove(all, 2, -1)).toEqual({ first: 5, last: 6, before: 1 });
    expect(stepMove(all, 3, 1)).toBeNull();
  });

  test('are dropped where one of their level may begin', () => {
    expect(dropMove(all, 3, 0, 9)).toEqual({ first: 7, last: 8, before: 1 });
    // Before A1 would tear A apart: it comes behind all of A, before B.
    expect(dropMove(all, 3, 1, 9)).toEqual({ first: 7, last: 8, before: 5 });
    expect(dropMove(all, 1, null, 9)).toEqual({ first: 3, last: 4, before: 9 });
    expect(dropMove(all, 0, 1, 9)).toBeNull();
    expect(dropMove(all, 0, 2, 9)).toBeNull();
  });
});
