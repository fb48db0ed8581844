import type { Letters } from './letters.ts';
import type { Standing } from './standing.ts';

/** Positions that are looked at together. */
const block = 1_024;

/**
 * The letters that came to stand where others had gone, and the order in which they stand. An id in an
 * update is only said: whoever has the smallest clientID can put letters anywhere left of what has
 * gone. What is undone or restored stands in the order of what it is put back for; in another order
 * they are new letters (A2).
 */
export class PutBacks {
  readonly #letters: Letters;
  readonly #stands: Standing;
  /** By position, what a letter is put back for; -1: nothing. */
  readonly #sources: Int32Array;
  /** The largest of each block. */
  readonly #largest: Int32Array;

  constructor(letters: Letters, stands: Standing) {
    this.#letters = letters;
    this.#stands = stands;
    this.#sources = new Int32Array(letters.count).fill(-1);
    this.#largest = new Int32Array(Math.ceil(letters.count / block)).fill(-1);
  }

  /** Notes that a letter is put back for another, if it is where and in the order that this asks for. */
  take(position: number, source: number, row: number): boolean {
    if (source <= position || this.#stands.between(position, source)) return false;
    if (this.#isOutOfOrder(position, source, row)) return false;
    this.#sources[position] = source;
    const index = Math.floor(position / block);
    this.#largest[index] = Math.max(this.#largest[index] ?? -1, source);
    return true;
  }

  /** Whether a letter before it is put back for one behind `source`, which had gone by then. */
  #isOutOfOrder(position: number, source: number, row: number): boolean {
    const { birth, death } = this.#letters;
    const gone = death[source] ?? -1;
    for (let i = position - 1; i >= 0;) {
      const index = Math.floor(i / block);
      if ((this.#largest[index] ?? -1) <= source) {
        i = index * block - 1;
        continue;
      }
      const written = birth[i] ?? -1;
      const isThere = written === row || this.#stands.at(i);
      if ((this.#sources[i] ?? -1) > source && isThere && gone <= written) return true;
      i--;
    }
    return false;
  }
}
