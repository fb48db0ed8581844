import * as Y from 'yjs';
import { applyStored, newDocument } from '../../../shared/document/new-document.ts';
import { hasWaiting, stateSince } from '../apply.ts';
import type { Askers, JoinedState, StateWork, StoredPiece } from '../ports.ts';
import { OpeningParts } from './opening-parts.ts';
import { inTurns } from '../state/in-turns.ts';
import { withWaiting } from '../writing/waiting.ts';
import { waitingDeletions } from '../writing/waiting-deletions.ts';

/** A document that holds all that is stored of a piece. Throws where the bytes cannot be applied. */
export function hydrate(stored: StoredPiece): Y.Doc {
  const doc = newDocument();
  applyStored(doc, updatesOf(stored));
  waitingDeletions(doc).takeOutOf(doc);
  return doc;
}

/** All that is stored of a piece, in order. */
export function* updatesOf({ snapshot, tail }: StoredPiece): Generator<Uint8Array> {
  if (snapshot !== null) yield snapshot.state;
  for (const { update } of tail) yield update;
}

/** How many bytes are stored of a piece. */
export function bytesOf(stored: StoredPiece): number {
  let bytes = 0;
  for (const { length } of updatesOf(stored)) bytes += length;
  return bytes;
}

/** The sequence of the last journal row that is stored; 0 where there is none. */
export function lastSeq(stored: StoredPiece): number {
  return stored.tail.at(-1)?.seq ?? stored.snapshot?.seq ?? 0;
}

/** What is stored and no larger is cut on the event loop: 10 ms. */
const smallBytes = 32 * 1024;

/** A document of so few structs is written anew on the event loop: 3 ms. */
const smallStructs = 2_000;

/** A document that has been opened, and what to send of it: a state, and the updates behind it. */
export interface Hydrated {
  readonly doc: Y.Doc;
  readonly base: JoinedState | null;
  readonly since: readonly Uint8Array[];
}

/**
 * The same as `hydrate` of whatever size: what is large is cut on a thread, and put into the document
 * turn by turn (B1). Rejects where the bytes cannot be applied.
 */
export async function hydrateInTurns(
  stored: StoredPiece,
  work: StateWork,
  askers: Askers,
): Promise<Hydrated> {
  const all = [...updatesOf(stored)];
  const doc = newDocument();
  const parts = new OpeningParts(doc);
  const put = async (updates: Iterable<Uint8Array>) =>
    inTurns(updates, (update) => putStored(doc, update), { rests: () => parts.areDear });
  if (all.reduce((sum, { length }) => sum + length, 0) <= smallBytes) {
    await put(parts.ofRows(all));
    return { doc, base: null, since: hasWaiting(doc) ? [stateSince(doc)] : all };
  }
  let base: JoinedState | null = null;
  let rows: Uint8Array[] = [];
  const putLarge = async (update: Uint8Array) => {
    await put(parts.ofRows(rows));
    rows = [];
    const { slices, deletions } = await work.cut(update, Y.encodeStateVector(doc), askers);
    await put(parts.ofSlices(slices));
    return deletions;
  };
  const { snapshot, tail } = stored;
  if (snapshot !== null) {
    base = { state: snapshot.state, deletions: await putLarge(snapshot.state) };
  }
  for (const { update } of tail) {
    if (update.length > smallBytes) await putLarge(update);
    else rows.push(update);
  }
  await put(parts.ofRows(rows));
  if (hasWaiting(doc)) {
    if (structsIn(doc) <= smallStructs) return { doc, base: null, since: [stateSince(doc)] };
    return { doc, base: await work.join(all, askers), since: [] };
  }
  return { doc, base, since: tail.map(({ update }) => update) };
}

/** Puts an update that is stored into a document, with what has waited for it. */
export function putStored(doc: Y.Doc, update: Uint8Array): void {
  // Mostly nothing waits, and whose edits these are need not be read: a seventh of an opening.
  const clients = () => new Set(Y.decodeUpdate(update).structs.map(({ id }) => id.client));
  withWaiting(doc, clients, () => applyStored(doc, [update]));
}

function structsIn({ store }: Y.Doc): number {
  let count = 0;
  for (const list of store.clients.values()) count += list.length;
  return count;
}
