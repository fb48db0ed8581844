import type { PieceRole } from '../../shared/roles.ts';
import type { Queryable } from '../db/connect.ts';
import { effectiveRole, type Actor } from '../policy.ts';

/**
 * The role that counts when `user` joins a piece, or why there is none: the piece does not exist or
 * is deleted, or they are not on it, though they may have been a writer of it. An id that is no UUID
 * is no piece. Who is not on a piece, and no admin, has no right, whether or not there is one: they
 * are not told.
 */
export async function roleOn(
  sql: Queryable,
  user: Actor & { readonly id: string },
  pieceId: string,
): Promise<PieceRole | 'no_such_piece' | 'no_right' | 'former_writer'> {
  if (!isPieceId(pieceId)) return 'no_such_piece';
  const [row] = await sql<{ role: PieceRole | null; wrote: boolean; deleted: boolean }[]>`
    select m.role, f.user_id is not null as wrote, p.deleted_at is not null as deleted
    from pieces p
      left join members m on m.piece_id = p.id and m.user_id = ${user.id}
      left join former_writers f on f.piece_id = p.id and f.user_id = ${user.id}
    where p.id = ${pieceId}`;
  const role = effectiveRole(user, row?.role ?? null);
  if (role === null && row?.wrote !== true) return 'no_right';
  if (row === undefined || row.deleted) return 'no_such_piece';
  return role ?? 'former_writer';
}

/** What can be a piece's id. Lower case only: rooms go by the string, and no piece has two. */
export function isPieceId(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}
