import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineText, readBlocks } from '../../shared/document/index.ts';
import { exportMarkdown, importContent } from '../../shared/markdown/index.ts';

const read = (text: string) =>
  importContent(text, 'text', {
    newId: () => {
      throw new Error('Plain text has no ids');
    },
  });
const lines = (text: string) => readBlocks(read(text).body);
const kinds = (text: string) => lines(text).map(({ kind }) => kind);
const longer = 'A longer line that follows it, and goes on for quite a while, as paragraphs do.';

describe('plain text', () => {
  test('no character that can be seen is changed or lost, and none is made up', () => {
    // Signs of lists, quotes and dividers become what they say; so none is among these.
    const unit = fc.constantFrom(
      ...'aB é“”—…(¡漢ß0,.:!\u00A0\u00AD\u200D'.split(''),
      '👩‍🚒',
      'word',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fc.array(unit, { maxLength: 12 })), (typed) => {
        const text = typed.map((line) => `x${line.join('')}`).join('\n');
        const wanted = text.split('\n').map((line) => trimmed(line.replaceAll('\0', '')));
        expect(lines(text).map(lineText)).toEqual(text === '' ? [] : wanted);
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever it is given, it gives a document that a piece can hold', () => {
    const unit = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\f', '> ', '- ', '1. ', '---', '  ', '\t', '\ud800', 'word '),
    );
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (parts) => {
        const { body, warnings } = read(parts.join(''));
        const text = JSON.stringify(body);
        expect(text).not.toMatch(/\\u00(?:0[0-8bcef]|1[0-9a-f]|7f|8|9)/);
        for (const { line } of warnings) expect(line).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  test('control characters are left out, and that is said; so is what was lost before', () => {
    const { body, warnings } = read('A\0 b\x07 c\x9c.\nLost: \uFFFD.');
    expect(body).toEqual([{ insert: 'A b c.\nLost: \uFFFD.\n' }]);
    expect(warnings.map(({ line, what }) => [line, what])).toEqual([
      [1, 'control character'],
      [2, 'lost character'],
    ]);
  });

  test('blank lines and single line ends divide, in every convention', () => {
    const text = '\uFEFFOne.\r\nTwo.\r\n\r\nThree.\r \t\rFour.\u2028Five.\u0085Six.\fSeven.\n';
    const wanted = ['One.', 'Two.', 'Three.', 'Four.', 'Five.', 'Six.', 'Seven.'];
    expect(lines(text).map(lineText)).toEqual(wanted);
  });

  test.each([
    ['A short line', 'heading'],
    ['A line with a colon:', 'heading'],
    ['x'.repeat(120), 'paragraph'],
    ['A sentence.', 'paragraph'],
    ['A question?', 'paragraph'],
    ['“A quoted sentence.”', 'paragraph'],
    ['(An aside!)', 'paragraph'],
    ['And so on…', 'paragraph'],
    ['A sentence.  ', 'paragraph'],
    ['“Somebody’s words”', 'paragraph'],
    ['Dear all', 'paragraph'],
    ['Dear Sir,', 'paragraph'],
    ['Sehr geehrte Frau Dr. Krüger', 'paragraph'],
    ['Dear Life, a memoir of the night bus, is out', 'heading'],
    ['By our correspondent', 'paragraph'],
    ['By Jane Smith and Tom Archer in Paris', 'paragraph'],
    ['By then nobody was left', 'heading'],
    ['Berlin, den 3. Oktober 1990', 'paragraph'],
    ['Tuesday, 14 May 2024', 'paragraph'],
    ['What May brought', 'heading'],
    ['Kind regards', 'paragraph'],
    ['Subject: the night bus', 'paragraph'],
    ['SMITH: And then it left', 'paragraph'],
    ['[1] Minutes of the council', 'paragraph'],
    ['https://example.org/night', 'paragraph'],
    ['- an item', 'list'],
    ['1. an item', 'list'],
    ['> quoted', 'quote'],
    ['3. Oktober', 'paragraph'],
  ])('%j before a longer line is a %s', (line, kind) => {
    expect(kinds(`${line}\n\n${longer}`)[0]).toBe(kind);
  });

  test('a heading has at most 120 characters, and a longer line after it', () => {
    const long = 'y'.repeat(200);
    expect(kinds(`${'x'.repeat(120)}\n${long}`)[0]).toBe('heading');
    expect(kinds(`${'x'.repeat(121)}\n${long}`)[0]).toBe('paragraph');
    expect(kinds('Same length\nSame length')).toEqual(['paragraph', 'paragraph']);
    expect(kinds('Last line')).toEqual(['paragraph']);
    expect(kinds(`A verse\nand one that is a bit longer\n\n${longer}`)[0]).toBe('paragraph');
  });

  test('the sample piece has a lede of four and two sections of four paragraphs', () => {
    const text = readFileSync(new URL('fixtures/sample.txt', import.meta.url), 'utf8');
    const four = Array<string>(4).fill('paragraph');
    expect(kinds(text)).toEqual([...four, 'heading', ...four, 'heading', ...four]);
  });

  test('the publish export holds every paragraph as it was typed', () => {
    const text = readFileSync(new URL('fixtures/sample.txt', import.meta.url), 'utf8');
    const markdown = exportMarkdown(read(text));
    for (const line of text.split('\n')) expect(markdown).toContain(line);
  });

  test('ordinary prose is never escaped', () => {
    const prose = [
      'AT&T, “R&D” and <3: it’s 10:30 – or 5 < 6 — (really?) $5*2, ~ok~, C:\\Users!',
      'He said: "a_b_c [sic]" costs 5% #1 of https://x.org/a_b?q=1&r=2. e.g. :smile: a:b::c',
      '— Said the 1st; 2nd’s 3.5 | 4 = 7 + 1 ... he/she @home',
    ];
    expect(exportMarkdown(read(prose.join('\n\n')))).toBe(`${prose.join('\n\n')}\n`);
  });

  test('whatever the text, its publish export reads back as the same paragraphs', () => {
    const word = fc.constantFrom(
      ...['a', 'word', ' ', '*', '_', '[', ']', '(', '#', '-', '>', '`', '<b>', '&amp;', '\\', '!'],
      ...[':::', '[^1]', '1.', '~~', '“', '”', '\u00A0', '\t', '='],
    );
    const paragraph = fc.array(word, { minLength: 1, maxLength: 12 }).map((w) => w.join(''));
    fc.assert(
      fc.property(fc.array(paragraph, { maxLength: 5 }), (paragraphs) => {
        const markdown = exportMarkdown(read(paragraphs.join('\n')));
        const back = importContent(markdown, 'markdown', { newId: () => '' });
        expect(readBlocks(back.body).map((line) => trimmed(lineText(line)))).toEqual(
          lines(paragraphs.join('\n')).map((line) => trimmed(lineText(line))),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** Spaces around a paragraph are nothing to CommonMark. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}
