import * as Y from 'yjs';
import { allows } from '../../shared/rights.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { Decoded } from './updates/read-update.ts';
import { isNewStruct } from './authorship.ts';

/** Whether somebody in `role` may change the text of a piece. */
export function mayWrite(role: PieceRole, locked: boolean): boolean {
  return allows(role, 'edit', locked);
}

/**
 * Whether an update would change the document. A read-only client answers the server's first sync
 * step with everything it has, which is nothing new, and so no attempt to edit.
 */
export function isNews(doc: Y.Doc, update: Uint8Array, read: Decoded): boolean {
  // New words are seen at once; only deletions take a look at the whole document.
  if (read.structs.some((struct) => isNewStruct(doc, struct))) return true;
  if (read.ds.clients.size === 0) return false;
  return !Y.snapshotContainsUpdate(Y.snapshot(doc), update);
}
