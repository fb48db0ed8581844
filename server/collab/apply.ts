import * as Y from 'yjs';
import { withoutTidying } from '../../shared/document/new-document.ts';
import { mergeUpdates } from './merge.ts';
import { isComplete } from './updates/update-parts.ts';
import type { Keystroke, KeystrokePlace } from './updates/keystroke.ts';
import { readUpdate, type Decoded } from './updates/read-update.ts';
import { thrownAway } from './updates/thrown-away.ts';
import { withWaiting } from './writing/waiting.ts';
import { waitingDeletions } from './writing/waiting-deletions.ts';

/**
 * An update that could be read, but broke off while it was put into the document. The document may
 * hold a part of it, and is not to be used any more.
 */
export class DamagingUpdate extends Error {
  constructor(cause: unknown) {
    super('an update broke off while it was applied', { cause });
    this.name = 'DamagingUpdate';
  }
}

/** By clientID, how many of its edits a document must hold. */
export type Reach = ReadonlyMap<number, number>;

export interface Applied {
  /** What the document has gained, to be handed on; null: nothing, or nothing yet. */
  readonly effect: Uint8Array | null;
  /** What is to be saved; null where the update was no news. Not the effect where that holds more. */
  readonly kept: Uint8Array | null;
  /**
   * Where the update builds on edits that are not here yet: how far the document has to come for
   * all of the update to be part of it. Null where it is.
   */
  readonly ahead: Reach | null;
  /** Whether the effect holds what the update did not: then its sender needs it too. */
  readonly more: boolean;
}

/**
 * Applies an update. What is to be handed on is the update's effect, smaller than what a returning
 * client sends, which repeats all deletions it knows. An update that is ahead of the document has no
 * full effect: its own bytes are kept then, so that nothing of it waits in memory alone (D2). That
 * is no rare case: what a client types between its opening of a connection and the server's first
 * word goes out before what it typed while it was away. It is handed on when it can be read, as a
 * part of the effect that made it so: a client that got it before would bring it along, as somebody
 * else's words out of nowhere, each time it comes back.
 *
 * An effect does not have what Yjs throws away at once, words in something that was deleted meanwhile.
 * The journal keeps them too: they were somebody's, who is told that they are saved.
 *
 * Throws `BadFrame` before anything is applied, `DamagingUpdate` after. It is read twice for that:
 * reading costs 0.7 µs of the 9 µs that an update takes, and Yjs applies the inserted half of a
 * frame that is cut in its deleted half (R3).
 *
 * `tidies`: whether Yjs may tidy up after it. Between two slices of an update it must not: what formats
 * nothing now may do so with the next.
 */
export function applyUpdate(
  doc: Y.Doc,
  update: Uint8Array,
  origin: unknown,
  read = readUpdate(update),
  tidies = true,
): Applied {
  const clients = clientsOf(read);
  const apply = () => {
    try {
      const put = () => withWaiting(doc, clients, () => Y.applyUpdate(doc, update, origin));
      if (tidies) put();
      else withoutTidying(doc, put);
    } catch (cause) {
      throw new DamagingUpdate(cause);
    }
  };
  const waited = doc.store.pendingStructs !== null || waitingDeletions(doc).touches(clients);
  const pending = pendingIn(doc);
  const complete = !waited && isComplete(doc, read);
  if (complete && isAllNew(doc, read)) {
    const tidied = tidiedBy(doc, apply);
    if (doc.store.pendingStructs !== null) throw new DamagingUpdate(inCircles());
    const effect = tidied.length === 0 ? update.slice() : mergeUpdates([update, ...tidied]);
    return { effect, kept: effect, ahead: null, more: tidied.length > 0 };
  }
  const before = new Map(
    read.structs.map(({ id: { client } }) => [client, Y.getState(doc.store, client)]),
  );
  const [first, ...tidied] = effectsOf(doc, apply);
  if (complete && doc.store.pendingStructs !== null) throw new DamagingUpdate(inCircles());
  if (first === undefined) {
    const ahead = reachAhead(doc, read);
    // What waits already is in the journal already, however often it comes.
    const isKept = ahead === null || !differs(pending, pendingIn(doc));
    return { effect: null, kept: isKept ? null : update.slice(), ahead, more: false };
  }
  const effect = mergeUpdates([first, ...tidied]);
  const ahead = reachAhead(doc, read);
  // An effect may hold what waited until now; that has been kept already, in its author's name.
  let kept = effect;
  if (ahead !== null || waited) kept = mergeUpdates([update.slice(), ...tidied]);
  else if (thrownAway(doc, read, before)) kept = mergeUpdates([newsOf(update, before), ...tidied]);
  return { effect, kept, ahead, more: waited || tidied.length > 0 };
}

/** Puts a keystroke into a document, as `Y.applyUpdate` would, without reading it again. Throws `DamagingUpdate`. */
export function putKeystroke(
  doc: Y.Doc,
  { client, clock, origin, rightOrigin, text }: Keystroke,
  { left, right, parent }: KeystrokePlace,
  by: unknown,
): void {
  const id = Y.createID(client, clock);
  const content = new Y.ContentString(text);
  const item = new Y.Item(id, left, origin, right, rightOrigin, parent, null, content);
  try {
    Y.transact(doc, (transaction) => item.integrate(transaction, 0), by, false);
  } catch (cause) {
    throw new DamagingUpdate(cause);
  }
}

