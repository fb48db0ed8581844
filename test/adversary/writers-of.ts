import * as Y from 'yjs';
import { newDocument } from '../../shared/document/new-document.ts';
import type { PieceInMemory } from './piece-in-memory.ts';

/** Whose each stretch of text in any field is, by clientID, or else by whoever sent it first. */
export function writersOf({
  rows,
  clientIds,
}: Pick<PieceInMemory, 'rows' | 'clientIds'>): { user: string | null; text: string }[] {
  const doc = newDocument();
  for (const { update } of rows) Y.applyUpdate(doc, update);
  const sent = new Map<number, { from: number; to: number; user: string | null }[]>();
  for (const { author, update } of rows) {
    for (const struct of Y.decodeUpdate(update).structs) {
      if (struct instanceof Y.Skip) continue;
      const { client, clock } = struct.id;
      const list = sent.get(client) ?? [];
      sent.set(client, [...list, { from: clock, to: clock + struct.length, user: author }]);
    }
  }
  const found: { user: string | null; text: string }[] = [];
  for (const [client, structs] of doc.store.clients) {
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || struct.deleted) continue;
      if (!(struct.content instanceof Y.ContentString)) continue;
      for (const [i, text] of [...struct.content.str].entries()) {
        const clock = struct.id.clock + i;
        const first = sent.get(client)?.find(({ from, to }) => from <= clock && clock < to);
        const user = clientIds.get(client) ?? first?.user ?? null;
        found.push({ user, text });
      }
    }
  }
  return found;
}
