import type * as Y from 'yjs';
import type { Decoded } from './read-update.ts';

/** Any shared type of a document, such as a text or a map. */
export type SharedType = NonNullable<ReturnType<Y.Doc['share']['get']>>;

/** The deletions of an update, by clientID and in order, so that a place is found by halving. */
export class Deletions {
  readonly #ranges = new Map<number, readonly { clock: number; len: number }[]>();

  constructor({ ds }: Decoded) {
    for (const [client, ranges] of ds.clients) {
      this.#ranges.set(
        client,
        [...ranges].sort((a, b) => a.clock - b.clock),
      );
    }
  }

  /** Whether all of `length` letters from `clock` on are deleted. */
  cover(client: number, clock: number, length: number): boolean {
    let next = clock;
    for (const range of this.#ranges.get(client) ?? []) {
      if (range.clock > next || next >= clock + length) break;
      next = Math.max(next, range.clock + range.len);
    }
    return next >= clock + length;
  }

  /** Whether any of `length` letters from `clock` on is deleted. */
  touches(client: number, clock: number, length: number): boolean {
    const ranges = this.#ranges.get(client);
    if (ranges === undefined) return false;
    const found = ranges[firstAfter(ranges, clock)];
    return found !== undefined && found.clock < clock + length;
  }

  /** Parts `length` letters from `clock` on into what is deleted and what is not, in order. */
  *stretches(client: number, clock: number, length: number): Generator<Stretch> {
    const ranges = this.#ranges.get(client) ?? [];
    const end = clock + length;
    let at = clock;
    for (let i = firstAfter(ranges, clock); at < end; i++) {
      const range = ranges[i];
      const from = Math.min(end, range?.clock ?? end);
      if (from > at) yield { from: at, to: from, deleted: false };
      at = Math.max(at, from);
      const to = Math.min(end, range === undefined ? end : range.clock + range.len);
      if (to > at) yield { from: at, to, deleted: true };
      at = Math.max(at, to);
    }
  }
}

interface Range {
  readonly clock: number;
  readonly len: number;
}

/** Letters from one clock up to another. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly deleted: boolean;
}

/** The place of the first range that ends behind a clock. */
function firstAfter(ranges: readonly Range[], clock: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range !== undefined && range.clock + range.len <= clock) low = middle + 1;
    else high = middle;
  }
  return low;
}
