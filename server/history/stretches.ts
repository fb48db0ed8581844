import type * as Y from 'yjs';
import type { Credit } from './counting/credit.ts';
import { countFormats } from './counting/count-formats.ts';
import { countWords } from './counting/count-words.ts';
import { textsOf } from './counting/texts.ts';
import type { Moment } from './moments.ts';
import { Owners } from './owners.ts';
import { Moves } from './provenance/moves.ts';

/** Somebody wrote for a while. Times are ms since 1970; counts are over all fields. */
export interface Stretch {
  readonly author: string | null;
  readonly from: number;
  readonly to: number;
  /** Words. */
  readonly added: number;
  readonly removed: number;
  /** Changes of format of what was there before, or was written by others. */
  readonly formats: number;
  /** Embeds that were put in or taken out. */
  readonly embeds: number;
}

/**
 * Raised when the same rows would be counted otherwise than before: stretches that were stored with an
 * older one are reckoned anew.
 */
export const stretchesVersion = 4;

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
  formats: number;
  embeds: number;
}

/**
 * The stretches of the rows of one block. `doc` holds all up to the block's last row, and has kept
 * what was deleted. A word counts where its first letter was added or removed; what a stretch has
 * added and taken back itself does not count, nor what was moved, or brought back after it was taken away
 * in this block: who moves words has not written them (A1).
 */
export function stretchesOf(doc: Y.Doc, moments: readonly Moment[]): Stretch[] {
  const stretches: Open[] = [];
  const open = new Map<string | null, number>();
  const added = new Owners();
  const removed = new Owners();
  const byRow: number[] = [];
  for (const { author, at } of moments) {
    let index = open.get(author);
    const known = index === undefined ? undefined : stretches[index];
    if (index === undefined || known === undefined || Math.abs(at - known.to) > pauseMs) {
      const none = { added: 0, removed: 0, formats: 0, embeds: 0 };
      index = stretches.push({ author, from: at, to: at, ...none }) - 1;
      open.set(author, index);
    } else {
      known.from = Math.min(known.from, at);
      known.to = Math.max(known.to, at);
    }
    byRow.push(index);
  }
  const moves = new Moves(doc, moments, byRow);
  moments.forEach(({ edits, deleted }, row) => {
    for (const range of edits) moves.added(added, range, byRow[row] ?? -1);
    for (const range of deleted) moves.removed(removed, range, byRow[row] ?? -1);
  });
  const credit: Credit = (index, what, count) => {
    const stretch = index === null ? undefined : stretches[index];
    if (stretch !== undefined) stretch[what] += count;
  };
  for (const text of textsOf(doc)) {
    countWords(text, added, removed, credit);
    countFormats(text, { added, removed, stretches: stretches.length, credit });
  }
  return stretches;
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
      open.formats += stretch.formats;
      open.embeds += stretch.embeds;
    } else {
      const next = { ...stretch };
      joined.push(next);
      last.set(stretch.author, next);
    }
  }
  return joined.sort((a, b) => a.from - b.from || a.to - b.to);
}
