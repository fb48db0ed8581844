import * as Y from 'yjs';
import type { Decoded } from './read-update.ts';

/**
 * Whether an update brings more letters and marks than it takes away. A piece that is as large as it may
 * be takes what does not: who deletes, shortens or brings an earlier text back must not be kept from it,
 * and what is deleted is next to nothing once it is stored.
 */
export function grows({ structs, ds }: Decoded): boolean {
  let more = 0;
  for (const struct of structs) {
    if (struct instanceof Y.Item && !struct.deleted) more += struct.length;
  }
  for (const ranges of ds.clients.values()) for (const { len } of ranges) more -= len;
  return more > 0;
}
