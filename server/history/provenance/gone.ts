import type { Letters } from './letters.ts';
import { coreOf, type Core } from './matching.ts';

/** A stretch of text that was taken away, as it stood. */
export interface Cut {
  /** Of its letters. */
  readonly positions: number[];
  /** Ms since 1970. */
  readonly at: number;
  /** What it said; made when it is asked for. */
  core: Core | null;
}

/** Where text that is written again stood among what has gone. */
export interface Found {
  readonly place: number;
  readonly length: number;
}

type Free = (position: number) => boolean;

/**
 * Letters in a row that are text that had gone, whoever took it away and whenever: some five words.
 * Less than that comes together in any two texts by itself, and whoever wanted to could put sentences
 * of their own together of it under another's name.
 */
export const longMatch = 24;

/** What somebody has cut can be pasted by them for so long, in ms, also where it is short. */
const pasteWithinMs = 10 * 60_000;
/** And until they have taken away more stretches than this. */
const cutsAtMost = 16;
/** How many places are looked at that begin alike. */
const placesAtMost = 8;
/** What is taken away letter by letter is one stretch; more at once is one of its own. */
const letterByLetter = 8;

/** Stands between stretches; no letter is like it. */
const end = 0xffff;
const base = 0x01000193;
/** What the first letter of a run weighs in its hash: base ^ (longMatch - 1). */
const weight = Array.from({ length: longMatch - 1 }).reduce<number>(
  (product) => Math.imul(product, base),
  1,
);

/** What one person has taken away lately. */
interface Hand {
  readonly cuts: Cut[];
  /** The last of it, with what they took away beside it before; null: they have written since. */
  open: Cut | null;
}

/** All that was taken out of a piece so far, to be found by what it said. */
export class Gone {
  readonly #letters: Letters;
  readonly #hands = new Map<string | null, Hand>();
  readonly #unread: Cut[] = [];
  /** The stretches one behind the other, and the places of each run of `longMatch` letters. */
  readonly #code: number[] = [];
  readonly #position: number[] = [];
  readonly #latest = new Map<number, number>();
  readonly #earlier: number[] = [];

  constructor(letters: Letters) {
    this.#letters = letters;
  }

  /** Notes what a row took away. `adjoins`: whether nothing stands between two positions. */
  add(
    by: string | null,
    cuts: readonly Cut[],
    adjoins: (left: number, right: number) => boolean,
  ): void {
    const hand: Hand = this.#hands.get(by) ?? { cuts: [], open: null };
    this.#hands.set(by, hand);
    hand.cuts.push(...cuts.slice(-cutsAtMost));
    hand.cuts.splice(0, hand.cuts.length - cutsAtMost);
    const [first] = cuts;
    if (hand.open !== null && first !== undefined && cuts.length === 1) {
      if (extend(hand.open, first, adjoins)) return;
    }
    this.#close(hand);
    const last = cuts.at(-1);
    this.#unread.push(...cuts.slice(0, -1));
    // Its own list of letters: the cut stays as it was.
    hand.open = last === undefined ? null : { ...last, positions: [...last.positions] };
  }

  wrote(by: string | null): void {
    const hand = this.#hands.get(by);
    if (hand !== undefined) this.#close(hand);
  }

  /** What somebody took away last, if they have written nothing since. */
  open(by: string | null): Cut | null {
    return this.#hands.get(by)?.open ?? null;
  }

  /** What somebody may have on their clipboard, the latest first. */
  cutBy(by: string | null, at: number): Cut[] {
    const hand = this.#hands.get(by);
    if (hand === undefined) return [];
    const cuts = hand.open === null ? hand.cuts : [...hand.cuts, hand.open];
    return cuts.filter((cut) => Math.abs(at - cut.at) <= pasteWithinMs).reverse();
  }

  core(cut: Cut): Core {
    cut.core ??= coreOf(
      Uint16Array.from(cut.positions, (position) => this.#letters.code[position] ?? end),
    );
    return cut.core;
  }

  /**
   * The longest stretch of `longMatch` letters or more, all of them `free`, that is what `code` is from
   * `from` on; of several the latest.
   */
  find(code: Uint16Array, from: number, hash: number, free: Free): Found | null {
    let best: Found | null = null;
    let place = this.#latest.get(hash) ?? -1;
    for (let looked = 0; place >= 0 && looked < placesAtMost; looked++) {
      const length = this.#same(code, from, place, { step: 1, until: code.length, free });
      if (length >= longMatch && length > (best?.length ?? 0)) best = { place, length };
      place = this.#earlier[place] ?? -1;
    }
    return best;
  }

  /** How many letters before that are the same too, none of them before `least`. */
  findBefore(code: Uint16Array, from: number, place: number, least: number, free: Free): number {
    return this.#same(code, from - 1, place - 1, { step: -1, until: least - 1, free });
  }

  positionAt(place: number): number {
    return this.#position[place] ?? -1;
  }

  /** Makes all that was added findable; not done before somebody writes much at once. */
  read(): void {
    for (const hand of this.#hands.values()) this.#close(hand, true);
    for (const cut of this.#unread.splice(0)) this.#read(cut);
  }

  #close(hand: Hand, stays = false): void {
    if (hand.open === null) return;
    this.#unread.push(hand.open);
    hand.open = stays ? { ...hand.open, positions: [...hand.open.positions] } : null;
  }

  #same(
    code: Uint16Array,
    from: number,
    place: number,
    { step, until, free }: { step: 1 | -1; until: number; free: Free },
  ): number {
    let length = 0;
    for (let i = from; i !== until; i += step, length++) {
      const other = place + length * step;
      if (this.#code[other] !== code[i] || !free(this.positionAt(other))) break;
    }
    return length;
  }

  #read({ positions }: Cut): void {
    if (positions.length < longMatch) return;
    const start = this.#code.length;
    for (const position of positions) {
      this.#code.push(this.#letters.code[position] ?? end);
      this.#position.push(position);
      this.#earlier.push(-1);
    }
    this.#code.push(end);
    this.#position.push(-1);
    this.#earlier.push(-1);
    const hashes = hashesOf(this.#code, start, start + positions.length);
    hashes.forEach((hash, i) => {
      this.#earlier[start + i] = this.#latest.get(hash) ?? -1;
      this.#latest.set(hash, start + i);
    });
  }
}

/** Of each run of `longMatch` letters a number, by where it begins. */
export function hashesOf(code: ArrayLike<number>, from: number, to: number): number[] {
  const hashes: number[] = [];
  let hash = 0;
  for (let i = from; i < to; i++) {
    if (i >= from + longMatch) hash = (hash - Math.imul(code[i - longMatch] ?? 0, weight)) | 0;
    hash = (Math.imul(hash, base) + (code[i] ?? 0)) | 0;
    if (i >= from + longMatch - 1) hashes.push(hash);
  }
  return hashes;
}

/** Adds what was taken away right beside a stretch; false: it was not, or is much. */
function extend(
  open: Cut,
  { positions }: Cut,
  adjoins: (left: number, right: number) => boolean,
): boolean {
  const [first, last] = [open.positions[0], open.positions.at(-1)];
  const [from, to] = [positions[0], positions.at(-1)];
  if (first === undefined || last === undefined || from === undefined || to === undefined) {
    return false;
  }
  if (positions.length > letterByLetter) return false;
  if (to < first && adjoins(to, first)) open.positions.unshift(...positions);
  else if (from > last && adjoins(last, from)) open.positions.push(...positions);
  else return false;
  open.core = null;
  return true;
}
