import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeltaOp, DocumentModel } from '../../shared/document/index.ts';
import { noteField, noteOf, type Field } from '../../shared/document/fields.ts';
import { exportMarkdown, type ExportNote } from '../../shared/markdown/index.ts';
import { documentModel } from './arbitrary.ts';

const modelOf = (body: DeltaOp[]): DocumentModel => ({
  title: '',
  standfirst: '',
  body,
  footnotes: {},
});
const model = modelOf([
  { insert: 'Head' },
  { insert: '\n', attributes: { header: 2 } },
  { insert: 'Night ' },
  { insert: 'buses pay', attributes: { bold: true } },
  { insert: ' for themselves.\n' },
  { insert: 'It is *cheap*.' },
  { insert: '\n', attributes: { thesis: 't' } },
]);
const text = model.body.map(({ insert }) => insert as string).join('');

function note(quote: string, more: Partial<ExportNote> = {}): ExportNote {
  const from = text.indexOf(quote);
  return {
    field: 'body',
    position: { from, to: from + quote.length },
    quote,
    replacement: null,
    comments: [],
    ...more,
  };
}

const written = (...notes: ExportNote[]) => exportMarkdown(model, { profile: 'working', notes });
const said = (body: string, author = 'Ann') => ({ comments: [{ author, body }] });

describe('a working export has open threads as CriticMarkup', () => {
  const plain = exportMarkdown(model, { profile: 'working' });

  test('a comment: the passage and who says what, one line each', () => {
    const comments = [
      { author: 'Ann', body: 'Do they?\n\nReally?' },
      { author: 'Bob', body: 'Yes <<} no' },
    ];
    expect(written(note('themselves', { comments }))).toBe(
      plain.replace(
        'themselves',
        '{==themselves==}{>>Ann: Do they? Really?<<}{>>Bob: Yes <<\\} no<<}',
      ),
    );
  });

  test('a suggestion: what is there and what should be', () => {
    expect(written(note('themselves', { replacement: 'the *city*' }))).toBe(
      plain.replace('themselves', '{~~themselves~>the \\*city\\*~~}'),
    );
    expect(written(note(' for themselves', { replacement: '', ...said('x') }))).toBe(
      plain.replace(' for themselves', '{-- for themselves--}{>>Ann: x<<}'),
    );
    const at = text.indexOf(' for');
    expect(written(note('', { position: { from: at, to: at }, replacement: ' soon' }))).toBe(
      plain.replace('** for', '**{++ soon++} for'),
    );
  });

  test('over several blocks: in each of them', () => {
    expect(written(note('themselves.\nIt', said('x')))).toBe(
      plain.replace('themselves.', '{==themselves.==}').replace('It is', '{==It==}{>>Ann: x<<} is'),
    );
    expect(written(note('Head\nNight', { replacement: 'One\nTwo' }))).toBe(
      plain.replace('Head', '{--Head--}').replace('Night', '{--Night--}{++One\n\nTwo++}'),
    );
  });

  test('across looks, within one another, and at the same place', () => {
    expect(
      written(note('buses'), note('Night buses', said('outer')), note('buses', said('b', 'Bob'))),
    ).toBe(
      plain.replace(
        'Night **buses pay**',
        '{==Night **{=={==buses==}==}{>>Bob: b<<}==}{>>Ann: outer<<} pay**',
      ),
    );
    expect(written(note('Night '), note('buses'))).toContain('{==Night ==}**{==buses==} pay**');
  });

  test('what has lost its passage: at the end, with its quote', () => {
    const gone = { position: null };
    const notes = [
      { ...note('no *more*\nof it', said('where?')), ...gone },
      { ...note('old', { replacement: 'new' }), ...gone },
      { ...note('', { replacement: 'added' }), ...gone },
    ];
    expect(written(...notes)).toBe(
      `${plain}\n{>>These notes have lost their passage.<<}\n\n{==no \\*more\\* of it==}{>>Ann: where?<<}\n\n{~~old~>new~~}\n\n{++added++}\n`,
    );
  });

  test('in a block that is written as data: behind it, and the data stays whole', () => {
    const odd = modelOf([{ insert: 'Odd' }, { insert: '\n', attributes: { align: 'left' } }]);
    const notes = [{ ...note('Odd', said('x')), position: { from: 0, to: 3 } }];
    expect(exportMarkdown(odd, { profile: 'working', notes })).toBe(
      `${exportMarkdown(odd, { profile: 'working' })}\n{>>Ann: x<<}\n`,
    );
  });

  test('in publish: not at all', () => {
    const options = { profile: 'publish' as const };
    expect(exportMarkdown(model, { ...options, notes: [note('Night', said('x'))] })).toBe(
      exportMarkdown(model, options),
    );
  });
});

function lengthIn(model: DocumentModel, field: Field): number {
  if (field === 'title' || field === 'standfirst') return model[field].length;
  const delta = field === 'body' ? model.body : model.footnotes[noteOf(field)!]!;
  const lengths = delta.map(({ insert }) => (typeof insert === 'string' ? insert.length : 1));
  return lengths.reduce((sum, length) => sum + length, 0);
}

test('whatever the document, without its notes it is the same export', () => {
  const places = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 30 }), fc.boolean()), { maxLength: 6 });
  fc.assert(
    fc.property(documentModel, places, (any, list) => {
      const footnotes = Object.keys(any.footnotes).map(noteField);
      const fields: Field[] = ['body', 'body', 'title', 'standfirst', ...footnotes];
      const notes = list.map(([at, size, suggests], i): ExportNote => {
        const field = fields[at % fields.length]!;
        const length = lengthIn(any, field);
        const from = at % (length + 1);
        const position = { from, to: Math.min(length, from + size) };
        const replacement = suggests || position.from === position.to ? `R${i}R` : null;
        return {
          field,
          position,
          quote: '',
          replacement,
          comments: [{ author: `A${i}A`, body: `B${i}B` }],
        };
      });
      const noted = exportMarkdown(any, { profile: 'working', notes });
      for (let i = 0; i < notes.length; i++) {
        expect(noted.split(`{>>A${i}A: B${i}B<<}`).length, noted).toBe(2);
      }
      expect(noted).not.toMatch(/[\u{F0000}-\u{10FFFD}]/u);
      // What looks like a note in the text itself is escaped beside notes.
      const plain = exportMarkdown(any, { profile: 'working' });
      if (/[{}]|~>/.test(plain)) return;
      expect(exportMarkdown(any, { profile: 'working', notes: [] })).toBe(plain);
    }),
  );
});

test('characters for private use that the text has are left alone', () => {
  const own = modelOf([{ insert: 'a\u{F0000}b\u{F0001}\n' }]);
  const notes = [{ ...note(''), position: { from: 0, to: 1 } }];
  expect(exportMarkdown(own, { profile: 'working', notes })).toBe('{==a==}\u{F0000}b\u{F0001}\n');
});
