import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  deltaText,
  headDelta,
  headOf,
  normalDelta,
  readDocument,
  withoutStrays,
  writeDocument,
  type DocumentModel,
  type HeadField,
} from '../../shared/document/index.ts';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';
import { deadline, rounds } from '../support/test-length.ts';
import { documentModel } from './arbitrary.ts';

const numRuns = rounds(120);

function importWorking(markdown: string): DocumentModel {
  const newId = () => {
    throw new Error('A working export names every id');
  };
  const { warnings, ...model } = importContent(markdown, 'markdown', { newId });
  expect(warnings.filter(({ what }) => what === 'title' || what === 'standfirst')).toEqual([]);
  return model;
}

/** What readers see of a document. */
function seenOf(model: DocumentModel): DocumentModel {
  const seen = (field: HeadField) => withoutStrays(headDelta(model, field));
  const { body, footnotes, meta } = model;
  const head = headOf({ title: seen('title'), standfirst: seen('standfirst') });
  return { ...head, body: withoutStrays(body), footnotes, ...(meta && { meta }) };
}

test(
  'import(export(working)) is the same document, whatever is in it',
  () => {
    fc.assert(
      fc.property(documentModel, (model) => {
        const written = exportMarkdown(model, { profile: 'working' });
        const read = importWorking(written);
        expect(read).toEqual(seenOf(model));
        expect(exportMarkdown(read, { profile: 'working' })).toBe(written);
      }),
      { numRuns },
    );
  },
  deadline(120_000),
);

test('a plain insert behind a heading, which takes its attribute over, exports as what it reads as', () => {
  const doc = new Y.Doc();
  const body = doc.getText('body');
  body.insert(0, 'Heading');
  body.insert(7, '\n', { header: 2 });
  body.insert(8, 'Every word\n');
  expect(body.toDelta()).toContainEqual({
    insert: expect.stringContaining('Every word') as string,
    attributes: { header: 2 },
  });
  body.format(body.length - 1, 1, { header: null });
  expect(exportMarkdown(doc, { profile: 'working' })).toBe('## Heading\n\nEvery word\n');
});

test(
  'the publish export of any document loses none of its text',
  () => {
    fc.assert(
      // Source in raw blocks is written as it is: what it reads as is for whoever publishes it.
      fc.property(documentModel.map(withoutRaw), (model) => {
        const found = importContent(
          exportMarkdown({ ...model, title: '', standfirst: '' }),
          'markdown',
          {
            newId: () => '',
          },
        );
        expect(visible(found.body)).toBe(visible(model.body));
      }),
      { numRuns: Math.ceil(numRuns / 3) },
    );
  },
  deadline(60_000),
);

function withoutRaw(model: DocumentModel): DocumentModel {
  const body = model.body.map(({ insert, attributes }) => ({
    ...{ insert, attributes: { ...attributes, raw: null } },
  }));
  return { ...model, body: normalDelta(body) };
}

/** The characters of a delta that are seen. NUL cannot be in Markdown and reads as U+FFFD. */
function visible(delta: DocumentModel['body']): string {
  return deltaText(delta)
    .replaceAll('\0', '\uFFFD')
    .replace(/[\s\uFEFF]/g, '');
}

test(
  'a document that went through Yjs exports to the same bytes',
  () => {
    fc.assert(
      fc.property(documentModel, (model) => {
        const doc = new Y.Doc();
        const before = structuredClone(model);
        writeDocument(doc, model);
        expect(model).toEqual(before);
        expect(readDocument(doc)).toEqual(model);
        const copy = new Y.Doc();
        Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
        for (const profile of ['working', 'publish'] as const) {
          const bytes = exportMarkdown(doc, { profile });
          expect(exportMarkdown(copy, { profile })).toBe(bytes);
        }
        expect(readDocument(copy)).toEqual(readDocument(doc));
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    );
  },
  deadline(60_000),
);
