import * as Y from 'yjs';
import type { PieceRole } from '../../shared/roles.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import type { Random } from '../support/random.ts';
import type { PieceInMemory, Sender } from './piece-in-memory.ts';

/** Her letters are each written once, by her alone. */
const firstLetter = 0x4e00;
const lastLetter = 0x9fff;

export function hersIn(text: string): string[] {
  return [...text].filter((letter) => letter >= '\u4e00' && letter <= '\u9fff');
}

/**
 * One person who sends whatever a client can: under any clientID, in all fields, over several
 * connections, in pieces, late, twice and out of order. What is refused stays in her document, so that
 * more builds on it.
 */
export class Forger {
  readonly id = 'eve';
  role: PieceRole;
  readonly #piece: PieceInMemory;
  readonly #random: Random;
  /** The clientIDs of others that she knows of. */
  readonly #others: () => readonly number[];
  #doc = new Y.Doc();
  readonly #wires: (Sender | null)[] = [null, null, null];
  #late: Uint8Array[] = [];
  #letters = 0;
  #clock = 0;

  constructor(
    piece: PieceInMemory,
    random: Random,
    { role, others }: { role: PieceRole; others: () => readonly number[] },
  ) {
    this.#piece = piece;
    this.#random = random;
    this.role = role;
    this.#others = others;
  }

  act(): void {
    const random = this.#random;
    if (random.int(12) === 0) this.#doc = new Y.Doc();
    if (random.int(8) === 0) this.#wires[random.int(this.#wires.length)] = null;
    const id = this.#anyId();
    if (random.int(8) === 0) this.#speak(id);
    for (const frame of this.#written(id)) {
      if (random.int(6) === 0) this.#late.push(frame);
      else this.#send(frame);
    }
    if (random.int(5) === 0) this.#send(this.#late.pop() ?? Y.encodeStateAsUpdate(this.#doc));
  }

  #anyId(): number {
    const { room, clientIds, kept } = this.#piece;
    const renamed = [...kept.values()].flatMap((row) => [...row.renamed.values()]);
    return this.#random.pick([
      ...[500_001, 500_002, 500_003, 500_004],
      ...[...this.#others(), ...this.#others()],
      room.doc.clientID,
      ...clientIds.keys(),
      ...renamed.map(({ to }) => to),
    ]);
  }

  /** One to three edits, as one frame or a frame each, in any order. */
  #written(clientID: number): Uint8Array[] {
    const frames: Uint8Array[] = [];
    const collect = (update: Uint8Array) => frames.push(update);
    try {
      // A document that meets its own clientID would take another, and say so.
      this.#doc.clientID = 0;
      const news = Y.encodeStateAsUpdate(this.#piece.room.doc);
      if (this.#random.int(3) > 0) Y.applyUpdate(this.#doc, news);
      const before = Y.encodeStateVector(this.#doc);
      this.#doc.clientID = clientID;
      this.#doc.on('update', collect);
      for (let i = this.#random.int(3); i >= 0; i--) this.#edit();
      this.#doc.off('update', collect);
      if (this.#random.int(2) === 0) return [Y.encodeStateAsUpdate(this.#doc, before)];
      return this.#random.int(3) === 0 ? frames.reverse() : frames;
    } catch {
      // Ids that she wrote other things under make documents that Yjs itself breaks off in.
      this.#doc = new Y.Doc();
      return [];
    }
  }

  #send(update: Uint8Array): void {
    const at = this.#random.int(this.#wires.length);
    const send = (this.#wires[at] ??= this.#piece.join(this.id, this.role));
    const type = this.#random.pick(['update', 'step2'] as const);
    if (!send({ type, update })) this.#wires[at] = null;
  }

  #speak(clientId: number): void {
    const entry = encodePresenceEntry(clientId, ++this.#clock, '{"cursor":1}');
    const send = (this.#wires[0] ??= this.#piece.join(this.id, this.role));
    send({ type: 'presence', presence: joinPresence([entry]) });
  }

  #letter(): string {
    const code = firstLetter + this.#letters++;
    if (code > lastLetter) throw new RangeError('No letters are left');
    return String.fromCodePoint(code);
  }

  #edit(): void {
    const random = this.#random;
    const text = this.#doc.getText(random.pick(['body', 'body', 'body', 'title', 'standfirst']));
    const at = random.int(text.length + 1);
    const length = Math.min(1 + random.int(6), text.length - at);
    random.pick(edits)({ doc: this.#doc, text, at, length, random, letter: () => this.#letter() });
  }
}

interface At {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly at: number;
  /** From `at` on, within the text. */
  readonly length: number;
  readonly random: Random;
  readonly letter: () => string;
}

const marks = [{ bold: true }, { link: 'https://evil.example/' }, { bold: null }, { link: null }];
const blocks = [{ thesis: 'th1' }, { header: 2 }, { header: null }, { blockquote: true }];

const insert = ({ text, at, letter }: At) => text.insert(at, letter() + letter());

function note({ doc }: At): Y.Text | null {
  const found = doc.getMap('footnotes').get('n1');
  return found instanceof Y.Text ? found : null;
}

const edits: readonly ((at: At) => void)[] = [
  ...[insert, insert, insert, insert],
  ({ text, at, letter, random }) => text.insert(at, letter(), random.pick(marks)),
  ({ text, at, letter, random }) => text.insert(at, `${letter()}\n`, random.pick(blocks)),
  ({ text, at, length }) => text.delete(at, length),
  ({ text, at, length }) => text.delete(at, length),
  ({ text, at, length, random }) => text.format(at, length, random.pick(marks)),
  ({ text, at, length, random }) => text.format(at, length, random.pick(blocks)),
  ({ text, at, random }) => {
    text.insertEmbed(at, random.pick([{ footnote: 'n1' }, { divider: true }]));
  },
  // Imitates a move, with a letter of hers in what is moved.
  ({ text, at, length, random, letter }) => {
    const moved = text.toJSON().slice(at, at + length);
    text.delete(at, length);
    text.insert(random.int(text.length + 1), moved + letter());
  },
  // The same words again, in their place.
  ({ text, at, length }) => {
    const same = text.toJSON().slice(at, at + length);
    text.delete(at, length);
    text.insert(Math.min(at, text.length), same);
  },
  // A mark around words that she takes away again.
  ({ text, at, letter, random }) => {
    text.insert(at, letter(), random.pick(marks));
    text.delete(at, 1);
  },
  (where) => note(where)?.insert(0, where.letter()),
  (where) => note(where)?.delete(0, Math.min(2, note(where)?.length ?? 0)),
  ({ doc }) => doc.getMap('footnotes').delete('n1'),
  ({ doc, letter }) => {
    const text = new Y.Text();
    text.insert(0, letter());
    doc.getMap('footnotes').set('n1', text);
  },
  ({ doc, letter }) => doc.getMap('footnotes').set('n2', letter()),
  ({ doc, letter }) => doc.getMap('meta').set('byline', letter()),
  ({ doc }) => doc.getMap('meta').delete('byline'),
  // What nobody can be shown.
  ({ doc }) => doc.getMap('settings').set('a', 1),
  ({ doc, letter }) => doc.getText('notes').insert(0, letter()),
  ({ text, random }) => {
    if (random.int(3) === 0) text.setAttribute('lang', 'de');
  },
  ({ text, at, random }) => {
    if (random.int(3) === 0) text.insertEmbed(at, new Y.Map() as object);
  },
];
