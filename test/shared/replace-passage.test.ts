import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { diffDeltas, diffTexts, type Change } from '../../shared/document/text/diff.ts';
import {
  blockAttributes,
  inlineAttributes,
  readText,
  withoutStrays,
  type DeltaOp,
} from '../../shared/document/index.ts';
import { replacePassage } from '../../shared/document/editing/replace-passage.ts';
import { rewrite } from '../../shared/document/editing/rewrite.ts';
import { bodyDelta } from './arbitrary.ts';

function bodyOf(delta: readonly DeltaOp[]): Y.Text {
  const body = new Y.Doc().getText('body');
  body.applyDelta(structuredClone([...delta]), { sanitize: true });
  return body;
}

function apply(before: string, after: string, changes: readonly Change[]): string {
  let out = '';
  let at = 0;
  for (const change of changes) {
    out += before.slice(at, change.at) + after.slice(change.from, change.to);
    expect(out.length).toBe(change.to);
    at = change.at + change.remove;
  }
  return out + before.slice(at);
}

const removed = (before: string, after: string) =>
  diffTexts(before, after).map(({ at, remove, from, to }) => [
    before.slice(at, at + remove),
    after.slice(from, to),
  ]);

const words = fc
  .array(fc.constantFrom('a', 'the ', 'bus', ' night', '\n', '.', '😀', '漢字', ' 🇩🇪', 'ü'), {
    maxLength: 30,
  })
  .map((parts) => parts.join(''));

describe('S3 a difference of two texts', () => {
  test('turns the one into the other, whatever they are', () => {
    fc.assert(
      fc.property(words, words, (before, after) => {
        expect(apply(before, after, diffTexts(before, after))).toBe(after);
      }),
    );
  });

  test('is as small as words and their ends make it', () => {
    expect(removed('the colour of it', 'the color of it')).toEqual([['u', '']]);
    expect(removed('They pay.', 'They pay.')).toEqual([]);
    expect(
      removed('one two three two four', 'one 2 three two 4'),
      'what is there twice is no hindrance',
    ).toEqual([
      ['two', '2'],
      ['four', '4'],
    ]);
    expect(removed('a 😀 b', 'a 😁 b'), 'no character is cut in half').toEqual([['😀', '😁']]);
    expect(removed('夜行バスは安い', '夜行バスは高い')).toEqual([['安', '高']]);
  });

  test('a line that moved takes no word with it, and a long text with one change is one change', () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `Line ${i} of the piece.\n`);
    const moved = [...lines];
    moved.splice(10, 0, ...moved.splice(2_000, 1));
    const changes = diffTexts(lines.join(''), moved.join(''));
    expect(changes.map(({ remove, from, to }) => [remove, to - from])).toEqual([
      [0, lines[2_000]!.length],
      [lines[2_000]!.length, 0],
    ]);
  });
});

describe('S3 a body that is made to read otherwise', () => {
  test('reads so, looks included, for any two bodies', () => {
    fc.assert(
      fc.property(bodyDelta, bodyDelta, (first, second) => {
        const body = bodyOf(first);
        const [before, after] = [readText(body), readText(bodyOf(second))];
        rewrite(body, before, after, diffDeltas(before, after), { looks: true });
        const known = (delta: DeltaOp[]) =>
          withoutStrays(delta.map((op) => ({ ...op, attributes: onlyKnown(op.attributes) })));
        expect(known(readText(body))).toEqual(known(after));
      }),
    );
  });

  test('is not touched where it reads so already', () => {
    fc.assert(
      fc.property(bodyDelta, (delta) => {
        const body = bodyOf(delta);
        let updates = 0;
        body.doc!.on('update', () => updates++);
        const before = readText(body);
        const wanted = withoutStrays(before);
        rewrite(body, before, wanted, diffDeltas(before, wanted), { looks: true });
        expect(updates).toBe(0);
      }),
    );
  });
});

const knownNames: readonly string[] = [...blockAttributes, ...inlineAttributes];

/** Unknown attributes are never taken off, so they may be more than what was wanted. */
function onlyKnown(attributes: DeltaOp['attributes'] = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => knownNames.includes(name)),
  );
}

