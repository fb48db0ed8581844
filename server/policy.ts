/**
 * Who may do what. Pure: what it needs to know is given.
 */
import { allows, type PieceAction } from '../shared/rights.ts';
import type { GlobalRole, PieceRole } from '../shared/roles.ts';

export type { PieceAction };

/** Anybody with a role on the server. */
export interface Actor {
  readonly role: GlobalRole;
}

/** A piece, as it stands to somebody. */
export interface Standing {
  /** Their own role on it; null: none. */
  readonly role: PieceRole | null;
  readonly locked: boolean;
}

/** The role that counts: an admin may do on every piece what its owner may. */
export function effectiveRole(actor: Actor, pieceRole: PieceRole | null): PieceRole | null {
  return actor.role === 'admin' ? 'owner' : pieceRole;
}

/** Whether `actor` may do `action` on a piece. */
export function can(actor: Actor, action: PieceAction, piece: Standing): boolean {
  const role = effectiveRole(actor, piece.role);
  return role !== null && allows(role, action, piece.locked);
}

/** People are kept by admins. */
export function canManagePeople(actor: Actor): boolean {
  return actor.role === 'admin';
}

/** Tokens and sessions are withdrawn by the person whom they sign in, or an admin. */
export function canManageAccount(actor: Actor & { readonly id: string }, userId: string): boolean {
  return actor.role === 'admin' || actor.id === userId;
}