interface Pending {
  readonly structs: Uint8Array | null;
  /** In letters: a deletion may grow by its neighbour. */
  readonly deletions: number;
}

function pendingIn(doc: Y.Doc): Pending {
  const structs = doc.store.pendingStructs?.update ?? null;
  return { structs, deletions: waitingDeletions(doc).letters };
}

/** Whether more waits than before. It is bounded, so comparing is cheap (B3). */
function differs(before: Pending, after: Pending): boolean {
  if (before.deletions !== after.deletions) return true;
  if (before.structs === null || after.structs === null) return before.structs !== after.structs;
  return Buffer.compare(before.structs, after.structs) !== 0;
}

function clientsOf({ structs }: Decoded): Set<number> {
  const clients = new Set<number>();
  for (const { id } of structs) clients.add(id.client);
  return clients;
}

/** What of an update a document did not have that had come so far. */
function newsOf(update: Uint8Array, reach: Reach): Uint8Array {
  return Y.diffUpdate(update, Y.encodeStateVector(new Map(reach)));
}

/** What builds on what builds on it again would wait for ever. */
const inCircles = () => new Error('an update that builds on itself');

/** How far the document has to come to hold all of an update; null where it does. */
export function reachAhead(doc: Y.Doc, read: Decoded): Reach | null {
  const reach = hasWaiting(doc) ? reachOf(read) : null;
  return reach === null || hasReached(doc, reach) ? null : reach;
}

/** Whether anything waits in a document for edits that are not there. */
export function hasWaiting(doc: Y.Doc): boolean {
  const { pendingStructs, pendingDs } = doc.store;
  return pendingStructs !== null || pendingDs !== null || waitingDeletions(doc).count > 0;
}

/** What waits in the document, as updates. */
export function waitingIn(doc: Y.Doc): Uint8Array[] {
  const { pendingStructs, pendingDs } = doc.store;
  const pending = [pendingStructs?.update ?? null, pendingDs]
    .filter((update) => update !== null)
    .map((update) => Y.convertUpdateFormatV2ToV1(update));
  return [...pending, ...waitingDeletions(doc).updates()];
}

/** What the document holds and `stateVector` does not, without what waits in it. */
export function stateSince(doc: Y.Doc, stateVector?: Uint8Array): Uint8Array {
  const { store } = doc;
  const { pendingStructs, pendingDs } = store;
  store.pendingStructs = null;
  store.pendingDs = null;
  try {
    return Y.encodeStateAsUpdate(doc, stateVector);
  } finally {
    store.pendingStructs = pendingStructs;
    store.pendingDs = pendingDs;
  }
}

/**
 * Whether an update is nothing but words that the document does not have: it is its own effect
 * then, as nearly every keystroke is, and Yjs need not write that anew (a third of its time).
 */
function isAllNew(doc: Y.Doc, { structs, ds }: Decoded): boolean {
  if (structs.length === 0 || ds.clients.size > 0) return false;
  return structs.every(({ id }) => id.clock >= Y.getState(doc.store, id.client));
}

/** Whether the document holds all edits up to there. */
export function hasReached(doc: Y.Doc, reach: Reach): boolean {
  for (const [client, end] of reach) if (Y.getState(doc.store, client) < end) return false;
  return true;
}

/** How far a document has to come to hold all of an update. */
export function reachOf({ structs, ds }: Decoded): Reach {
  const reach = new Map<number, number>();
  const come = (client: number, end: number) => {
    reach.set(client, Math.max(end, reach.get(client) ?? 0));
  };
  for (const struct of structs) {
    if (!(struct instanceof Y.Skip)) come(struct.id.client, struct.id.clock + struct.length);
  }
  for (const [client, deletions] of ds.clients) {
    for (const { clock, len } of deletions) come(client, clock + len);
  }
  return reach;
}

/** What `change` does to the document, as one update; null where it does nothing. */
export function effectOf(doc: Y.Doc, change: () => void): Uint8Array | null {
  const effects = effectsOf(doc, change);
  return effects.length === 0 ? null : mergeUpdates(effects);
}

/**
 * What `change`, one transaction, does to the document: its own effect first. A second one is what
 * Yjs tidies up after others' changes, in a transaction of its own: marks that format nothing, since
 * what stood between them was deleted at the same time. Nobody who sent the change has done that, so
 * they have to be told too, and the journal as well.
 */
export function effectsOf(doc: Y.Doc, change: () => void): Uint8Array[] {
  const effects: Uint8Array[] = [];
  const collect = (effect: Uint8Array) => effects.push(effect);
  doc.on('update', collect);
  try {
    change();
  } finally {
    doc.off('update', collect);
  }
  return effects;
}

/** What Yjs tidies up after `apply`, without the cost of writing what `apply` itself does. */
function tidiedBy(doc: Y.Doc, apply: () => void): Uint8Array[] {
  const tidied: Uint8Array[] = [];
  const collect = (effect: Uint8Array) => tidied.push(effect);
  let transactions = 0;
  const after = () => {
    // The first is the change's own, whose effect is its update; its listeners are through by now.
    if (++transactions === 2) doc.on('update', collect);
  };
  doc.on('afterTransaction', after);
  try {
    apply();
  } finally {
    doc.off('afterTransaction', after);
    doc.off('update', collect);
  }
  return tidied;
}
