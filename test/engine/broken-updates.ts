import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Random } from '../support/random.ts';

type Part = number | string | Uint8Array;

/** Parts behind each other: numbers as varUint, texts with their length. */
export function bytes(...parts: readonly Part[]): Uint8Array {
  return encoding.encode((encoder) => {
    for (const part of parts) {
      if (part instanceof Uint8Array) encoding.writeUint8Array(encoder, part);
      else if (typeof part === 'string') encoding.writeVarString(encoder, part);
      else encoding.writeVarUint(encoder, part);
    }
  });
}

/** What an item begins with: a text (4) with both neighbours, its left one alone, or in a type. */
const between = Uint8Array.of(0xc4);
const behind = Uint8Array.of(0x84);
const inside = Uint8Array.of(0x04);

export interface Breaking {
  /** A document that holds what the server does, and some words of its own clientID. */
  readonly doc: Y.Doc;
  /** The words that would be lost. */
  readonly words: string;
  readonly random: Random;
}

/** The update of a new word at the beginning of the body; `doc` stays as it is. */
export function goodUpdate({ doc, words }: Breaking): Uint8Array {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  copy.clientID = doc.clientID;
  const before = Y.encodeStateVector(copy);
  copy.getText('body').insert(0, words);
  return Y.encodeStateAsUpdate(copy, before).slice();
}

/** An update like the good one, but for its first or last bytes, which are counts. */
function recounted(breaking: Breaking, at: number, by: number): Uint8Array {
  // Without the deletions that every state has: one client, its structs, and no deletion.
  const update = bytes(...section(breaking));
  const index = at < 0 ? update.length + at : at;
  update[index] = update[index]! + by;
  return update;
}

/** One client, one struct, which is the words; and no deletion. */
function section({ doc, words }: Breaking): Part[] {
  const { clientID } = doc;
  return [
    1,
    1,
    clientID,
    Y.getState(doc.store, clientID),
    Uint8Array.of(0x04),
    1,
    'body',
    words,
    0,
  ];
}

/** Updates that hold words, but ones that no document would have afterwards. */
export const broken: Record<string, (breaking: Breaking) => Uint8Array> = {
  'in the V2 encoding': (b) => Y.convertUpdateFormatV1ToV2(goodUpdate(b)),
  'with bytes behind its end': (b) =>
    bytes(
      goodUpdate(b),
      Uint8Array.from({ length: 1 + b.random.int(9) }, () => b.random.int(256)),
    ),
  'with another one behind its end': (b) => bytes(goodUpdate(b), goodUpdate(b)),
  'with an empty one before it': (b) => bytes(0, 0, goodUpdate(b)),
  'with a struct less than it says': (b) => recounted(b, 1, 1),
  'with a struct more than it says': (b) => recounted(b, 1, -1),
  'with a client less than it says': (b) => recounted(b, 0, 1),
  'with a client more than it says': (b) => recounted(b, 0, -1),
  'with a deletion less than it says': (b) => recounted(b, -1, 1),
  'with two sections of one client': ({ doc, words }) => {
    const [id, clock] = [doc.clientID, Y.getState(doc.store, doc.clientID)];
    const first: Part[] = [1, id, clock, inside, 1, 'body', words];
    const then: Part[] = [1, id, clock + words.length, behind, id, clock + words.length - 1, 'x'];
    return bytes(2, ...first, ...then, 0);
  },
  'with a section of nothing': ({ doc, words }) => {
    const id = doc.clientID;
    return bytes(2, 1, id, Y.getState(doc.store, id), inside, 1, 'body', words, 0, 7, 0, 0);
  },
  'with a word of no length': ({ doc }) =>
    bytes(1, 1, doc.clientID, Y.getState(doc.store, doc.clientID), inside, 1, 'body', '', 0),
  'with a deletion of nothing': ({ doc }) => bytes(0, 1, doc.clientID, 1, 0, 0),
  'with a client that deletes nothing': ({ doc }) => bytes(0, 1, doc.clientID, 0),
  'of nothing': ({ doc }) => bytes(1, 1, doc.clientID, 0, 10, 5, 0),
  'with words that stand in a letter': ({ doc, words }) => {
    const id = doc.clientID;
    return bytes(1, 1, id, Y.getState(doc.store, id), inside, 0, id, 0, words, 0);
  },
  'with words between a letter of the body and one of another text': ({ doc, words }) => {
    const [id, clock] = [doc.clientID, Y.getState(doc.store, doc.clientID)];
    const letter: Part[] = [2, id, clock, inside, 1, 'title', 'x'];
    return bytes(1, ...letter, between, id, clock - 1, id, clock, words, 0);
  },
  'that builds on itself': ({ doc, words }) => {
    const [one, other] = [doc.clientID, 1 + (doc.clientID % 1_000_000)];
    const clock = Y.getState(doc.store, one);
    const left: Part[] = [1, one, clock, between, other, 0, one, 0, words];
    const right: Part[] = [1, other, 0, between, one, clock, one, 0, words];
    return bytes(2, ...left, ...right, 0);
  },
  'with other words under ids that are taken': ({ doc, words }) => {
    const other = new Y.Doc();
    other.clientID = doc.clientID;
    other.getText('body').insert(0, words);
    return Y.encodeStateAsUpdate(other);
  },
  'with other words of the same length under ids that are taken': ({ doc, words, random }) => {
    const item = doc.store.clients.get(doc.clientID)![0] as Y.Item;
    const from = random.int(item.length);
    const text = [...words.repeat(item.length)]
      .slice(0, item.length - from + random.int(3))
      .join('');
    const start: Part[] = from > 0 ? [behind, doc.clientID, from - 1] : [inside, 1, 'body'];
    return bytes(1, 1, doc.clientID, from, ...start, text, 0);
  },
};
