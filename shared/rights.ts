/** What a role on a piece allows: one table for the server's routes, its sockets and the web app. */
import { pieceRoles, type PieceRole } from './roles.ts';

/** The least role that each action on a piece takes; the roles above it include it. */
const leastRole = {
  read: 'reader',
  comment: 'reviewer',
  suggest: 'reviewer',
  edit: 'writer',
  acceptSuggestion: 'writer',
  rejectSuggestion: 'writer',
  nameVersion: 'writer',
  restore: 'writer',
  changeStatus: 'writer',
  manageMembers: 'owner',
  listRefused: 'owner',
  applyRefused: 'owner',
  deleteRefused: 'owner',
  moderate: 'owner',
  lock: 'owner',
  delete: 'owner',
} as const satisfies Record<string, PieceRole>;

export type PieceAction = keyof typeof leastRole;

/** What nobody does while the piece is locked, its owners included: it changes the text. */
const changesText: ReadonlySet<PieceAction> = new Set([
  'edit',
  'acceptSuggestion',
  'restore',
  'applyRefused',
]);

/** Whether somebody in `role` may do `action` on a piece that is `locked` or not. Pure. */
export function allows(role: PieceRole, action: PieceAction, locked: boolean): boolean {
  if (locked && changesText.has(action)) return false;
  return pieceRoles.indexOf(role) <= pieceRoles.indexOf(leastRole[action]);
}
