import { Problem } from '../errors.ts';
import type { Queryable } from '../db/connect.ts';
import type { Caller } from '../http/sign-in.ts';
import { requirePieceOf } from '../pieces/access.ts';
import type { PieceAction } from '../policy.ts';
import { findVersion, type VersionRow } from './store.ts';

/**
 * The version, if `user` may do `action` on its piece. Of a piece that they may not see, there is
 * none.
 */
export async function requireVersion(
  sql: Queryable,
  user: Caller,
  id: string,
  action: PieceAction,
): Promise<VersionRow> {
  const row = await findVersion(sql, id);
  if (row === undefined) throw noSuchVersion();
  await requirePieceOf(sql, user, row, action, noSuchVersion);
  return row;
}

function noSuchVersion(): Problem {
  return new Problem('no_such_version', 'There is no such version.');
}
