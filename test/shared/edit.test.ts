import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  deleteRange,
  insertEmbed,
  insertText,
  joinLine,
  lineText,
  readBlocks,
  setBlock,
  setLink,
  splitLine,
  toggleMark,
} from '../../shared/document/index.ts';
import { bodyDelta } from './arbitrary.ts';

const annId = 1;
const bobId = 2;

/** Ann and Bob on one document, each with their own copy: "One two.\n" and "Three four.\n" by Ann. */
function pair() {
  const ann = new Y.Doc();
  ann.clientID = annId;
  const bob = new Y.Doc();
  bob.clientID = bobId;
  ann.getText('body').insert(0, 'One two.\nThree four.\n');
  const sync = () => {
    Y.applyUpdate(bob, Y.encodeStateAsUpdate(ann, Y.encodeStateVector(bob)));
    Y.applyUpdate(ann, Y.encodeStateAsUpdate(bob, Y.encodeStateVector(ann)));
  };
  sync();
  return { ann: ann.getText('body'), bob: bob.getText('body'), sync };
}

const lines = (body: Y.Text) =>
  readBlocks(body.toDelta() as unknown[]).map((line) => `${line.kind}: ${lineText(line)}`);

/** The characters of a body with the client that wrote each. */
function authors(body: Y.Text): [string, number][] {
  const list: [string, number][] = [];
  for (let item = body._start; item; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    for (const character of item.content.str) list.push([character, item.id.client]);
  }
  return list;
}

const byAnn = (body: Y.Text) =>
  authors(body)
    .filter(([character, client]) => character !== '\n' && client === annId)
    .map(([character]) => character)
    .join('');

describe('S1 while Ann types in a paragraph, Bob', () => {
  test.each<[string, (bob: Y.Text) => void, string[]]>([
    [
      'splits it',
      (bob) => splitLine(bob, 14),
      ['paragraph: One two.', 'paragraph: Three red', 'paragraph:  four.'],
    ],
    [
      'joins it to the one before',
      (bob) => joinLine(bob, 14),
      ['paragraph: One two.Three red four.'],
    ],
    [
      'turns it into a heading',
      (bob) => setBlock(bob, 14, { kind: 'heading', level: 2 }),
      ['paragraph: One two.', 'heading: Three red four.'],
    ],
    [
      'makes it a quote',
      (bob) => setBlock(bob, 14, { kind: 'quote' }),
      ['paragraph: One two.', 'quote: Three red four.'],
    ],
  ])('%s, and all words and their authors stay', (_, edit, wanted) => {
    const { ann, bob, sync } = pair();
    for (const [i, character] of [...' red'].entries()) ann.insert(14 + i, character);
    edit(bob);
    sync();
    expect(lines(ann)).toEqual(wanted);
    expect(lines(bob)).toEqual(wanted);
    expect(byAnn(ann)).toBe('One two.Three red four.');
  });
});

