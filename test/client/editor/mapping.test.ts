import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { docToDelta } from '../../../client/editor/mapping/from-prosemirror.ts';
import {
  flatLength,
  indexToPosition,
  lineAtIndex,
  positionToIndex,
} from '../../../client/editor/mapping/positions.ts';
import { applyDifference } from '../../../client/editor/binding/remote-changes.ts';
import { deltaToDoc } from '../../../client/editor/mapping/to-prosemirror.ts';
import { tokensBetween } from '../../../client/editor/binding/tokens.ts';
import { EditorState } from 'prosemirror-state';
import { normalDelta, type DeltaOp } from '../../../shared/document/index.ts';
import { bodyDelta } from '../../shared/arbitrary.ts';

const ended = (delta: readonly DeltaOp[]) => {
  const last = delta.at(-1)?.insert;
  return typeof last === 'string' && last.endsWith('\n');
};
const bodyLength = (delta: readonly DeltaOp[]) =>
  delta.reduce((sum, { insert }) => sum + (typeof insert === 'string' ? insert.length : 1), 0);

test('S1 a body becomes a document and the same body again, unknown attributes and embeds included', () => {
  fc.assert(
    fc.property(bodyDelta, (delta) => {
      const doc = deltaToDoc(delta);
      doc.check();
      expect(docToDelta(doc, ended(delta))).toEqual(delta);
      expect(deltaToDoc(docToDelta(doc, ended(delta))).eq(doc)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('an empty body is one empty paragraph, and so is a lone line break', () => {
  expect(deltaToDoc([]).toString()).toBe('doc(paragraph)');
  expect(deltaToDoc([{ insert: '\n' }]).toString()).toBe('doc(paragraph)');
  expect(deltaToDoc([{ insert: 'a\n' }]).toString()).toBe('doc(paragraph("a"))');
  expect(deltaToDoc([{ insert: 'a\nb' }]).toString()).toBe('doc(paragraph("a"), paragraph("b"))');
});

test('every index has one position and every position one index', () => {
  fc.assert(
    fc.property(bodyDelta, (delta) => {
      const doc = deltaToDoc(delta);
      const length = flatLength(doc);
      expect(length).toBe(bodyLength(delta) + (ended(delta) ? 0 : 1));
      const breaks = tokensBetween(doc, 0, length).map(({ key }) => key === '\n');
      let linesBefore = 0;
      for (let index = 0; index < length; index++) {
        const position = indexToPosition(doc, index);
        expect(position).toBe(index + linesBefore + 1);
        expect(positionToIndex(doc, position)).toBe(index);
        expect(lineAtIndex(doc, index).number).toBe(linesBefore);
        if (breaks[index]) linesBefore += 1;
      }
      expect(positionToIndex(doc, doc.content.size)).toBe(length);
      expect(() => lineAtIndex(doc, length)).toThrow(RangeError);
    }),
    { numRuns: 200 },
  );
});

test('any document is made of any other by the steps that a diff asks for', () => {
  fc.assert(
    fc.property(bodyDelta, bodyDelta, (first, second) => {
      const state = EditorState.create({ doc: deltaToDoc(first) });
      const target = deltaToDoc(second);
      expect(applyDifference(state.tr, target).doc.eq(target)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a shared type that somebody nested into the body is carried as JSON', () => {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  body.insertEmbed(0, new Y.Map([['a', 1]]));
  const raw = normalDelta([{ insert: { nested: { a: 1 } } }]);
  expect(docToDelta(deltaToDoc(raw), false)).toEqual(raw);
});
