import * as Y from 'yjs';
import { followsOn } from '../updates/looks.ts';
import type { Decoded } from '../updates/read-update.ts';
import { waitingDeletions } from './waiting-deletions.ts';

/**
 * What a document waits for is bounded (B3): what builds on edits that are not there, in bytes as Yjs
 * keeps it, which it reads and writes anew with each update that adds to it (64 KiB: 5 ms), …
 */
export const mostWaitingBytes = 64 * 1024;
/**
 * … of those at places of their own, which all look at each other when what they wait for comes (1,000: 30 ms,
 * 4,500: 400 ms). After a crash whoever has others' last words may have typed at many before those are back:
 * with 64 of them that was lost until they came again, …
 */
export const mostWaitingPlaces = 1_000;
/** … and deletions of edits that are not there, which are all made when those come (2,000: 5 ms). */
export const mostWaitingDeletions = 2_000;
/**
 * The most clientIDs that a piece may have: 20,000 sittings of writers. A question of sync takes a look at
 * each of them, 2 ms at this number (B1).
 */
export const mostClientIds = 20_000;
/**
 * Once half of those are taken, nobody gets more of them who has so many, nor do words that are nobody's yet:
 * who takes theirs up leaves the others room to come in (B2).
 */
export const mostClientIdsOfOne = mostClientIds / 4;
/** What a deletion takes up, in bytes, as part of a piece's size. */
const deletionBytes = 8;

/**
 * What `change` puts into a document, with the deletions that have waited for it, in one transaction;
 * `clients`: whose edits it brings; asked for where something waits, as a function.
 */
export function withWaiting(
  doc: Y.Doc,
  clients: ReadonlySet<number> | (() => ReadonlySet<number>),
  change: () => void,
): void {
  const waiting = waitingDeletions(doc);
  const { pendingStructs } = doc.store;
  if (waiting.count === 0 && pendingStructs === null) {
    change();
    waiting.takeOutOf(doc);
    return;
  }
  // What has waited comes along, where it can now.
  const all = new Set(typeof clients === 'function' ? clients() : clients);
  if (pendingStructs !== null && waiting.count > 0) {
    for (const { id } of Y.decodeUpdateV2(pendingStructs.update).structs) all.add(id.client);
  }
  doc.transact(() => {
    change();
    const due = waiting.takeDue(doc, all);
    if (due !== null) Y.applyUpdate(doc, due);
    waiting.takeOutOf(doc);
  });
}

/** What waits in a document, in bytes of the piece; of what an older build let in, no more than the bound. */
export function waitingSize(doc: Y.Doc): number {
  const structs = doc.store.pendingStructs?.update.length ?? 0;
  const count = Math.min(mostWaitingDeletions, waitingDeletions(doc).count);
  return Math.min(structs, mostWaitingBytes) + count * deletionBytes;
}

/** What of an update would wait in a document. */
export interface Waits {
  readonly words: boolean;
  /** At how many places they are, as far as words wait. */
  readonly places: number;
  /** How many. */
  readonly deletions: number;
}

/** `stateOf`: how many edits of a client the document has. */
export function waitsOf(read: Decoded, stateOf: (client: number) => number): Waits {
  const ends = new Map<number, number>();
  const endOf = (client: number) => ends.get(client) ?? stateOf(client);
  /** From which edit on a client's wait. */
  const from = new Map<number, number>();
  for (const struct of read.structs) {
    const { client, clock } = struct.id;
    const gap = struct instanceof Y.Skip || clock > endOf(client);
    if (gap && !from.has(client)) from.set(client, clock);
    ends.set(client, Math.max(endOf(client), clock + struct.length));
  }
  const settled = spread(read.structs, from, endOf);
  const words = from.size > 0;
  let deletions = 0;
  for (const [client, ranges] of read.ds.clients) {
    // All of what an update says of words that wait waits with them.
    const end = words ? stateOf(client) : endOf(client);
    for (const { clock, len } of ranges) if (clock + len > end) deletions++;
  }
  // What may wait counts, where it takes too long to tell.
  const fromOf = (client: number) => (settled ? (from.get(client) ?? Infinity) : stateOf(client));
  return { words, places: words ? placesIn(read.structs, fromOf) : 0, deletions };
}

/** How often what waits for what waits is followed through an update. */
const mostRounds = 8;

/** Adds what waits for an edit that is not there, or waits itself, to `from`. False: there may be more. */
function spread(
  structs: Decoded['structs'],
  from: Map<number, number>,
  endOf: (client: number) => number,
): boolean {
  const fromOf = (client: number) => from.get(client) ?? Infinity;
  const lacks = (id: unknown) =>
    id instanceof Y.ID && (id.clock >= endOf(id.client) || id.clock >= fromOf(id.client));
  for (let round = 0; round < mostRounds; round++) {
    let found = false;
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || struct.id.clock >= fromOf(struct.id.client)) continue;
      if (!lacks(struct.origin) && !lacks(struct.rightOrigin) && !lacks(struct.parent)) continue;
      from.set(struct.id.client, struct.id.clock);
      found = true;
    }
    if (!found) return true;
  }
  return false;
}

/** At how many places, where their client has not just written, words are that go on beyond an edit of each client. */
function placesIn(structs: Decoded['structs'], fromOf: (client: number) => number): number {
  let places = 0;
  for (const struct of structs) {
    const { id, length } = struct;
    if (id.clock + length <= fromOf(id.client)) continue;
    if (struct instanceof Y.Item && !followsOn(struct)) places++;
  }
  return places;
}

/** Whether a document would wait for too much with an update of so many bytes (B3). */
export function waitsForTooMuch(
  doc: Y.Doc,
  { words, places, deletions }: Waits,
  bytes: number,
): boolean {
  const pending = doc.store.pendingStructs?.update ?? null;
  if (words && (pending?.length ?? 0) + bytes > mostWaitingBytes) return true;
  if (words && places + (pending === null ? 0 : placesOf(pending)) > mostWaitingPlaces) return true;
  return deletions > 0 && waitingDeletions(doc).count + deletions > mostWaitingDeletions;
}

/** The same of what waits, which Yjs keeps as one update until more comes. */
function placesOf(pending: Uint8Array): number {
  const known = knownPlaces.get(pending);
  if (known !== undefined) return known;
  const places = placesIn(Y.decodeUpdateV2(pending).structs, () => 0);
  knownPlaces.set(pending, places);
  return places;
}

const knownPlaces = new WeakMap<Uint8Array, number>();
