import { countWords } from '../document/text/words.ts';
import { isPoint, type Anchor } from './anchor.ts';
import type { FieldText, StateVector } from './field-text.ts';
import { agreement, occurrences, resembling, similarity, type Stretch } from './quotes.ts';

/**
 * What makes a place with the same words the passage itself, and not another that reads alike: as
 * many letters around it as before; or three words that were not there while the passage was (a
 * passage that is gone from Yjs never returns but as new letters); or words that nobody writes twice.
 */
const enoughContext = 16;
const enoughNewWords = 3;
const enoughWords = 8;

/** How much of the surroundings is enough to look between them, and how alike what stands there is. */
const neighbourLength = 24;
const enoughNeighbours = 8;
const alike = 0.5;
/** How many characters in all are compared for one passage: 40 ms. */
const mostCompared = 400_000;

export interface Search {
  /** Where the passage was, as an offset: of places that are as good, the nearest one is taken. */
  readonly near: number;
  /** How far the document had come when the passage was last seen; null: not known. */
  readonly seen: StateVector | null;
}

/** Where the passage of an anchor is that has lost its letters; null: nowhere in this text. */
export function findAgain(view: FieldText, anchor: Anchor, search: Search): Stretch | null {
  if (isPoint(anchor)) return findPoint(view, anchor, search);
  return findWhole(view, anchor, search) ?? findBetween(view, anchor, search);
}

/** The same, where all of it stands in one place again. */
export function findWhole(view: FieldText, anchor: Anchor, search: Search): Stretch | null {
  const { sought } = anchor;
  const exact = occurrences(view.text, sought).map((from) => ({ from, to: from + sought.length }));
  return best(view, anchor, exact, search) ?? best(view, anchor, resembling(view, sought), search);
}

/** All of a passage that had lost a part of it, around what was left at `at`. */
export function findAround(view: FieldText, { sought }: Anchor, at: Stretch): Stretch | null {
  const first = Math.max(0, at.to - sought.length);
  const around = view.text.slice(first, at.from + sought.length);
  for (let i = around.indexOf(sought); i >= 0; i = around.indexOf(sought, i + 1)) {
    const from = first + i;
    if (from <= at.from && from + sought.length >= at.to) return { from, to: from + sought.length };
  }
  return null;
}

function best(
  view: FieldText,
  anchor: Anchor,
  places: readonly Stretch[],
  { near, seen }: Search,
): Stretch | null {
  if (places.length === 0) return null;
  const words = countWords(anchor.sought);
  const rank = ({ from, to }: Stretch) => {
    const agreeing = agreement(view.text, { from, to }, anchor);
    const isNew =
      words >= enoughNewWords &&
      (seen === null || view.ages(view.startAt(from), view.endAt(to), seen).newer);
    // A passage that was all of the text has no surroundings.
    const enough = Math.min(enoughContext, anchor.prefix.length + anchor.suffix.length);
    const sure = agreeing >= enough || isNew || words >= enoughWords;
    return { from, to, sure, isNew, agreeing, away: Math.abs(from - near) };
  };
  const [first] = places
    .map(rank)
    .filter(({ sure }) => sure)
    .sort(
      (a, b) => b.agreeing - a.agreeing || Number(b.isNew) - Number(a.isNew) || a.away - b.away,
    );
  return first === undefined ? null : { from: first.from, to: first.to };
}

/** The first place of `part` that begins from `from` to `last`; -1: there is none. */
function indexWithin(text: string, part: string, from: number, last: number): number {
  const at = text.slice(from, last + part.length).indexOf(part);
  return at < 0 ? -1 : from + at;
}

/** What stands between the old neighbours now, if it is still much the same. */
function findBetween(view: FieldText, anchor: Anchor, { near }: Search): Stretch | null {
  const { text } = view;
  const { sought } = anchor;
  const before = anchor.prefix.slice(-neighbourLength);
  const after = anchor.suffix.slice(0, neighbourLength);
  if (before.length + after.length < enoughNeighbours) return null;
  const starts = before === '' ? [0] : occurrences(text, before).map((at) => at + before.length);
  const longest = 2 * sought.length + 20;
  // To compare all that stands between neighbours that are everywhere would take seconds.
  let left = mostCompared;
  let found: (Stretch & { readonly like: number; readonly away: number }) | null = null;
  for (const from of starts) {
    const to = after === '' ? text.length : indexWithin(text, after, from, from + longest);
    if (to < from || to - from > longest || (left -= to - from + sought.length) < 0) continue;
    const like = similarity(text.slice(from, to), sought);
    const away = Math.abs(from - near);
    if (like < alike || (found !== null && (found.like > like || found.away < away))) continue;
    found = { from, to, like, away };
  }
  return found === null ? null : { from: found.from, to: found.to };
}

/**
 * A point whose neighbours are gone: where what stood around it stands again, best of all the words
 * before it, which is what an insertion goes on from.
 */
function findPoint(view: FieldText, anchor: Anchor, { near }: Search): Stretch | null {
  const { text } = view;
  const before = anchor.prefix.slice(-neighbourLength);
  const after = anchor.suffix.slice(0, neighbourLength);
  const tries: readonly (readonly [string, string])[] = [
    [before, after],
    [before, ''],
    ['', after],
  ];
  for (const [head, tail] of tries) {
    if (head.length + tail.length < enoughContext) continue;
    const places = occurrences(text, head + tail).map((at) => at + head.length);
    const [nearest] = places.sort((a, b) => Math.abs(a - near) - Math.abs(b - near));
    if (nearest !== undefined) return { from: nearest, to: nearest };
  }
  return null;
}

/**
 * Where a passage is that has gone to another field: all of it, in words that were not there while it
 * was seen. A sentence that has always stood in both is not what became of it.
 */
export function findMoved(
  view: FieldText,
  anchor: Anchor,
  seen: StateVector | null,
): Stretch | null {
  if (seen === null || isPoint(anchor)) return null;
  const at = findWhole(view, anchor, { near: 0, seen });
  if (at === null || countWords(anchor.sought) < enoughNewWords) return null;
  const { older } = view.ages(view.startAt(at.from), view.endAt(at.to), seen);
  return older ? null : at;
}
