import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { groupBlocks, lineText, readBlocks, readText } from '../../shared/document/index.ts';
import { bodyDelta } from './arbitrary.ts';

const line = (text: string, attributes: unknown = {}) => [
  { insert: text },
  { insert: '\n', attributes },
];

describe('S1 readBlocks', () => {
  test('never throws, whatever it is given', () => {
    const key = fc.constantFrom('header', 'thesis', 'list', 'indent', 'link', 'bold', '__proto__');
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true });
    const op = fc.oneof(
      anything,
      fc.record({
        insert: fc.oneof(fc.constantFrom('\n', 'a\nb', ''), anything),
        attributes: fc.oneof(fc.dictionary(key, anything), anything),
      }),
    );
    fc.assert(
      fc.property(fc.array(op), (delta) => {
        groupBlocks(readBlocks(delta));
      }),
      { numRuns: 2000 },
    );
  });

  test('the lines hold every character, at the indexes that they say', () => {
    fc.assert(
      fc.property(bodyDelta, (delta) => {
        const doc = new Y.Doc();
        const body = doc.getText('body');
        body.applyDelta(structuredClone(delta) as object[]);
        const lines = readBlocks(delta);
        const flat = delta.map((op) => (typeof op.insert === 'string' ? op.insert : '\0')).join('');
        let index = 0;
        for (const { spans, from, to, ended } of lines) {
          expect(from).toBe(index);
          const text = spans.map((span) => ('text' in span ? span.text : '\0')).join('');
          expect(flat.slice(from, to)).toBe(text);
          index = ended ? to + 1 : to;
        }
        expect(index).toBe(body.length);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [{}, 'paragraph'],
    [{ header: 3 }, 'heading'],
    [{ header: 99 }, 'paragraph'],
    [{ header: '2' }, 'paragraph'],
    [{ thesis: true }, 'paragraph'],
    [{ thesis: '' }, 'paragraph'],
    [{ counterpoint: { id: 1 } }, 'paragraph'],
    [{ list: 'checked' }, 'paragraph'],
    [{ blockquote: 'yes' }, 'paragraph'],
    [{ 'code-block': 'javascript' }, 'code'],
    [null, 'paragraph'],
    ['thesis', 'paragraph'],
  ])('a line break with %j ends a %s', (attributes, kind) => {
    expect(readBlocks(line('x', attributes))[0]).toMatchObject({ kind });
  });

  test('of several block attributes the one nearest to the argument counts', () => {
    const order = ['header', 'thesis', 'counterpoint', 'blockquote', 'list', 'code-block'];
    const kinds = ['heading', 'thesis', 'counterpoint', 'quote', 'list', 'code'];
    const values = [2, 't', 'c', true, 'bullet', true];
    order.forEach((_, i) => {
      const attributes = Object.fromEntries(order.slice(i).map((n, k) => [n, values[i + k]]));
      expect(readBlocks(line('x', attributes))[0]!.kind).toBe(kinds[i]);
    });
  });

  test('block attributes on text and inline ones on line breaks are passed over', () => {
    const [only] = readBlocks([
      { insert: 'a', attributes: { header: 2, bold: true } },
      { insert: '\n', attributes: { bold: true } },
    ]);
    expect(only).toMatchObject({
      kind: 'paragraph',
      spans: [{ text: 'a', marks: { bold: true } }],
    });
    expect(only!.attributes).toEqual({ bold: true });
  });

  test('a last line without its break is a paragraph', () => {
    const lines = readBlocks([{ insert: 'a\nb' }]);
    expect(lines.map(lineText)).toEqual(['a', 'b']);
    expect(lines[1]).toMatchObject({ kind: 'paragraph', from: 2, to: 3, ended: false });
    expect(readBlocks([{ insert: 'a\n' }])).toHaveLength(1);
    expect(readBlocks([])).toHaveLength(0);
  });

  test('unknown embeds and attributes are carried along', () => {
    const [only] = readBlocks([
      { insert: { poll: 7 }, attributes: { color: 'red' } },
      { insert: '\n', attributes: { align: 'left' } },
    ]);
    expect(only!.spans[0]).toMatchObject({
      embed: { kind: 'unknown', value: { poll: 7 } },
      attributes: { color: 'red' },
    });
    expect(only!.attributes).toEqual({ align: 'left' });
  });

  test('a shared type nested in a body is an unknown embed', () => {
    const doc = new Y.Doc();
    const body = doc.getText('body');
    body.insertEmbed(0, new Y.Map([['a', 1]]));
    expect(readBlocks(body.toDelta() as unknown[])[0]!.spans[0]).toHaveProperty('embed');
    expect(readText(body)).toEqual([{ insert: { nested: { a: 1 } } }]);
  });

  test('neighbouring lines of one thesis are one block, of two theses two', () => {
    const blocks = groupBlocks(
      readBlocks([
        ...line('a', { thesis: '1' }),
        ...line('b', { thesis: '1' }),
        ...line('c', { thesis: '2' }),
        ...line('d'),
        ...line('e'),
        ...line('f', { thesis: '1' }),
      ]),
    );
    expect(blocks.map(({ lines }) => lines.map(lineText).join(''))).toEqual([
      ...['ab', 'c', 'd', 'e', 'f'],
    ]);
    expect(blocks[0]).toMatchObject({ kind: 'thesis', from: 0, to: 3 });
  });
});
