import * as Y from 'yjs';
import { sharedTypes } from '../../shared/document/schema.ts';
import type { Moment } from './moments.ts';
import { Owners } from './owners.ts';

/** Somebody wrote for a while. Times are ms since 1970, counts in words of the body. */
export interface Stretch {
  readonly author: string | null;
  readonly from: number;
  readonly to: number;
  readonly added: number;
  readonly removed: number;
}

/** Who does not write for longer than this begins another stretch, in ms. */
export const pauseMs = 5 * 60_000;

/**
 * Journal rows whose stretches are looked at together: those of a piece, from its first row on. Fixed,
 * so that the same rows always give the same list, packed or not.
 */
export const blockRows = 4_000;

/** The last row of the block that a row is in. */
export const endOfBlock = (seq: number) => Math.ceil(seq / blockRows) * blockRows;

/** The last row of the last block that is full; 0: none is. */
export const lastFullBlock = (seq: number) => seq - (seq % blockRows);

/** What an author did in a block until they paused. */
interface Open {
  author: string | null;
  from: number;
  to: number;
  added: number;
  removed: number;
}

/**
 * The stretches of the rows of one block. `doc` holds all up to the block's last row, and has kept
 * what was deleted. A word counts where its first letter was added or removed; what a stretch has
 * added and taken back itself does not count.
 */
export function stretchesOf(doc: Y.Doc, moments: readonly Moment[]): Stretch[] {
  const stretches: Open[] = [];
  const open = new Map<string | null, number>();
  const added = new Owners();
  const removed = new Owners();
  for (const { author, at, edits, deleted } of moments) {
    let index = open.get(author);
    const known = index === undefined ? undefined : stretches[index];
    if (index === undefined || known === undefined || Math.abs(at - known.to) > pauseMs) {
      index = stretches.push({ author, from: at, to: at, added: 0, removed: 0 }) - 1;
      open.set(author, index);
    } else {
      known.from = Math.min(known.from, at);
      known.to = Math.max(known.to, at);
    }
    for (const { client, clock, len } of edits) added.add(client, clock, len, index);
    for (const { client, clock, len } of deleted) removed.add(client, clock, len, index);
  }
  count(doc, added, removed, stretches);
  return stretches;
}

/** Goes through all letters that there ever were, in the order of the text. */
function count(doc: Y.Doc, added: Owners, removed: Owners, stretches: readonly Open[]): void {
  const before = new Words();
  const between = new Words();
  const after = new Words();
  for (let item = doc.getText(sharedTypes.body)._start; item !== null; item = item.right) {
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
        const text = str.slice(from - clock, to - clock);
        const adder = part.owner;
        const gone = item.deleted;
        if (adder === null) {
          // It was there before, unless it had been deleted before.
          if (gone && remover === null) continue;
          if (!gone) {
            before.skip(text);
            after.skip(text);
            continue;
          }
          tally(before, text, (n) => credit(stretches, remover, 'removed', n));
        } else if (!gone) {
          tally(after, text, (n) => credit(stretches, adder, 'added', n));
          between.end();
        } else if (remover !== null && remover !== adder) {
          tally(between, text, (n) => {
            credit(stretches, adder, 'added', n);
            credit(stretches, remover, 'removed', n);
          });
        }
      }
    }
  }
}

function tally(words: Words, text: string, tell: (count: number) => void): void {
  const begun = words.pass(text);
  if (begun > 0) tell(begun);
}

function credit(
  stretches: readonly Open[],
  index: number | null,
  what: 'added' | 'removed',
  words: number,
): void {
  const stretch = index === null ? undefined : stretches[index];
  if (stretch !== undefined) stretch[what] += words;
}

const separator = /[\s\u2014]/u;
const letter = /[\p{L}\p{N}]/u;

/** Signs at the end of a text that nearly always tell whether a word goes on. */
const skipBy = 16;

/** Counts where words begin in a text that comes in parts. A word is as `countWords` has it. */
class Words {
  #inWord = false;
  #skipped: string[] = [];

  /** How many words begin in this part. */
  pass(text: string): number {
    if (this.#skipped.length > 0) this.#catchUp();
    let begun = 0;
    for (const sign of text) {
      if (separator.test(sign)) this.#inWord = false;
      else if (!this.#inWord && letter.test(sign)) {
        this.#inWord = true;
        begun++;
      }
    }
    return begun;
  }

  /** Passes without counting. What it leads into is found out when it is asked: most is let be. */
  skip(text: string): void {
    this.#skipped.push(text);
  }

  end(): void {
    this.#skipped = [];
    this.#inWord = false;
  }

  /** By the last of the signs that tell; a long text is read whole only where its end does not. */
  #catchUp(): void {
    for (const text of this.#skipped.reverse()) {
      const end = lastTelling(text.slice(-skipBy)) ?? lastTelling(text);
      if (end === undefined) continue;
      this.#inWord = !separator.test(end);
      break;
    }
    this.#skipped = [];
  }
}

function lastTelling(text: string): string | undefined {
  return [...text].findLast((sign) => separator.test(sign) || letter.test(sign));
}

/** Stretches of neighbouring blocks as one list, in the order in which they began. */
export function joinStretches(blocks: readonly (readonly Stretch[])[]): Stretch[] {
  const joined: Open[] = [];
  const last = new Map<string | null, Open>();
  for (const stretch of blocks.flat()) {
    const open = last.get(stretch.author);
    if (open !== undefined && stretch.from - open.to <= pauseMs && stretch.to >= open.from) {
      open.from = Math.min(open.from, stretch.from);
      open.to = Math.max(open.to, stretch.to);
      open.added += stretch.added;
      open.removed += stretch.removed;
    } else {
      const next = { ...stretch };
      joined.push(next);
      last.set(stretch.author, next);
    }
  }
  return joined.sort((a, b) => a.from - b.from || a.to - b.to);
}
