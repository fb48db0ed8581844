import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineText, readBlocks } from '../../../shared/document/index.ts';
import { linesText } from '../../../shared/document/render/plain-text.ts';
import { readText } from '../../../shared/text-import/index.ts';
import { blocksOf } from './see.ts';
import { paragraph, prose, wrap } from './written.ts';

const width = fc.integer({ min: 50, max: 100 });
const wordsOf = (text: string) => readBlocks(readText(text).body).map(lineText);

describe('wrapped text', () => {
  test('wrapped at any width from 50 to 100, paragraphs come back letter for letter', () => {
    fc.assert(
      fc.property(prose, width, (paragraphs, at) => {
        const text = paragraphs.map((each) => wrap(each, at)).join('\n\n');
        expect(wordsOf(text)).toEqual(paragraphs);
      }),
      { numRuns: 300 },
    );
  });

  test('so they do where they are quoted, set in, or items of a list', () => {
    fc.assert(
      fc.property(prose, width, (paragraphs, at) => {
        const under = (first: string, rest: string) =>
          paragraphs.map((each) => first + wrap(each, at).replaceAll('\n', `\n${rest}`));
        const each = (kind: string) => paragraphs.map((words) => `${kind} ${words}`);
        expect(blocksOf(under('> ', '> ').join('\n>\n'))).toEqual(each('>'));
        expect(blocksOf(under('    ', '    ').join('\n\n'))).toEqual(each('p'));
        expect(blocksOf(under('- ', '  ').join('\n'))).toEqual(each('-'));
        const set = paragraphs.map((words) => wrap(`xxx${words}`, at).replace('xxx', '   '));
        expect(blocksOf(set.join('\n'))).toEqual(each('p'));
      }),
      { numRuns: 200 },
    );
  });

  test('a poem, a table or an address among them stays in its lines', () => {
    const verse = ['The last one went at ten to one', 'and nobody was in it', 'but me'];
    fc.assert(
      fc.property(prose, width, (paragraphs, at) => {
        const [first = '', ...rest] = paragraphs.map((each) => wrap(each, at));
        const text = [first, verse.join('\n'), ...rest].join('\n\n');
        expect(wordsOf(text)).toEqual([paragraphs[0], ...verse, ...paragraphs.slice(1)]);
      }),
      { numRuns: 200 },
    );
  });

  test('compounds that were broken behind their hyphen are whole; what stands open is not', () => {
    const text = [
      'The council heard from all of them on Tuesday, and it was a well-',
      'known fact by then that nobody had read the paper, which is a long-',
      'standing habit in this house, and a costly one for those who pre-',
      'and post-war rents have driven to where there is no bus at night.',
    ];
    expect(wordsOf(text.join('\n'))).toEqual([
      'The council heard from all of them on Tuesday, and it was a well-known fact by then that nobody had read the paper, which is a long-standing habit in this house, and a costly one for those who pre- and post-war rents have driven to where there is no bus at night.',
    ]);
  });
});

describe('text that nobody wrapped', () => {
  test('paragraphs with single line ends between them are never put together', () => {
    fc.assert(
      fc.property(fc.array(paragraph, { minLength: 2, maxLength: 12 }), (paragraphs) => {
        expect(wordsOf(paragraphs.join('\n'))).toEqual(paragraphs);
        // Nor where a space was left behind each.
        expect(wordsOf(paragraphs.join(' \n'))).toEqual(paragraphs);
      }),
      { numRuns: 300 },
    );
  });

  test('nor are sentences that end near one width', () => {
    const sentence = fc.constantFrom(
      'Each of these lines is a paragraph of its own, as it was sent.',
      'None of them was wrapped, and all of them end as they should.',
      'They are as long as each other, which is only an accident.',
      'A program that looks at lengths would put them together.',
      'Who would have thought that it could be as easy as that?',
    );
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 2, maxLength: 30 }), (lines) => {
        expect(wordsOf(lines.join('\n'))).toEqual(lines);
      }),
    );
  });
});

test('plain text out of a document that came from plain text comes in as the same document', () => {
  fc.assert(
    fc.property(prose, width, (paragraphs, at) => {
      const [one = '', two = '', three = '', ...rest] = paragraphs.map((each) => wrap(each, at));
      const source = [
        one,
        `> ${two.replaceAll('\n', '\n> ')}`,
        `1. ${three.replaceAll('\n', '\n   ')}\n2. Two\n   - A\n   - B`,
        '* * *',
        ...rest,
      ].join('\n\n');
      const { body } = readText(source);
      const text = linesText(readBlocks(body), { number: () => undefined });
      expect(readText(text).body).toEqual(body);
    }),
    { numRuns: 200 },
  );
});
