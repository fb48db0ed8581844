import type { PieceRole } from '../../shared/roles.ts';
import { NoSuchPiece } from '../collab/engine.ts';
import type { Queryable } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import { lockedProblem } from '../http/responses/problems.ts';
import { can, effectiveRole, type Actor, type PieceAction } from '../policy.ts';
import { findPiece, type PieceRow } from './store.ts';

export interface Access {
  readonly row: PieceRow;
  /** The role that counts, an admin's included. */
  readonly role: PieceRole;
}

/**
 * The piece, if `user` may do `action` on it. A piece that they may not see is told from none at all
 * by nothing: `NoSuchPiece`. One that they see but may not act on is `forbidden`, one that nobody may
 * change now is `piece_locked`. Deleted pieces are there only for who asks for `deleted` ones.
 */
export async function requirePiece(
  sql: Queryable,
  user: Actor & { readonly id: string },
  pieceId: string,
  action: PieceAction,
  { deleted = false } = {},
): Promise<Access> {
  const row = await findPiece(sql, user.id, pieceId);
  if (row === undefined || (row.deletedAt !== null && !deleted)) throw new NoSuchPiece(pieceId);
  const role = effectiveRole(user, row.memberRole);
  if (role === null) throw new NoSuchPiece(pieceId);
  const { memberRole, locked } = row;
  if (!can(user, action, { role: memberRole, locked: false })) {
    throw new Problem('forbidden', `Your role on this piece (${role}) does not allow it.`);
  }
  if (!can(user, action, { role: memberRole, locked })) throw lockedProblem();
  return { row, role };
}

/**
 * The same for something on a piece, which is told by its own id. Who may not see the piece is told
 * `none`, what they would be told of an id that is nobody's.
 */
export async function requirePieceOf(
  sql: Queryable,
  user: Actor & { readonly id: string },
  thing: { readonly pieceId: string },
  action: PieceAction,
  none: () => Problem,
): Promise<Access> {
  try {
    return await requirePiece(sql, user, thing.pieceId, action);
  } catch (error) {
    throw error instanceof NoSuchPiece ? none() : error;
  }
}
