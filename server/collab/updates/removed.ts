import type * as Y from 'yjs';
import type { Decoded } from './read-update.ts';
import { firstEndingAfter } from './structs.ts';

/** How many letters and marks of a document an update takes away, of those that are still there. */
export function removedBy(doc: Y.Doc, { ds }: Pick<Decoded, 'ds'>): number {
  let removed = 0;
  for (const [client, ranges] of ds.clients) {
    const list = doc.store.clients.get(client) ?? [];
    for (const { clock, len } of ranges) {
      const end = clock + len;
      for (let i = firstEndingAfter(list, clock); i < list.length; i++) {
        const struct = list[i];
        if (struct === undefined || struct.id.clock >= end) break;
        if (struct.deleted) continue;
        const to = Math.min(end, struct.id.clock + struct.length);
        removed += to - Math.max(clock, struct.id.clock);
      }
    }
  }
  return removed;
}
