import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeltaOp, DocumentModel } from '../../shared/document/index.ts';
import { exportMarkdown, importContent, type ExportNote } from '../../shared/markdown/index.ts';

const modelOf = (body: DeltaOp[]): DocumentModel => ({
  title: '',
  standfirst: '',
  body,
  footnotes: {},
});

/** All that CriticMarkup is made of. */
const signs = ['{++', '++}', '{--', '--}', '{~~', '~>', '~~}', '{==', '==}', '{>>', '<<}'] as const;

/** What a reader of CriticMarkup, which knows no Markdown, finds in a text. */
const critic = /\{\+\+[^]*?\+\+\}|\{--[^]*?--\}|\{~~[^]*?~>[^]*?~~\}|\{==[^]*?==\}|\{>>[^]*?<<\}/gu;

const bodyOf = (markdown: string) =>
  importContent(markdown, 'markdown', { newId: () => 'new' }).body;

describe('CriticMarkup in a text comes out of a working export as text', () => {
  test.each(signs)('%s', (sign) => {
    for (const around of [`a ${sign} b`, sign, `x${sign}${sign}y`, `**${sign}`]) {
      const body = [{ insert: `${around}\n` }];
      const written = exportMarkdown(modelOf(body), { profile: 'working', notes: [] });
      expect(written).not.toContain(sign);
      expect(bodyOf(written), written).toEqual(body);
    }
  });

  test.each(signs)('%s in title and standfirst', (sign) => {
    for (const text of [`a ${sign} b`, sign, `x${sign}${sign}y`, `"${sign}\\${sign}`]) {
      const head = { title: text, standfirst: text };
      const model = { ...modelOf([{ insert: 'Words.\n' }]), ...head };
      const written = exportMarkdown(model, { profile: 'working', notes: [] });
      expect(written).not.toContain(sign);
      const back = importContent(written, 'markdown', { newId: () => 'new' });
      expect({ title: back.title, standfirst: back.standfirst }).toEqual(head);
    }
  });

  test('whatever is put together of them, marked as it may be, with and without a note around', () => {
    const piece = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<string>(...signs) },
      {
        weight: 2,
        arbitrary: fc.constantFrom('word', ' ', '{', '}', '+', '-', '~', '=', '<', '>'),
      },
      { weight: 1, arbitrary: fc.constantFrom('\\', '*', '_', '`', '\n') },
    );
    const looks = fc.constantFrom({}, {}, { bold: true }, { italic: true }, { strike: true });
    const ops = fc.array(fc.tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), looks), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(ops, (list) => {
        const body: DeltaOp[] = list.flatMap(([pieces, attributes]) =>
          pieces
            .join('')
            .split(/(\n)/)
            .filter((part) => part !== '')
            .map((part) => (part === '\n' ? { insert: part } : { insert: part, attributes })),
        );
        const model = modelOf([...body, { insert: '\n' }]);
        const plain = bodyOf(exportMarkdown(model, { profile: 'working' }));
        const written = exportMarkdown(model, { profile: 'working', notes: [] });
        expect(written.match(critic), written).toBeNull();
        expect(bodyOf(written), written).toEqual(plain);
        const length = body.reduce((sum, { insert }) => sum + (insert as string).length, 0);
        const note: ExportNote = {
          ...{ field: 'body', position: { from: length, to: length }, quote: '' },
          ...{ replacement: null, comments: [{ author: 'A', body: 'B {>>C<<} {++D++}' }] },
        };
        const noted = exportMarkdown(model, { profile: 'working', notes: [note] });
        const found = (noted.match(critic) ?? []).filter((each) => each !== '{++++}');
        expect(found, noted).toEqual(['{>>A: B {\\>>C<<\\} {\\++D++\\}<<}']);
      }),
      { numRuns: 500 },
    );
  });

  test('in code it stays as it is', () => {
    const body = [{ insert: 'a {++b', attributes: { code: true } }, { insert: '\n' }];
    const written = exportMarkdown(modelOf(body), { profile: 'working', notes: [] });
    expect(written).toBe('`a {++b`\n');
  });
});
