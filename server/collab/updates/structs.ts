import type { Decoded, Struct } from './read-update.ts';

/** Structs by clientID, and in the order of their clocks. */
export type Structs = ReadonlyMap<number, readonly Struct[]>;

export function byClient({ structs }: Decoded): Structs {
  const found = new Map<number, Struct[]>();
  for (const struct of structs) {
    const list = found.get(struct.id.client);
    if (list === undefined) found.set(struct.id.client, [struct]);
    else list.push(struct);
  }
  return found;
}

/** The index of the first struct of one client that ends behind a clock. */
export function firstEndingAfter(list: readonly Struct[], clock: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const struct = list[middle];
    if (struct !== undefined && struct.id.clock + struct.length <= clock) low = middle + 1;
    else high = middle;
  }
  return low;
}
