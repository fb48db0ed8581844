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
  test('no character of a line is changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const wanted = text
          .replace(/^\uFEFF/, '')
          .split(/\r\n|[\n\r\u2028\u2029]/)
          .filter((line) => line.trim() !== '');
        expect(lines(text).map(lineText)).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  test('blank lines and single line ends divide, in every convention', () => {
    const text = '\uFEFFOne.\r\nTwo.\r\n\r\nThree.\r \t\rFour.\u2028Five.\n';
    expect(lines(text).map(lineText)).toEqual(['One.', 'Two.', 'Three.', 'Four.', 'Five.']);
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
    ['“A quoted title”', 'heading'],
  ])('%j before a longer line is a %s', (line, kind) => {
    expect(kinds(`${line}\n\n${longer}`)[0]).toBe(kind);
  });

  test('a heading has at most 120 characters, and a longer line after it', () => {
    const long = 'y'.repeat(200);
    expect(kinds(`${'x'.repeat(120)}\n${long}`)[0]).toBe('heading');
    expect(kinds(`${'x'.repeat(121)}\n${long}`)[0]).toBe('paragraph');
    expect(kinds('Same length\nSame length')).toEqual(['paragraph', 'paragraph']);
    expect(kinds('Last line')).toEqual(['paragraph']);
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
