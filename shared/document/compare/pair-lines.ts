import { similarity } from '../../anchors/quotes.ts';
import { hunks } from '../diff.ts';

/** More alike than this, two lines in one place are one that was changed. */
const alike = 0.55;
/** And in two places, one that was moved and changed, where it is at least so many letters long. */
const alikeElsewhere = 0.75;
const longEnough = 40;
/** Comparisons of lines elsewhere, at most: each takes some microseconds. */
const mostComparisons = 40_000;

export interface Pair {
  readonly before: number;
  readonly moved: boolean;
}

/** By the index of each later line, the earlier one that it was. */
export function pairLines(old: readonly string[], young: readonly string[]): Map<number, Pair> {
  const pairs = new Map<number, Pair>();
  const gone = new Set<number>();
  const fresh = new Set<number>();
  const found = hunks(old, young);
  let [a, b] = [0, 0];
  for (const { at, remove, from, insert } of found) {
    for (; a < at; a++, b++) pairs.set(b, { before: a, moved: false });
    for (; a < at + remove.length; a++) gone.add(a);
    for (; b < from + insert.length; b++) fresh.add(b);
  }
  for (; a < old.length && b < young.length; a++, b++) pairs.set(b, { before: a, moved: false });
  const pair = (later: number, before: number, moved: boolean) => {
    pairs.set(later, { before, moved });
    gone.delete(before);
    fresh.delete(later);
  };
  // The very same line elsewhere; then what it became in its place; then elsewhere.
  for (const later of [...fresh]) {
    const text = young[later] ?? '';
    if (text.trim() === '') continue;
    const before = [...gone].find((one) => old[one] === text);
    if (before !== undefined) pair(later, before, true);
  }
  for (const { at, remove, from, insert } of found) {
    let next = at;
    for (let later = from; later < from + insert.length; later++) {
      if (!fresh.has(later)) continue;
      for (let before = next; before < at + remove.length; before++) {
        if (!gone.has(before) || !isLike(old[before], young[later], alike)) continue;
        pair(later, before, false);
        next = before + 1;
        break;
      }
    }
  }
  if (gone.size * fresh.size > mostComparisons) return pairs;
  for (const later of [...fresh]) {
    const before = [...gone].find((one) =>
      isLike(old[one], young[later], alikeElsewhere, longEnough),
    );
    if (before !== undefined) pair(later, before, true);
  }
  return pairs;
}

function isLike(a = '', b = '', least = alike, longest = 0): boolean {
  return a.length >= longest && b.length >= longest && similarity(a, b) > least;
}
