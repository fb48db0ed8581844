/**
 * Letters of many clients that all came after one letter, each before another one: for each of them Yjs
 * looks at all others. In one small update, or waiting for that one letter.
 */
import { randomUUID } from 'node:crypto';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { encodeSync } from '../../../shared/protocol/messages.ts';
import { openRaw } from '../../support/raw-socket.ts';
import type { Attack } from '../attack.ts';

/** Of an item whose content is a string, with both neighbours, and with the left one alone. */
const [stringBetween, stringBehind] = [0xc4, 0x84];

/** One letter by each of `count` clients up to `last`, behind `after`, and before the letter that `before` gives. */
function letters(encoder: encoding.Encoder, { count, last, after, before }: Letters): void {
  for (let n = 0; n < count; n++) {
    for (const number of [1, last - n, 0]) encoding.writeVarUint(encoder, number);
    encoding.writeUint8(encoder, stringBetween);
    for (const { client, clock } of [after, before(n)]) {
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, clock);
    }
    encoding.writeVarString(encoder, 'y');
  }
}

interface Letters {
  readonly count: number;
  readonly last: number;
  readonly after: Y.ID;
  readonly before: (n: number) => Y.ID;
}

const firstClient = 10;
const ofOneUpdate = 100;

/** Letters that wait for the first one of `missing`, each before another one of the client `words`. */
export function waitingLetters(count: number, missing: number, words: number): Uint8Array[] {
  return Array.from({ length: count / ofOneUpdate }, (_, i) =>
    encoding.encode((encoder) => {
      const first = i * ofOneUpdate;
      encoding.writeVarUint(encoder, ofOneUpdate);
      letters(encoder, {
        count: ofOneUpdate,
        last: firstClient + count - first,
        after: new Y.ID(missing, 0),
        before: (n) => new Y.ID(words, first + n),
      });
      encoding.writeVarUint(encoder, 0);
    }),
  );
}

/** Letters behind `after`, each before another one of `count` that the update brings along. */
export function crowdedLetters(count: number, after: Y.ID): Uint8Array {
  const anchors = firstClient + count + 1;
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, count + 1);
    for (const number of [count, anchors, 0]) encoding.writeVarUint(encoder, number);
    for (let clock = 0; clock < count; clock++) {
      encoding.writeUint8(encoder, stringBehind);
      const { client, clock: at } = clock === 0 ? after : new Y.ID(anchors, clock - 1);
      encoding.writeVarUint(encoder, client);
      encoding.writeVarUint(encoder, at);
      encoding.writeVarString(encoder, 'x');
    }
    const before = (n: number) => new Y.ID(anchors, n);
    letters(encoder, { count, last: anchors - 1, after, before });
    encoding.writeVarUint(encoder, 0);
  });
}

const [words, missing] = [5, 1];

/** A text of 10,000 letters by the client `words`. */
export function textOfWords(): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = words;
  doc.getText('body').insert(0, 'w'.repeat(10_000));
  return doc;
}

/** The letter that others wait for, before those words. */
export function missingLetter(text: Y.Doc): Uint8Array {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(text));
  doc.clientID = missing;
  doc.getText('body').insert(0, 'X');
  return Y.encodeStateAsUpdate(doc, Y.encodeStateVector(text));
}

/** Sends updates in a new piece, over and over. */
function over(name: string, updates: () => readonly Uint8Array[]): Attack {
  return {
    name,
    async prepare(ground) {
      const person = await ground.person(`Crowded ${randomUUID()}`);
      const sent = updates();
      return async (signal) => {
        const piece = await ground.piece();
        await ground.member(piece, person, 'writer');
        const ws = await openRaw(ground, piece, `token=${person.token}`);
        const heard = new Promise<void>((resolve) => {
          ws.on('error', () => resolve()).once('close', () => resolve());
          ws.once('pong', () => resolve());
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        for (const update of sent) ws.send(encodeSync('update', update));
        ws.ping();
        await heard;
        ws.terminate();
      };
    },
  };
}

export const waitingWords = over(
  'a writer sends the letter that 4,500 others wait for, to stand behind it',
  () => {
    const text = textOfWords();
    const waiting = waitingLetters(4_500, missing, words);
    return [Y.encodeStateAsUpdate(text), ...waiting, missingLetter(text)];
  },
);

export const crowdedPlace = over(
  'a writer sends 1,500 letters in 30 kB that all look for their place among each other',
  () => [Y.encodeStateAsUpdate(textOfWords()), crowdedLetters(1_500, new Y.ID(words, 0))],
);
