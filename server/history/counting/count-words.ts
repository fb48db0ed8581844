import * as Y from 'yjs';
import type { Owners } from '../owners.ts';
import type { Credit } from './credit.ts';
import type { AnyText } from './texts.ts';
import { Words } from './words.ts';

/** Goes through all letters that there ever were in a text, in their order. */
export function countWords(text: AnyText, added: Owners, removed: Owners, credit: Credit): void {
  const before = new Words();
  const between = new Words();
  const after = new Words();
  for (let item = text._start; item !== null; item = item.right) {
    if (!(item.content instanceof Y.ContentString)) {
      if (item.countable) for (const words of [before, between, after]) words.end();
      continue;
    }
    const { client, clock } = item.id;
    const { str } = item.content;
    // Most of a piece: it was there before, or was gone before.
    if (!added.owns(client, clock, str.length) && !removed.owns(client, clock, str.length)) {
      if (!item.deleted) for (const words of [before, after]) words.skip(str);
      continue;
    }
    for (const part of added.parts(client, clock, str.length)) {
      for (const { from, to, owner: remover } of removed.parts(
        client,
        part.from,
        part.to - part.from,
      )) {
        const letters = str.slice(from - clock, to - clock);
        const adder = part.owner;
        const gone = item.deleted;
        if (adder === null) {
          // It was there before, unless it had been deleted before.
          if (gone && remover === null) continue;
          if (!gone) {
            before.skip(letters);
            after.skip(letters);
            continue;
          }
          credit(remover, 'removed', before.pass(letters));
        } else if (!gone) {
          credit(adder, 'added', after.pass(letters));
          between.end();
        } else if (remover !== null && remover !== adder) {
          const words = between.pass(letters);
          credit(adder, 'added', words);
          credit(remover, 'removed', words);
        }
      }
    }
  }
}
