import type { Mark, Node } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';
import { schema } from '../schema/schema.ts';
import type { Match } from './matches.ts';

/**
 * Makes a match read `text`. Letters that both begin or end with stay the same letters (S1). New ones
 * look like the first that they replace, such as a link's; where they replace none, like the letter of
 * the match beside them.
 */
export function replaceText(tr: Transaction, { from, to }: Match, text: string): Transaction {
  const old = tr.doc.textBetween(from, to, undefined, '\uFFFC');
  const { head, tail } = sharedEnds(old, text);
  const [start, end] = [from + head, to - tail];
  const inserted = text.slice(head, text.length - tail);
  if (inserted === '') return start < end ? tr.delete(start, end) : tr;
  const like = start < end || head === 0 ? start : start - 1;
  return tr.replaceWith(start, end, schema.text(inserted, marksAt(tr.doc, like)));
}

function marksAt(doc: Node, position: number): readonly Mark[] {
  return doc.nodeAt(position)?.marks ?? [];
}

/** What is written as one: a letter with its marks, an emoji of several. */
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How much two texts have in common at both ends, in UTF-16 units. */
function sharedEnds(before: string, after: string): { head: number; tail: number } {
  const [old, young] = [before, after].map((text) =>
    Array.from(letters.segment(text), ({ segment }) => segment),
  ) as [string[], string[]];
  const most = Math.min(old.length, young.length);
  let first = 0;
  while (first < most && old[first] === young[first]) first++;
  let last = 0;
  while (last < most - first && old.at(-1 - last) === young.at(-1 - last)) last++;
  const head = old.slice(0, first).join('').length;
  return { head, tail: last === 0 ? 0 : old.slice(-last).join('').length };
}