describe('S3 a replaced passage', () => {
  const at = (body: Y.Text, quote: string, text: string) => {
    const from = body.toJSON().indexOf(quote);
    return replacePassage(body, from, from + quote.length, text);
  };
  const delta = (body: Y.Text) => readText(body);

  test('changes only the words that differ, and keeps the look of those that they replace', () => {
    const body = bodyOf([
      { insert: 'Night ' },
      { insert: 'buses pay', attributes: { bold: true } },
      { insert: ' for themselves.\n' },
    ]);
    const changes = at(body, 'buses pay for themselves', 'trains pay for them');
    expect(changes.map(({ at, remove }) => [at, remove])).toEqual([
      [6, 4],
      [24, 6],
    ]);
    expect(delta(body)).toEqual([
      { insert: 'Night ' },
      { insert: 'trains pay', attributes: { bold: true } },
      { insert: ' for them.\n' },
    ]);
  });

  test('over several blocks leaves each block what it is', () => {
    const body = bodyOf([
      { insert: 'The head' },
      { insert: '\n', attributes: { header: 2 } },
      { insert: 'It is cheap.' },
      { insert: '\n', attributes: { thesis: 't' } },
      { insert: 'No.' },
      { insert: '\n', attributes: { blockquote: true, 'x-ours': 1 } },
    ]);
    at(body, 'head\nIt is cheap.\nNo', 'title\nIt is dear.\nYes');
    expect(delta(body)).toEqual([
      { insert: 'The title' },
      { insert: '\n', attributes: { header: 2 } },
      { insert: 'It is dear.' },
      { insert: '\n', attributes: { thesis: 't' } },
      { insert: 'Yes.' },
      { insert: '\n', attributes: { blockquote: true, 'x-ours': 1 } },
    ]);
  });

  test('divides a block into two of its kind, and a heading into itself and a paragraph', () => {
    const body = bodyOf([
      { insert: 'Head' },
      { insert: '\n', attributes: { header: 2 } },
      { insert: 'One. Two.' },
      { insert: '\n', attributes: { thesis: 't' } },
    ]);
    at(body, 'One. Two.', 'One.\nTwo.');
    at(body, 'Head', 'Head\nA first paragraph.');
    expect(delta(body)).toEqual([
      { insert: 'Head' },
      { insert: '\n', attributes: { header: 2 } },
      { insert: 'A first paragraph.\nOne.' },
      { insert: '\n', attributes: { thesis: 't' } },
      { insert: 'Two.' },
      { insert: '\n', attributes: { thesis: 't' } },
    ]);
  });

  test('joins blocks into what the first one was; a block that goes leaves the next as it is', () => {
    const lines: DeltaOp[] = [
      { insert: 'One.' },
      { insert: '\n', attributes: { thesis: 't' } },
      { insert: 'Two.' },
      { insert: '\n', attributes: { blockquote: true } },
    ];
    const joined = bodyOf(lines);
    at(joined, 'One.\nTwo.', 'One. Two.');
    expect(delta(joined)).toEqual([
      { insert: 'One. Two.' },
      { insert: '\n', attributes: { thesis: 't' } },
    ]);
    const gone = bodyOf(lines);
    at(gone, 'One.\n', '');
    expect(delta(gone)).toEqual(lines.slice(2));
  });

  test('keeps footnote marks, and whatever it does not know', () => {
    const body = bodyOf([
      { insert: 'They' },
      { insert: { footnote: '1' } },
      { insert: ' pay', attributes: { 'x-ours': 1 } },
      { insert: { gadget: {} } },
      { insert: ' today.\n' },
    ]);
    replacePassage(body, 0, 10, 'We earn');
    expect(delta(body)).toEqual([
      { insert: 'We' },
      { insert: { footnote: '1' } },
      { insert: ' earn', attributes: { 'x-ours': 1 } },
      { insert: { gadget: {} } },
      { insert: ' today.\n' },
    ]);
  });

  test('an insertion looks like what is on both sides of it, and like no link at an edge', () => {
    const body = bodyOf([
      { insert: 'See ' },
      { insert: 'this', attributes: { link: 'https://example.org', bold: true } },
      { insert: '\n' },
    ]);
    replacePassage(body, 6, 6, '!');
    replacePassage(body, 9, 9, ' now');
    expect(delta(body)).toEqual([
      { insert: 'See ' },
      { insert: 'th!is', attributes: { bold: true, link: 'https://example.org' } },
      { insert: ' now', attributes: { bold: true } },
      { insert: '\n' },
    ]);
  });

  test('reads as it should, whatever stood there and whatever comes', () => {
    fc.assert(
      fc.property(bodyDelta, fc.nat(), fc.nat(), words, (content, a, b, text) => {
        const body = bodyOf(content);
        const plain = plainOf(body);
        const [from, to] = [a % (plain.length + 1), b % (plain.length + 1)].sort(
          (x, y) => x - y,
        ) as [number, number];
        if (isHalf(plain, from) || isHalf(plain, to)) return;
        const embeds = plain.slice(from, to).split(embedSign).length;
        const changes = replacePassage(body, from, to, text);
        const now = plainOf(body);
        expect(now.length).toBe(
          plain.length + changes.reduce((sum, c) => sum + c.to - c.from - c.remove, 0),
        );
        const inside = now.slice(from, now.length - (plain.length - to));
        expect(inside.replaceAll(embedSign, '')).toBe(text);
        expect(inside.split(embedSign).length).toBe(embeds);
        expect(now.slice(0, from)).toBe(plain.slice(0, from));
        expect(now.endsWith(plain.slice(to))).toBe(true);
      }),
    );
  });
});

const embedSign = '\u{e000}';

function plainOf(body: Y.Text): string {
  return readText(body)
    .map(({ insert }) => (typeof insert === 'string' ? insert : embedSign))
    .join('');
}

const isHalf = (text: string, at: number) =>
  /[\ud800-\udbff]$/.test(text.slice(0, at)) && /^[\udc00-\udfff]/.test(text.slice(at));
