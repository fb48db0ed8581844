import * as Y from 'yjs';
import { looksAmongOwn, looksOf } from './looks.ts';
import type { Decoded, Struct } from './read-update.ts';
import { firstEndingAfter, structAt } from './structs.ts';

/**
 * What it takes to put an update into a document is told in looks at an item, 0.3 µs each. So many are
 * done in one turn of the event loop: 3 ms (B1).
 */
export const mostOfTurn = 10_000;
/** Deleting an item, and joining what is left of it with its neighbours: 1.25 µs. */
const ofDeleting = 4;
/** Passing by one that is deleted already. */
const ofPassing = 0.05;
/**
 * Parting an item moves all that its client has written after it, and so does joining it again: 1.6 ms
 * each where that is 1,600,000 items.
 */
const ofMoving = 1 / 150;
/** Updates of so few structs and deletions, such as each key, cannot be had in slices: 20 ms at the piece limit. */
const fewParts = 3;

/** Counts what it takes to put an update into a document, up to `most`. */
export function costOf(doc: Y.Doc, read: Decoded, most = mostOfTurn): number {
  const looks = looksOf(doc, read, most) + looksAmongOwn(read);
  return looks + costOfParts(doc, read, most - looks);
}

/** The same without looking for places: what it deletes, and what of the document it parts for that. */
export function costOfParts(doc: Y.Doc, read: Decoded, most = mostOfTurn): number {
  let cost = 0;
  let deletions = 0;
  for (const [client, ranges] of read.ds.clients) {
    deletions += ranges.length;
    const list = doc.store.clients.get(client);
    if (list === undefined) continue;
    for (const range of ranges) {
      cost += deletable(list, range, most - cost).cost;
      if (cost > most) return cost;
    }
  }
  return read.structs.length + deletions > fewParts ? cost + moves(doc, read, most) : cost;
}

/** What parting the items of a document for an update takes. */
function moves(doc: Y.Doc, { structs, ds }: Decoded, most: number): number {
  const { clients } = doc.store;
  let cost = 0;
  const part = (client: number, clock: number) => {
    const list = clients.get(client) ?? [];
    const stored = list[firstEndingAfter(list, clock)];
    const parts = stored !== undefined && stored.id.clock < clock && !stored.deleted;
    if (parts) cost += list.length * ofMoving;
  };
  for (const struct of structs) {
    if (cost > most) return cost;
    if (!(struct instanceof Y.Item)) continue;
    const { origin, rightOrigin } = struct;
    if (origin !== null && structAt(clients, origin) !== undefined) {
      part(origin.client, origin.clock + 1);
    }
    const isNext =
      rightOrigin?.client === origin?.client && rightOrigin?.clock === (origin?.clock ?? 0) + 1;
    if (rightOrigin !== null && !isNext) part(rightOrigin.client, rightOrigin.clock);
  }
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) {
      if (cost > most) return cost;
      part(client, clock);
      part(client, clock + len);
    }
  }
  return cost;
}

/** How far a deletion gets for `most` at least, up to the end of an item, and what that takes. */
export function deletable(
  list: readonly Struct[],
  { clock, len }: { readonly clock: number; readonly len: number },
  most: number,
): { readonly cost: number; readonly end: number } {
  const end = clock + len;
  let cost = 0;
  let at = clock;
  for (let i = firstEndingAfter(list, clock); at < end && cost <= most; i++) {
    const struct = list[i];
    if (struct === undefined) return { cost, end };
    cost += struct.deleted ? ofPassing : ofDeleting;
    at = struct.id.clock + struct.length;
  }
  return { cost, end: Math.min(at, end) };
}
