import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import { canManageAccount, canManagePeople, type Actor } from '../policy.ts';
import { findUser } from './store.ts';

/** Throws `forbidden` for everybody but admins. */
export function requirePeopleManager(actor: Actor): void {
  if (!canManagePeople(actor)) throw new Problem('forbidden', 'Only an admin may do this.');
}

/** For what a person may do for themself, and an admin for anybody. Throws `forbidden`, `no_such_user`. */
export async function requireAccountManager(
  sql: Sql,
  actor: Actor & { readonly id: string },
  userId: string,
): Promise<void> {
  if (!canManageAccount(actor, userId)) {
    throw new Problem('forbidden', 'Only the person themself or an admin may do this.');
  }
  await findUser(sql, userId);
}
