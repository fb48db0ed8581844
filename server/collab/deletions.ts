import type * as Y from 'yjs';
import type { Decoded } from './updates/read-update.ts';

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
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = ranges[middle];
      if (range !== undefined && range.clock + range.len <= clock) low = middle + 1;
      else high = middle;
    }
    const found = ranges[low];
    return found !== undefined && found.clock < clock + length;
  }
}
