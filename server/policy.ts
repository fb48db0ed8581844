/**
 * Who may do what. Pure: what it needs to know is given.
 */
import type { GlobalRole, PieceRole } from '../shared/roles.ts';
import { pieceRoles } from '../shared/roles.ts';

/** The least role that each action on a piece takes; the roles above it include it. */
const leastRole = {
  read: 'reader',
  comment: 'reviewer',
  suggest: 'reviewer',
  edit: 'writer',
  decideSuggestion: 'writer',
  nameVersion: 'writer',
  restore: 'writer',
  changeStatus: 'writer',
  manageMembers: 'owner',
  handleRefused: 'owner',
  moderate: 'owner',
  delete: 'owner',
} as const satisfies Record<string, PieceRole>;

export type PieceAction = keyof typeof leastRole;

/** Anybody with a role on the server. */
export interface Actor {
  readonly role: GlobalRole;
}

/** The role that counts: an admin may do on every piece what its owner may. */
export function effectiveRole(actor: Actor, pieceRole: PieceRole | null): PieceRole | null {
  return actor.role === 'admin' ? 'owner' : pieceRole;
}

/** Whether `actor`, whose own role on the piece is `pieceRole` (null: none), may do `action`. */
export function can(actor: Actor, action: PieceAction, pieceRole: PieceRole | null): boolean {
  const role = effectiveRole(actor, pieceRole);
  return role !== null && pieceRoles.indexOf(role) <= pieceRoles.indexOf(leastRole[action]);
}

/** People are kept by admins. */
export function canManagePeople(actor: Actor): boolean {
  return actor.role === 'admin';
}

/** Tokens and sessions are withdrawn by the person whom they sign in, or an admin. */
export function canManageAccount(actor: Actor & { readonly id: string }, userId: string): boolean {
  return actor.role === 'admin' || actor.id === userId;
}
