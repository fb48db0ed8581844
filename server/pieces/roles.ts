import type { PieceRole } from '../../shared/roles.ts';
import type { Queryable } from '../db/connect.ts';
import { effectiveRole, type Actor } from '../policy.ts';

/**
 * The role that counts when `user` joins a piece, or why there is none: the piece does not exist or
 * is deleted, or it does and they are not on it. An id that is no UUID is no piece.
 */
export async function roleOn(
  sql: Queryable,
  user: Actor & { readonly id: string },
  pieceId: string,
): Promise<PieceRole | 'no_such_piece' | 'no_right'> {
  if (!isPieceId(pieceId)) return 'no_such_piece';
  const [row] = await sql<{ role: PieceRole | null }[]>`
    select m.role
    from pieces p left join members m on m.piece_id = p.id and m.user_id = ${user.id}
    where p.id = ${pieceId} and p.deleted_at is null`;
  if (row === undefined) return 'no_such_piece';
  return effectiveRole(user, row.role) ?? 'no_right';
}

/** What can be a piece's id. Lower case only: rooms go by the string, and no piece has two. */
export function isPieceId(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}
