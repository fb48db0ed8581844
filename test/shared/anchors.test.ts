import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  anchorAt,
  FieldText,
  indexesOf,
  isWhole,
  placeAnchors,
  select,
  type Anchor,
  type StateVector,
} from '../../shared/anchors/index.ts';
import { joinLine, setBlock, splitLine, toggleMark } from '../../shared/document/index.ts';

const lede = 'Night buses are cheap, and they pay for themselves.';
const second = 'The roads are empty then; who is disturbed by them?';
const third = 'Taxis cost more than most people earn in an hour of work.';
const piece = `${lede}\n${second}\n${third}\n`;

/** A document with an anchor on it that is looked after, and writers with copies of their own. */
class Desk {
  readonly doc = new Y.Doc();
  readonly body = this.doc.getText('body');
  anchor: Anchor;
  seen: StateVector | null = null;
  moves = 0;

  constructor(quote: string, { text = piece, at }: { text?: string; at?: number } = {}) {
    this.body.insert(0, text);
    const view = new FieldText(this.body);
    const from = at ?? view.text.indexOf(quote);
    this.anchor = anchorAt(view, { from, to: from + quote.length });
    this.look();
  }

  writer(): Y.Text {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.doc));
    return doc.getText('body');
  }

  /** All know all. */
  sync(...writers: Y.Text[]): void {
    for (const { doc } of writers) {
      Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(doc!, Y.encodeStateVector(this.doc)), 'remote');
    }
    for (const { doc } of writers) {
      Y.applyUpdate(doc!, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(doc!)), 'remote');
    }
  }

  /** What the anchor holds now: the text between its positions; null: orphaned. */
  look(): string | null {
    const { anchor, seen, body } = this;
    const { view, placed } = placeAnchors(body, [{ anchor, seen }]);
    const [{ anchor: now, at, moved }] = placed as [(typeof placed)[0]];
    this.anchor = now;
    if (moved) this.moves++;
    if (isWhole(now)) this.seen = Y.decodeStateVector(Y.encodeStateVector(this.doc));
    expect(at === null).toBe(now.orphaned);
    if (at === null) return null;
    const { from, to } = indexesOf(view, at);
    const text = plain(body).slice(from, to);
    expect(now.quote).toBe(text.replaceAll(embedSign, ''));
    return text;
  }

  get text(): string {
    return this.body.toJSON();
  }
}

const embedSign = '\u{fffc}';

function plain(body: Y.Text): string {
  return (body.toDelta() as { insert: unknown }[])
    .map(({ insert }) => (typeof insert === 'string' ? insert : embedSign))
    .join('');
}

function cut(body: Y.Text, words: string): string {
  body.delete(body.toJSON().indexOf(words), words.length);
  return words;
}

const paste = (body: Y.Text, before: string, words: string) =>
  body.insert(body.toJSON().indexOf(before), words);

describe('S2 what is typed', () => {
  test('at either edge of a passage stays outside of it', () => {
    const desk = new Desk('they pay');
    desk.body.insert(desk.text.indexOf('they pay'), 'in the end ');
    desk.body.insert(desk.text.indexOf(' for themselves'), ' well');
    expect(desk.text).toContain('and in the end they pay well for themselves');
    expect(desk.look()).toBe('they pay');
  });

  test('at an edge whose letter is gone stays outside too', () => {
    const desk = new Desk('they pay for themselves');
    cut(desk.body, 'they ');
    desk.look();
    desk.body.insert(desk.text.indexOf('pay'), 'in fact buses ');
    expect(desk.look()).toBe('pay for themselves');
  });

  test('within it belongs to it, and counts when it is sought', () => {
    const desk = new Desk('they pay');
    desk.body.insert(desk.text.indexOf('pay'), 'more than ');
    expect(desk.look()).toBe('they more than pay');
    paste(desk.body, third, cut(desk.body, 'they more than pay'));
    expect(desk.look()).toBe('they more than pay');
    expect(desk.moves).toBe(1);
  });
});

