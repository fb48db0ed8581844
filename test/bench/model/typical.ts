import * as Y from 'yjs';
import { newDocument } from '../../../shared/document/new-document.ts';
import type { Random } from '../../support/random.ts';

/** Words of a piece, as the model has it. */
export const wordsOfPiece = 1_000;
/** Letters of a word, and the space after it. */
const lettersOfWord = 6;
const people = 4;
/** Letters that one person types before another does. */
const stretch = 24;

/** A piece as four people have typed it, letter by letter, in turns and at places of their own. */
export function typedPiece(random: Random): Y.Doc {
  const doc = newDocument();
  const body = doc.getText('body');
  const clientIds = Array.from({ length: people }, () => 1 + random.int(2 ** 31));
  while (body.length < wordsOfPiece * lettersOfWord) {
    doc.clientID = random.pick(clientIds);
    let at = random.int(body.length + 1);
    for (let i = 1; i <= stretch; i++) {
      body.insert(at++, i % lettersOfWord === 0 ? ' ' : 'abcdefghij'.charAt(random.int(10)));
    }
  }
  return doc;
}

/** The update of one key, as it comes from a client in the middle of its work. */
export function keystroke(): Uint8Array {
  const doc = new Y.Doc();
  let last: Uint8Array = new Uint8Array();
  doc.on('update', (update: Uint8Array) => (last = update));
  const body = doc.getText('body');
  for (let i = 0; i < 1_000; i++) body.insert(i, 'x');
  return last;
}
