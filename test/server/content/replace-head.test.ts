import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceDocument } from '../../../server/content/replace-document.ts';
import { replaceText } from '../../../server/pieces/replace-text.ts';
import {
  deltaText,
  headDelta,
  headFields,
  headSpans,
  newDocument,
  readDocument,
  readText,
  writeDocument,
  type DeltaOp,
} from '../../../shared/document/index.ts';
import { documentModel } from '../../shared/arbitrary.ts';

/** Each letter with its marks; embeds, which stay where Markdown names none, left out. */
const letters = (delta: readonly DeltaOp[]) =>
  headSpans(delta).flatMap((span) =>
    'text' in span ? span.text.split('').map((letter) => [letter, span.marks]) : [],
  );
const embeds = (delta: readonly DeltaOp[]) =>
  delta.flatMap(({ insert }) => (typeof insert === 'string' ? [] : [insert]));

test('S3 any title and standfirst that is put in place of another is read and looks as was wanted', () => {
  fc.assert(
    fc.property(documentModel, documentModel, (before, wanted) => {
      const doc = newDocument();
      writeDocument(doc, before);
      replaceDocument(doc, wanted, 'markdown');
      const after = readDocument(doc);
      for (const field of headFields) {
        const [old, young, now] = [before, wanted, after].map((one) => headDelta(one, field));
        if (young!.length === 0) expect(now).toEqual(old);
        else {
          // Breaks that other programs put there have no look.
          const marked = (delta: readonly DeltaOp[]) =>
            letters(delta).map(([letter, marks]) => (letter === ' ' ? ' ' : [letter, marks]));
          expect(marked(now!)).toEqual(marked(young!));
          const named = embeds(young!);
          expect(embeds(now!)).toEqual(named.length > 0 ? named : embeds(old!));
        }
      }
      const fields = headFields.map((field) => headDelta(after, field));
      replaceDocument(doc, wanted, 'markdown');
      expect(headFields.map((field) => headDelta(readDocument(doc), field))).toEqual(fields);
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('S3 words alone that are put in place of others leave every embed and each look that stays', () => {
  fc.assert(
    fc.property(documentModel, fc.string({ unit: 'binary', maxLength: 20 }), (model, words) => {
      const doc = newDocument();
      writeDocument(doc, model);
      const title = doc.getText('title');
      const before = readText(title);
      replaceText(title, words);
      expect(deltaText(readText(title))).toBe(words);
      expect(embeds(readText(title))).toEqual(embeds(before));
      const again = newDocument();
      writeDocument(again, model);
      replaceText(again.getText('title'), model.title);
      expect(readText(again.getText('title'))).toEqual(before);
    }),
    { numRuns: 300 },
  );
}, 60_000);