describe('S2 a passage that is deleted', () => {
  const undoing = (body: Y.Text) => new Y.UndoManager(body, { captureTimeout: 0 });

  test('is orphaned with its quote, and found when that is taken back', () => {
    const desk = new Desk('they pay for themselves');
    const writer = desk.writer();
    const undo = undoing(writer);
    cut(writer, ', and they pay for themselves');
    desk.sync(writer);
    expect(desk.look()).toBe(null);
    expect(desk.anchor.quote).toBe('they pay for themselves');
    undo.undo();
    desk.sync(writer);
    expect(desk.look()).toBe('they pay for themselves');
  });

  test('letter by letter is found whole again, however often it is looked at', () => {
    const desk = new Desk('they pay');
    const writer = desk.writer();
    const undo = undoing(writer);
    for (let left = 'they pay'.length; left > 0; left--) {
      writer.delete(writer.toJSON().indexOf('and ') + 4 + left - 1, 1);
      desk.sync(writer);
      desk.look();
    }
    expect(desk.look()).toBe(null);
    expect(desk.anchor.quote).toBe('they pay');
    while (undo.canUndo()) {
      undo.undo();
      desk.sync(writer);
      desk.look();
    }
    expect(desk.look()).toBe('they pay');
  });

  test('in part keeps what is left of it, and grows again when that is taken back', () => {
    const desk = new Desk('they pay for themselves');
    const writer = desk.writer();
    const undo = undoing(writer);
    cut(writer, 'pay for themselves.\nThe roads ');
    desk.sync(writer);
    expect(desk.look()).toBe('they ');
    undo.undo();
    desk.sync(writer);
    expect(desk.look()).toBe('they pay for themselves');
  });

  test('while another types in it is gone with it, and found again with what they typed', () => {
    const desk = new Desk('they pay for themselves');
    const [ann, bob] = [desk.writer(), desk.writer()];
    const undo = undoing(ann);
    cut(ann, 'they pay for themselves');
    bob.insert(bob.toJSON().indexOf('for themselves'), 'easily ');
    desk.sync(ann, bob);
    expect(desk.text).toContain('and easily .');
    expect(desk.look()).toBe(null);
    undo.undo();
    desk.sync(ann, bob);
    expect(desk.look()).toBe('they pay easily for themselves');
  });

  test('does not go over to another place that reads the same', () => {
    const twice = `The night bus pays. Nobody asked.\nSome say that the night bus pays; we did sums.\n`;
    const desk = new Desk('night bus pays', { text: twice });
    cut(desk.body, 'The night bus pays. ');
    expect(desk.look()).toBe(null);
    desk.body.insert(0, 'The night bus pays. ');
    expect(desk.look()).toBe('night bus pays');
    expect(desk.body.toJSON().indexOf('night bus pays')).toBe(4);
  });

  test('and is one word is not taken for the next such word that somebody writes', () => {
    const desk = new Desk('empty');
    cut(desk.body, 'are empty then');
    paste(desk.body, third, 'An empty promise. ');
    expect(desk.look()).toBe(null);
  });
});

describe('S2 a passage is found again', () => {
  test('where it was cut and pasted, also beside what somebody typed into it', () => {
    for (const types of [false, true]) {
      const desk = new Desk('they pay for themselves');
      const [ann, bob] = [desk.writer(), desk.writer()];
      paste(ann, third, `${cut(ann, 'they pay for themselves')}. `);
      if (types) bob.insert(bob.toJSON().indexOf('pay for'), 'X');
      desk.sync(ann, bob);
      expect(desk.look()).toBe('they pay for themselves');
      expect(desk.text.indexOf('they pay for themselves')).toBe(desk.text.indexOf('. Taxis') - 23);
    }
  });

  test('where its paragraph was moved in one go, a short one by its neighbours', () => {
    for (const quote of ['who', 'who is disturbed', second]) {
      const desk = new Desk(quote);
      desk.doc.transact(() => {
        cut(desk.body, `${second}\n`);
        desk.body.insert(0, `${second}\n`);
      });
      expect(desk.look()).toBe(quote);
      expect(desk.text.startsWith(second)).toBe(true);
    }
  });

  test('where all of the piece was written anew', () => {
    const desk = new Desk('who is disturbed');
    desk.doc.transact(() => {
      desk.body.delete(0, desk.body.length);
      desk.body.insert(0, `A new beginning.\n\n${piece.replace('empty then', 'all empty')}`);
    });
    expect(desk.look()).toBe('who is disturbed');
  });

  test('with other white space', () => {
    const desk = new Desk(`for themselves.\nThe roads are`);
    desk.doc.transact(() => {
      desk.body.delete(0, desk.body.length);
      desk.body.insert(0, piece.replace('.\nThe roads', '.  The roads'));
    });
    expect(desk.look()).toBe('for themselves.  The roads are');
  });

  test('of several that read the same, at the one with its neighbours', () => {
    const text = 'One: it is not so.\nTwo: it is not so.\nThree: it is not so.\n';
    const desk = new Desk('it is not so', { text, at: text.indexOf('it', 20) });
    desk.doc.transact(() => {
      desk.body.delete(0, text.length);
      desk.body.insert(0, text);
    });
    expect(desk.look()).toBe('it is not so');
    expect(desk.anchor.prefix.endsWith('Two: ')).toBe(true);
  });
});

