import { afterAll, describe, expect, test } from 'vitest';
import { deltaText } from '../../../../shared/document/index.ts';
import { exportMarkdown } from '../../../../shared/markdown/index.ts';
import { importMarkdown } from '../../../../shared/markdown/import/import-markdown.ts';
import { importText } from '../../../../shared/markdown/import/import-text.ts';
import { bodyOf, FakeEditor } from '../fake-editor.ts';

/** What people write, with signs in it that mean something to Markdown. */
const sentences = [
  // Dates and ordinals
  ...[
    '12. Mai 2024',
    '31. Dezember: Silvester',
    '3. Oktober',
    '2. Bundesliga',
    '4) und 5) entfallen.',
  ],
  ...['Am 1. Mai und am 2. Juni.', '19. Jh.', '21st century', 'Le 14 juillet', '2024. A year.'],
  ...['10:30 :t', '10:30 :c', 'um 8.30 Uhr', '20:15–22:00', '3.5.2024', '0. Runde', 'No. 10'],
  // Words that are not printed
  ...['f**k the b**s', 'What the f*** is this s**t?', 'f*ck', '**** off', 'sh*t happens, f*ck it'],
  ...['Leser*innen und Autor*innen', 'Leser_innen', 'Kolleg:innen', 'Bürger*innen* und mehr'],
  // Sums and prices
  ...['2*3*4', '5 * 3 * 2 = 30', 'a * b * c', '5 > 3', '3 < 5 > 1', '2 ** 3 ** 4', 'x_1 + x_2'],
  ...['~5 km ~ 6 km', '~ 100 €', '5 € / 10 €', '50 km /h', '3,50 €*', 'inkl. MwSt.*'],
  ...['+ 5 %', '+49 30 123456', '#1', '#hashtag and #other', '####### seven', '-5 Grad', '–5 Grad'],
  ...['$5*', '5*', '*5', 'e = m*c**2', '10^6', 'a_b_c', '1/2 und 3/4', '100 %*)'],
  // Smileys and signs
  ...['*_*', '^_^', '-_-', 'o_O', ':-)', ':thumbsup:', '¯\\_(ツ)_/¯', '>:(', '>_<', '(*)'],
  ...['***', '---', 'a - - -', 'a * * *', '___', '~~~', '``', '…', '(c) 2024', '[sic]'],
  // Code and paths
  ...['snake_case_name', '_private_method', '__init__.py', 'my_file_name.txt', '*.ts and *.js'],
  ...['src/*.ts, test/*.ts', 'rm *.log *.tmp', 'C:\\Users\\_ann_b', '/usr/local/bin', '/etc/*'],
  ...['foo(*args, **kwargs)', 'a[i](j)', '[x](y z)', '[1](2)', 'if (a) [b](c)', '`', 'the `okina'],
  ...['[a](javascript:alert(1))', '[see](the appendix)', '[a](b)', 'f(x)[i](https://x.example)'],
  // Addresses
  ...['https://example.org/a_b_c/d_e', 'https://example.org/*/x/*', 'ann_b_c@example.org'],
  ...['https://en.wikipedia.org/wiki/Bus_(vehicle)_types', 'see_also: www.example.org/_x_y'],
  // Spaces inside of the signs
  ...['** not bold **', 'a * no *', '_ no _', '~~ no ~~', '` no `', 'a** b**', '**a **b'],
  // Slashes
  ...['and/or', 'he /she', 's/he', '1/2', 'TCP /IP', '24/7', 'either / or'],
];

const open: FakeEditor[] = [];
afterAll(() => {
  for (const editor of open) editor.destroy();
});

describe('what people write comes out as they typed it', () => {
  test.each(sentences)('%j', (sentence) => {
    const made = new FakeEditor(bodyOf([{ insert: '\n' }]));
    open.push(made);
    made.select(0).type(sentence);
    expect(made.body.toDelta()).toEqual([{ insert: `${sentence}\n` }]);
    // And with more of the sentence behind it, and in the middle of one.
    made.type(' and on, too.');
    expect(made.body.toDelta()).toEqual([{ insert: `${sentence} and on, too.\n` }]);
    made.select(0).type('So: ');
    made.select(4 + sentence.length).type(` (${sentence})`);
    expect(made.body.toDelta()).toEqual([
      { insert: `So: ${sentence} (${sentence}) and on, too.\n` },
    ]);
  });

  test.each(sentences.map((sentence) => sentence.trim()))(
    '%j through text and Markdown',
    (sentence) => {
      const text = importText(`${sentence}\n\n${sentence} and on.`);
      // By itself in a line of plain text, it divides.
      if (/^([*_~-])\1{2,}$/.test(sentence)) {
        expect(text.body[0]).toEqual({ insert: { divider: true } });
      } else expect(deltaText(text.body)).toBe(`${sentence}\n${sentence} and on.\n`);
      const body = [{ insert: `${sentence}\n${sentence} and on.\n` }];
      const document = { title: sentence, standfirst: sentence, body, footnotes: {} };
      for (const profile of ['publish', 'working'] as const) {
        const markdown = exportMarkdown(document, { profile });
        const read = importMarkdown(markdown, { newId: () => 'new' });
        expect(read.title).toBe(sentence);
        const standfirst = { insert: sentence, attributes: { italic: true } };
        expect(read.body).toEqual(
          profile === 'working' ? body : [standfirst, { insert: `\n${body[0]!.insert}` }],
        );
        expect(read.warnings).toEqual([]);
      }
    },
  );
});
