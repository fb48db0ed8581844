import * as Y from 'yjs';
import { sharedTypes } from './schema.ts';

/**
 * A blank document. Its shared types are made before their content comes: one that Yjs has to turn
 * into a text afterwards no longer knows that it is formatted, and who deletes the end of bold words
 * in it takes the mark along that ends them, so that all behind them is bold (Yjs 13.6).
 */
export function newDocument({ gc = true } = {}): Y.Doc {
  const doc = new Y.Doc({ gc });
  for (const name of [sharedTypes.title, sharedTypes.standfirst, sharedTypes.body]) {
    doc.getText(name);
  }
  doc.getMap(sharedTypes.footnotes);
  doc.getMap(sharedTypes.meta);
  return doc;
}

/**
 * Puts what is stored into a document, in one transaction, and nothing else: Yjs would tidy up after
 * it, by deletions that the journal does not have.
 */
export function applyStored(doc: Y.Doc, updates: Iterable<Uint8Array>): void {
  doc.once('afterTransaction', leaveUntidied);
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
}

/**
 * Keeps Yjs from tidying up after others' changes in a document. The server does that for everybody
 * (collab/apply.ts). What a copy takes out itself, it sends as an edit of who has it open: to open a
 * piece would be to edit it.
 */
export function leaveTidyingToServer(doc: Y.Doc): void {
  doc.on('afterTransaction', leaveUntidied);
}

/** Does `change` to a document, and keeps Yjs from tidying up after it. */
export function withoutTidying<T>(doc: Y.Doc, change: () => T): T {
  doc.on('afterTransaction', leaveUntidied);
  try {
    return change();
  } finally {
    doc.off('afterTransaction', leaveUntidied);
  }
}

/** Called before Yjs looks whether it has to. */
function leaveUntidied(transaction: Y.Transaction): void {
  transaction._needFormattingCleanup = false;
}
