import { sameValue } from '../../../shared/document/delta/delta.ts';

/** How a stretch changed an attribute of a letter; null: it had or has none. */
export interface Difference {
  readonly before: unknown;
  readonly after: unknown;
}

/** A format of a text, as Yjs marks where it begins. */
interface Format {
  /** The stretch that put it in; null: it stood there before the block. */
  readonly adder: number | null;
  /** The stretch that took it out; null: it stands. */
  readonly remover: number | null;
}

/**
 * The values of one attribute at a place that goes from the beginning of a text to its end: before
 * the block, and after each of its stretches, as if they had come one after the other.
 */
export class AttributeValues {
  /** By how many stretches were over. */
  readonly #values: unknown[];
  /** Where they differ, by the stretches that made it so; null: not looked at yet. */
  #differences: ReadonlyMap<number, Difference> | null = null;

  constructor(stretches: number) {
    this.#values = Array.from({ length: stretches + 1 }, () => null);
  }

  pass(value: unknown, { adder, remover }: Format): void {
    const from = adder === null ? 0 : adder + 1;
    const to = remover === null ? this.#values.length : remover + 1;
    if (from >= to) return;
    this.#values.fill(value, from, to);
    this.#differences = null;
  }

  /** By the stretches that made them: of a letter that is there since `adder`, or since before. */
  differences(adder: number | null): ReadonlyMap<number, Difference> {
    const all = this.all;
    if (adder === null || all.size === 0) return all;
    return new Map([...all].filter(([by]) => by > adder));
  }

  get all(): ReadonlyMap<number, Difference> {
    if (this.#differences !== null) return this.#differences;
    const found = new Map<number, Difference>();
    for (let over = 1; over < this.#values.length; over++) {
      const [before, after] = [this.#values[over - 1], this.#values[over]];
      if (!sameValue(before, after)) found.set(over - 1, { before, after });
    }
    this.#differences = found;
    return found;
  }
}
