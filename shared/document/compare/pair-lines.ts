import { similarity } from '../../anchors/quotes.ts';
import { hunks } from '../text/diff.ts';

/** More alike than this, two lines in one place are one that was changed. */
const alike = 0.55;
/** And in two places, one that was moved and changed, where it is at least so many letters long. */
const alikeElsewhere = 0.75;
const longEnough = 40;
/** Comparisons of lines elsewhere, at most: each takes some microseconds. */
const mostComparisons = 40_000;
/**
 * Letters that are read to tell what is alike, at most, and pairs of lines that are looked at: a
 * second's work. What is beyond is told as taken out and put in: 40,000 short lines that were all
 * written anew took minutes, for pairs that nobody could follow.
 */
const mostLetters = 12_000_000;
const mostLooks = 4_000_000;

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
  const same = placesOf(old, gone);
  for (const later of [...fresh]) {
    const text = young[later] ?? '';
    const before = text.trim() === '' ? undefined : same.get(text)?.shift();
    if (before !== undefined) pair(later, before, true);
  }
  const alikeness = new Alikeness();
  for (const { at, remove, from, insert } of found) {
    let next = at;
    for (let later = from; later < from + insert.length; later++) {
      if (alikeness.spent) break;
      if (!fresh.has(later)) continue;
      for (let before = next; before < at + remove.length; before++) {
        if (!gone.has(before) || !alikeness.isLike(old[before], young[later], alike)) continue;
        pair(later, before, false);
        next = before + 1;
        break;
      }
    }
  }
  if (gone.size * fresh.size > mostComparisons) return pairs;
  for (const later of [...fresh]) {
    const before = [...gone].find((one) =>
      alikeness.isLike(old[one], young[later], alikeElsewhere, longEnough),
    );
    if (before !== undefined) pair(later, before, true);
  }
  return pairs;
}

/** Where each text stands among some lines, in order. */
function placesOf(lines: readonly string[], among: Iterable<number>): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const at of among) {
    const text = lines[at] ?? '';
    const known = places.get(text);
    if (known === undefined) places.set(text, [at]);
    else known.push(at);
  }
  return places;
}

/** Compares lines until it has read enough; from then on nothing is like anything. */
class Alikeness {
  #left = mostLetters;
  #looks = mostLooks;

  get spent(): boolean {
    return this.#left < 0 || this.#looks < 0;
  }

  isLike(a = '', b = '', least = alike, longest = 0): boolean {
    if (--this.#looks < 0) return false;
    if (a.length < longest || b.length < longest) return false;
    // Of two lengths that differ so much, not enough pairs of letters can be shared.
    if (2 * Math.min(a.length, b.length) <= least * (a.length + b.length - 2)) return false;
    this.#left -= a.length + b.length;
    return this.#left >= 0 && similarity(a, b) > least;
  }
}