describe('S1 no edit of structure deletes and re-inserts text', () => {
  const edits = fc.array(
    fc.record({
      at: fc.nat(10_000),
      kind: fc.constantFrom('split', 'join', 'heading', 'thesis', 'quote', 'list', 'paragraph'),
    }),
    { maxLength: 12 },
  );

  test('every character keeps its author through any of them', () => {
    fc.assert(
      fc.property(bodyDelta, edits, (delta, steps) => {
        const ann = new Y.Doc();
        ann.clientID = annId;
        ann.getText('body').applyDelta(structuredClone(delta) as object[]);
        const bob = new Y.Doc();
        bob.clientID = bobId;
        Y.applyUpdate(bob, Y.encodeStateAsUpdate(ann));
        const body = bob.getText('body');
        const before = byAnn(body);
        for (const { at, kind } of steps) restructure(body, at % (body.length + 1), kind);
        expect(byAnn(body)).toBe(before);
        expect(authors(body).every(([c, client]) => client === annId || c === '\n')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  function restructure(body: Y.Text, at: number, kind: string): void {
    if (kind === 'split') splitLine(body, at);
    else if (kind === 'join') joinLine(body, at);
    else if (kind === 'heading') setBlock(body, at, { kind: 'heading', level: 3 });
    else if (kind === 'thesis') setBlock(body, at, { kind: 'thesis', id: 't' });
    else if (kind === 'quote') setBlock(body, at, { kind: 'quote' });
    else if (kind === 'list') setBlock(body, at, { kind: 'list', style: 'bullet', indent: 1 });
    else setBlock(body, at, { kind: 'paragraph' });
  }
});

function bodyOf(...ops: object[]): Y.Text {
  const body = new Y.Doc().getText('body');
  body.applyDelta(ops);
  return body;
}

describe('editing', () => {
  const heading = { insert: '\n', attributes: { header: 2 } };

  test('splitting in a heading makes two, at its end begins a paragraph', () => {
    const middle = bodyOf({ insert: 'Head' }, heading);
    expect(splitLine(middle, 2)).toBe(3);
    expect(lines(middle)).toEqual(['heading: He', 'heading: ad']);
    const end = bodyOf({ insert: 'Head' }, heading);
    expect(splitLine(end, 4)).toBe(5);
    expect(lines(end)).toEqual(['heading: Head', 'paragraph: ']);
  });

  test('a joined line is what the first one was, unless that was empty', () => {
    const body = bodyOf({ insert: 'Head' }, heading, { insert: 'text\n\n' }, heading);
    joinLine(body, 6);
    expect(lines(body)).toEqual(['heading: Headtext', 'paragraph: ', 'heading: ']);
    joinLine(body, body.length - 1);
    expect(lines(body)).toEqual(['heading: Headtext', 'heading: ']);
  });

  test('joining with a last line that has no break keeps the first one’s kind', () => {
    const body = bodyOf({ insert: 'Head' }, heading, { insert: 'text' });
    joinLine(body, 6);
    expect(lines(body)).toEqual(['heading: Headtext']);
  });

  test('a new kind takes the place of the old one and leaves unknown attributes', () => {
    const body = bodyOf(
      { insert: 'a' },
      { insert: '\n', attributes: { list: 'bullet', indent: 2, align: 'left' } },
    );
    setBlock(body, 0, { kind: 'thesis', id: 't' });
    expect(body.toDelta()).toEqual([
      { insert: 'a' },
      { insert: '\n', attributes: { thesis: 't', align: 'left' } },
    ]);
  });

  test('typed text takes nothing over from the line break before it', () => {
    const body = bodyOf({ insert: 'Head' }, heading, { insert: 'text\n' });
    insertText(body, 5, 'x');
    insertText(body, 5, 'b', { bold: true });
    expect(readBlocks(body.toDelta() as unknown[])[1]!.spans).toEqual([
      { text: 'b', marks: { bold: true }, attributes: { bold: true } },
      { text: 'xtext', marks: {}, attributes: {} },
    ]);
  });

  test('marks go onto text only, and come off where all of it has them', () => {
    const body = bodyOf({ insert: 'ab\ncd\n' });
    toggleMark(body, 1, 5, 'bold');
    setLink(body, 0, 1, 'http://x.y');
    const bold = { bold: true };
    const both = [
      { insert: 'a', attributes: { link: 'http://x.y' } },
      { insert: 'b', attributes: bold },
      { insert: '\n' },
      { insert: 'cd', attributes: bold },
      { insert: '\n' },
    ];
    expect(body.toDelta()).toEqual(both);
    toggleMark(body, 1, 5, 'bold');
    setLink(body, 0, 1, null);
    expect(body.toDelta()).toEqual([{ insert: 'ab\ncd\n' }]);
  });

  test('a character of two halves is never cut', () => {
    const body = bodyOf({ insert: 'a😀b\n' });
    splitLine(body, 2);
    insertText(body, 3, 'x');
    deleteRange(body, 0, 4);
    expect(body.toJSON()).toBe('😀b\n');
  });

  test('what is outside of the body is a RangeError', () => {
    const body = bodyOf({ insert: 'ab\n' });
    insertEmbed(body, 1, { footnote: 'n' });
    deleteRange(body, 1, 2);
    expect(body.toJSON()).toBe('ab\n');
    expect(() => insertText(body, 4, 'x')).toThrow(RangeError);
    expect(() => insertText(body, 1, 'x\ny')).toThrow(RangeError);
    expect(() => deleteRange(body, 2, 1)).toThrow(RangeError);
    expect(() => splitLine(body, -1)).toThrow(RangeError);
    expect(() => setBlock(body, 0.5, { kind: 'quote' })).toThrow(RangeError);
  });
});
