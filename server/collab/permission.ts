import * as Y from 'yjs';
import type { PieceRole } from '../../shared/roles.ts';

/** Whether a role may change the text of a piece. */
export function mayWrite(role: PieceRole): boolean {
  return role === 'owner' || role === 'writer';
}

/**
 * Whether an update would change the document. A read-only client answers the server's first sync
 * step with everything it has, which is nothing new, and so no attempt to edit.
 */
export function isNews(doc: Y.Doc, update: Uint8Array): boolean {
  return !Y.snapshotContainsUpdate(Y.snapshot(doc), update);
}
