/**
 * How people type: bursts of keys, and pauses between them. Derived from a recording of one author who
 * writes an article (`seph-blog1` of `josephg/editing-traces`, 137,154 changes with the second of each).
 * A burst goes on while no two seconds pass without a key; a pause of more than five minutes ends a
 * sitting, and is left out: the model is of people who sit at their piece.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Random } from '../../support/random.ts';

export interface Burst {
  /** How long it lasts, and how many keys come in that time. */
  readonly seconds: number;
  readonly keys: number;
}

export interface Rhythm {
  /** Equally likely; each is the mean of as many real ones. */
  readonly bursts: readonly Burst[];
  /** In seconds; equally likely. */
  readonly pauses: readonly number[];
  /** The share of changes that are more than one letter, which the journal never merges (D3). */
  readonly largeShare: number;
  readonly origin: string;
}

/** Seconds without a key that end a burst, and that end a sitting. */
const burstGap = 2;
const sittingGap = 300;
/** Bursts and pauses are sorted by length and cut into so many groups. */
const groups = 20;
const recording = 'seph-blog1.json.gz';
const shared = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'traces');

const traceShape = z.object({
  txns: z.array(
    z.object({
      time: z.string(),
      patches: z.array(z.tuple([z.number(), z.number(), z.string()])),
    }),
  ),
});

/** Of the recording where it is at hand, else the groups that were derived from it once. */
export function readRhythm(): Rhythm {
  const file = join(process.env.TRACES_DIR ?? shared, recording);
  if (!existsSync(file)) return recordedRhythm;
  const { txns } = traceShape.parse(JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')));
  const seconds = txns.map(({ time }) => Date.parse(time) / 1_000);
  const large = txns.filter(({ patches }) => sizeOf(patches) > 1).length;
  return { ...rhythmOf(seconds), largeShare: large / txns.length, origin: recording };
}

function sizeOf(patches: readonly (readonly [number, number, string])[]): number {
  return patches.reduce((sum, [, deleted, text]) => sum + deleted + text.length, 0);
}

/** @param times - of each key, in seconds, in order */
export function rhythmOf(times: readonly number[]): Pick<Rhythm, 'bursts' | 'pauses'> {
  const bursts: Burst[] = [];
  const pauses: number[] = [];
  let [first, last, keys] = [times[0] ?? 0, times[0] ?? 0, 0];
  for (const time of [...times, Infinity]) {
    const gap = time - last;
    if (gap > burstGap) {
      // A burst within one second takes that second.
      bursts.push({ seconds: last - first + 1, keys });
      // What a burst has taken of its last second is none of the pause.
      if (gap <= sittingGap) pauses.push(gap - 1);
      [first, keys] = [time, 0];
    }
    keys++;
    last = time;
  }
  bursts.sort((a, b) => a.seconds - b.seconds || a.keys - b.keys);
  pauses.sort((a, b) => a - b);
  return {
    bursts: inGroups(bursts).map((group) => ({
      seconds: mean(group.map(({ seconds }) => seconds)),
      keys: mean(group.map((burst) => burst.keys)),
    })),
    pauses: inGroups(pauses).map(mean),
  };
}

function inGroups<T>(sorted: readonly T[]): T[][] {
  const count = Math.min(groups, sorted.length);
  return Array.from({ length: count }, (_, i) =>
    sorted.slice(
      Math.floor((i * sorted.length) / count),
      Math.floor(((i + 1) * sorted.length) / count),
    ),
  );
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Keys per second of somebody who sits at their piece, pauses included. */
export function keysPerSecond({ bursts, pauses }: Rhythm): number {
  const seconds = mean(bursts.map((burst) => burst.seconds)) + mean(pauses);
  return mean(bursts.map(({ keys }) => keys)) / seconds;
}

/** One person at the keys: when the next one comes. */
export class Typist {
  readonly #rhythm: Rhythm;
  readonly #random: Random;
  #left = 0;
  #gap = 0;

  constructor(rhythm: Rhythm, random: Random) {
    this.#rhythm = rhythm;
    this.#random = random;
  }

  /** Seconds from the beginning to the first key, as of somebody who has been writing for long. */
  first(): number {
    const { bursts, pauses } = this.#rhythm;
    const inBursts = mean(bursts.map(({ seconds }) => seconds));
    if (this.#random.next() * (inBursts + mean(pauses)) < inBursts) {
      const burst = byLength(bursts, ({ seconds }) => seconds, this.#random);
      this.#begin(burst, burst.keys * this.#random.next());
      if (this.#left === 0) return this.next();
      this.#left--;
      return this.#random.next() * this.#gap;
    }
    return (
      byLength(pauses, (seconds) => seconds, this.#random) * this.#random.next() + this.#burst()
    );
  }

  /** Seconds from one key to the next. */
  next(): number {
    if (this.#left > 0) {
      this.#left--;
      return this.#between();
    }
    return this.#random.pick(this.#rhythm.pauses) + this.#burst();
  }

  /** Seconds from the beginning of a burst to its first key. */
  #burst(): number {
    const burst = this.#random.pick(this.#rhythm.bursts);
    this.#begin(burst, burst.keys);
    // A burst has at least the key that it begins with.
    this.#left = Math.max(0, this.#left - 1);
    return this.#between();
  }

  /** Keys are whole; the mean stays. */
  #begin({ seconds, keys }: Burst, left: number): void {
    this.#left = Math.floor(left + this.#random.next());
    this.#gap = seconds / keys;
  }

  /** Even at the mean, uneven from key to key. */
  #between(): number {
    return this.#gap * (0.5 + this.#random.next());
  }
}

/** Whoever comes at any moment meets a long one more probably than a short one. */
function byLength<T>(items: readonly T[], lengthOf: (item: T) => number, random: Random): T {
  let left = random.next() * items.reduce((sum, item) => sum + lengthOf(item), 0);
  for (const item of items) {
    left -= lengthOf(item);
    if (left <= 0) return item;
  }
  const last = items.at(-1);
  if (last === undefined) throw new RangeError('nothing to choose from');
  return last;
}

/** As `readRhythm` derived it. */
export const recordedRhythm: Rhythm = {
  bursts: [
    { seconds: 1, keys: 1 },
    { seconds: 1, keys: 1 },
    { seconds: 1, keys: 1.72 },
    { seconds: 1, keys: 3.67 },
    { seconds: 1.65, keys: 4.28 },
    { seconds: 2, keys: 5.03 },
    { seconds: 2, keys: 8.45 },
    { seconds: 2.2, keys: 11.5 },
    { seconds: 3, keys: 7.82 },
    { seconds: 3, keys: 16.35 },
    { seconds: 3.76, keys: 12.96 },
    { seconds: 4, keys: 20.36 },
    { seconds: 4.67, keys: 19.25 },
    { seconds: 5.08, keys: 28.13 },
    { seconds: 6, keys: 28.75 },
    { seconds: 6.95, keys: 34.94 },
    { seconds: 8.33, keys: 37.68 },
    { seconds: 9.93, keys: 50.82 },
    { seconds: 12.62, keys: 68.14 },
    { seconds: 20.65, keys: 111.1 },
  ],
  // prettier-ignore
  pauses: [2, 2, 2, 2, 2.48, 3, 3, 3.8, 4, 4.83, 5.24, 6.04, 7.06, 8.38, 9.79, 11.88, 15.17, 20.83, 31.77, 98.17],
  largeShare: 0.0432,
  origin: `${recording}, as it was read on 1 December 2026`,
};
