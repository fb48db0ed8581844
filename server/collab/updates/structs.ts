import * as Y from 'yjs';
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

/** The struct that holds an id. */
export function structAt(structs: Structs, { client, clock }: Y.ID): Struct | undefined {
  const list = structs.get(client) ?? [];
  const found = list[firstEndingAfter(list, clock)];
  return found !== undefined && found.id.clock <= clock ? found : undefined;
}

/** Whether a struct has content: words, marks, or what is in a text. Others only say that an id is used. */
export function hasContent(struct: Struct): struct is Y.Item {
  return struct instanceof Y.Item && !(struct.content instanceof Y.ContentDeleted);
}

/** In the structs of one client, the index of the one that holds a clock, or of the first after it. */
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
