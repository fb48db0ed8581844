import type * as Y from 'yjs';
import type { Held } from '../ports.ts';
import { Deletions } from './deletions.ts';
import type { Decoded } from './read-update.ts';
import { contradicts, WaitingStructs } from './same-words.ts';
import { standsNowhere } from './stands-nowhere.ts';
import { firstEndingAfter, hasContent } from './structs.ts';

/** By clientID, the clock from which on something is looked at; 0 where there is none. */
export type Since = ReadonlyMap<number, number>;

/**
 * Whether a document has words of an update no more, but only their ids: they are deleted, or in
 * something that is. Words that the update itself deletes do not count. Yjs has thrown away what they
 * were, so the document cannot tell whether it ever had these words or others: the journal can.
 */
export function thrownAway(doc: Y.Doc, read: Decoded, since: Since = new Map()): boolean {
  let deletes: Deletions | null = null;
  for (const struct of read.structs) {
    if (!hasContent(struct)) continue;
    const { client, clock } = struct.id;
    const from = Math.max(clock, since.get(client) ?? 0);
    const list = doc.store.clients.get(client) ?? [];
    for (let i = firstEndingAfter(list, from); i < list.length; i++) {
      const stored = list[i];
      if (stored === undefined || stored.id.clock >= clock + struct.length) break;
      if (hasContent(stored)) continue;
      deletes ??= new Deletions(read);
      const start = Math.max(from, stored.id.clock);
      const end = Math.min(clock + struct.length, stored.id.clock + stored.length);
      if (!deletes.cover(client, start, end - start)) return true;
    }
  }
  return false;
}

/** Whether a document that throws nothing away (`gc: false`) has the very words of some updates. */
export function holdsWords(doc: Y.Doc, reads: readonly Decoded[]): Held {
  const waiting = new WaitingStructs();
  const differs = (read: Decoded) =>
    standsNowhere(doc, read, { known: true }) || contradicts(doc, read, waiting);
  if (reads.some(differs)) return 'other';
  return reads.some((read) => thrownAway(doc, read)) ? 'unknown' : 'held';
}
