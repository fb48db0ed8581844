import type * as Y from 'yjs';
import { allows } from '../../shared/rights.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { Credential } from './ports.ts';
import type { Decoded } from './updates/read-update.ts';
import { isNewStruct } from './writing/authorship.ts';
import { deletesSomething } from './tidy/tidying.ts';

/** Whether somebody in `role` may change the text of a piece. */
export function mayWrite(role: PieceRole, locked: boolean): boolean {
  return allows(role, 'edit', locked);
}

/** The role that somebody joins in by this credential: a read-only token makes readers of all. */
export function roleBy({ readOnly }: Pick<Credential, 'readOnly'>, role: PieceRole): PieceRole {
  return readOnly ? 'reader' : role;
}

/**
 * Whether an update would change the document. A read-only client answers the server's first sync
 * step with everything it has, which is nothing new, and so no attempt to edit.
 */
export function isNews(doc: Y.Doc, read: Decoded): boolean {
  return read.structs.some((struct) => isNewStruct(doc, struct)) || deletesSomething(doc, read.ds);
}