describe('S1 S2 structure leaves a passage where it is', () => {
  const edits: [string, (body: Y.Text, at: number) => void, string][] = [
    ['split', (body, at) => splitLine(body, at + 5), 'they \npay'],
    ['join', (body) => joinLine(body, body.toJSON().indexOf(second)), 'they pay'],
    ['turn into', (body, at) => setBlock(body, at, { kind: 'thesis', id: 't' }), 'they pay'],
    ['format', (body, at) => toggleMark(body, at, at + 6, 'bold'), 'they pay'],
    ['clear format', (body) => body.format(0, body.length, { bold: null, link: null }), 'they pay'],
  ];
  test.each(edits)('%s', (_name, edit, expected) => {
    const desk = new Desk('they pay');
    edit(desk.body, desk.text.indexOf('they pay'));
    expect(desk.look()).toBe(expected);
  });

  test('a footnote mark is no letter of it, within it or at its edge', () => {
    const desk = new Desk('they pay');
    const at = desk.text.indexOf('they pay');
    desk.body.insertEmbed(at + 8, { footnote: '1' });
    desk.body.insertEmbed(at + 4, { footnote: '2' });
    desk.body.insertEmbed(at, { footnote: '3' });
    expect(desk.look()).toBe(`they${embedSign} pay`);
    expect(desk.anchor.quote).toBe('they pay');
  });
});

describe('S2 a point at which something is to be inserted', () => {
  const pointIn = (desk: Desk) => {
    desk.look();
    const { view, placed } = placeAnchors(desk.body, [{ anchor: desk.anchor, seen: null }]);
    const at = placed[0]!.at;
    return at && `${view.text.slice(at.from - 8, at.from)}|${view.text.slice(at.to, at.to + 8)}`;
  };
  const desk = () => new Desk('', { at: piece.indexOf(' for themselves') });

  test('stays behind the letter before it', () => {
    const d = desk();
    expect(pointIn(d)).toBe('they pay| for the');
    d.body.insert(d.text.indexOf(' for themselves'), ' off');
    expect(pointIn(d)).toBe('they pay| off for');
    cut(d.body, ' off for');
    expect(pointIn(d)).toBe('they pay| themsel');
  });

  test('stays in the gap where its neighbours go, and is orphaned with its sentence', () => {
    const d = desk();
    cut(d.body, 'pay for');
    expect(pointIn(d)).toBe('nd they | themsel');
    cut(d.body, `${lede.replace('pay for', '')}\n`);
    expect(pointIn(d)).toBe(null);
    d.body.insert(0, `${lede.replace('pay for', '')}\n`);
    expect(pointIn(d)).toBe('nd they | themsel');
  });

  test('goes with its sentence', () => {
    const d = desk();
    d.doc.transact(() => paste(d.body, third, `${cut(d.body, lede)} `));
    expect(pointIn(d)).toBe('they pay| for the');
    expect(d.text).toBe(`\n${second}\n${lede} ${third}\n`);
  });

  test('is there in an empty piece', () => {
    const d = new Desk('', { text: '', at: 0 });
    expect(pointIn(d)).toBe('|');
    d.body.insert(0, 'Words.');
    expect(pointIn(d)).toBe('|Words.');
  });
});

describe('a quote that is named from outside', () => {
  const find = (quote: string, prefix = '', suffix = '', text = piece) => {
    const body = new Y.Doc().getText('body');
    body.insert(0, text);
    return select(new FieldText(body), { quote, prefix, suffix }).map(({ from }) => from);
  };

  test('is found to the letter, or but for white space, and told apart by what is around it', () => {
    expect(find('cheap')).toEqual([piece.indexOf('cheap')]);
    expect(find('themselves. The  roads')).toEqual([piece.indexOf('themselves.')]);
    expect(find('expensive')).toEqual([]);
    expect(find('')).toEqual([]);
    expect(find('are').length).toBe(2);
    expect(find('are', 'roads ')).toEqual([piece.indexOf('are', 60)]);
    expect(find('are', '', ' cheap')).toEqual([piece.indexOf('are')]);
    expect(find('', 'they pay', ' for')).toEqual([piece.indexOf(' for themselves')]);
    expect(find('aa', '', '', 'aaa').length, 'places may overlap').toBe(2);
  });
});

test('what cannot be stored is read as U+FFFD, with every index in its place', () => {
  const body = new Y.Doc().getText('body');
  body.insert(0, 'a\0b');
  body.insertEmbed(1, { divider: true });
  const view = new FieldText(body);
  expect(view.text).toBe('a\ufffdb');
  expect([0, 1, 2].map((offset) => view.startAt(offset))).toEqual([0, 2, 3]);
  expect([1, 2, 3].map((offset) => view.endAt(offset))).toEqual([1, 3, 4]);
  expect([0, 1, 2, 3, 4].map((index) => view.offsetOf(index))).toEqual([0, 1, 1, 2, 3]);
});
