import type * as Y from 'yjs';
import { applyStored, newDocument } from '../../shared/document/new-document.ts';
import type { StoredPiece } from './ports.ts';

/** A document that holds all that is stored of a piece. Throws where the bytes cannot be applied. */
export function hydrate(stored: StoredPiece): Y.Doc {
  const doc = newDocument();
  applyStored(doc, updatesOf(stored));
  return doc;
}

function* updatesOf({ snapshot, tail }: StoredPiece): Generator<Uint8Array> {
  if (snapshot !== null) yield snapshot.state;
  for (const { update } of tail) yield update;
}

/** The sequence of the last journal row that is stored; 0 where there is none. */
export function lastSeq(stored: StoredPiece): number {
  return stored.tail.at(-1)?.seq ?? stored.snapshot?.seq ?? 0;
}

/** What is stored of a piece, in bytes; merged, it is no larger. */
export function bytesOf({ snapshot, tail }: StoredPiece): number {
  return tail.reduce((sum, { update }) => sum + update.length, snapshot?.state.length ?? 0);
}
