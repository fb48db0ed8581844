import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDocuments, type Comparison } from '../../../shared/document/compare/index.ts';
import {
  headDelta,
  headOf,
  normalDelta,
  sameMeta,
  sameValue,
  type DocumentModel,
} from '../../../shared/document/index.ts';
import { bodyDelta, documentModel } from '../arbitrary.ts';
import { readSide } from './read-comparison.ts';

const seed = Number(process.env['SEED']) || Date.now() % 2 ** 31;
const runs = { seed, numRuns: 400 };

/** A document, and the same with one field of another: alike, as two states of a piece are. */
const related: fc.Arbitrary<readonly [DocumentModel, DocumentModel]> = fc
  .tuple(
    documentModel,
    documentModel,
    fc.constantFrom(
      'title' as const,
      'standfirst' as const,
      'footnotes' as const,
      'body' as const,
      'meta' as const,
    ),
  )
  .map(([one, other, field]) => {
    if (field === 'body' || field === 'footnotes') return [one, { ...one, [field]: other[field] }];
    if (field === 'meta') {
      const rest = { ...one };
      delete rest.meta;
      return [one, { ...rest, ...(other.meta && { meta: other.meta }) }];
    }
    const [title, standfirst] = [headDelta(one, 'title'), headDelta(one, 'standfirst')];
    const head = headOf({ title, standfirst, [field]: headDelta(other, field) });
    const { body, footnotes, meta } = one;
    return [one, { ...head, body, footnotes, ...(meta && { meta }) }];
  });

/** One line, word or look in a body is another. */
const edited: fc.Arbitrary<readonly [DocumentModel, DocumentModel]> = fc
  .tuple(documentModel, bodyDelta, fc.nat(), fc.nat())
  .map(([one, other, at, take]) => {
    const body = [...one.body];
    body.splice(at % (body.length + 1), 1, ...other.slice(0, take % 3));
    return [one, { ...one, body: normalDelta(body) }];
  });
const pairs = fc.oneof(fc.tuple(documentModel, documentModel), related, edited);

/** Whether anything in a comparison says that something was changed. */
function tellsNothing({ title, standfirst, lines, footnotes, meta }: Comparison): boolean {
  const texts = [title, standfirst, ...[...lines, ...footnotes].map(({ parts }) => parts)];
  return (
    [...lines, ...footnotes, ...meta].every(({ change }) => change === 'same') &&
    lines.every(({ restyled }) => !restyled) &&
    texts.flat().every(({ change, formats }) => change === 'same' && formats === undefined)
  );
}

describe('Of any two documents', () => {
  test('the comparison holds both, with every look: nothing that differs goes untold', () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const comparison = compareDocuments(before, after);
        expect(readSide(comparison, 'before')).toEqual(before);
        expect(readSide(comparison, 'after')).toEqual(after);
      }),
      runs,
    );
  });

  test('the comparison says “same” where they are equal, and only there', () => {
    fc.assert(
      fc.property(pairs, ([before, after]) => {
        const comparison = compareDocuments(before, after);
        expect(comparison.same).toBe(sameValue(before, after) && sameMeta(before.meta, after.meta));
        expect(tellsNothing(comparison)).toBe(comparison.same);
        const { words, formats, embeds } = comparison;
        if (comparison.same) expect({ words, formats, embeds }).toEqual(nothing);
      }),
      runs,
    );
    fc.assert(
      fc.property(documentModel, (one) => {
        expect(compareDocuments(one, structuredClone(one)).same).toBe(true);
      }),
      runs,
    );
  });
});

const nothing = { words: { added: 0, removed: 0 }, formats: 0, embeds: 0 };
