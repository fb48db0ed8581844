import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import { canManageAccount, canManagePeople, type Actor } from '../policy.ts';
import type { Credential } from './sign-in/authenticate.ts';
import { findUser } from './store.ts';

/** Throws `forbidden` for everybody but admins. */
export function requirePeopleManager(actor: Actor): void {
  if (!canManagePeople(actor)) throw new Problem('forbidden', 'Only an admin may do this.');
}

/**
 * For what is a way in for good, such as an invite link: not for a token that is to end. It would be
 * outlived by what it made. Throws `not_by_token`.
 */
export function requireLasting({ kind, expiresAt }: Credential): void {
  if (kind !== 'token' || expiresAt === null) return;
  throw new Problem('not_by_token', 'A token that is to end makes no way in. Sign in instead.');
}

/** For what only the person themself does, at a browser. Throws `not_by_token`. */
export function requireSession({ kind }: Credential): void {
  if (kind === 'session') return;
  throw new Problem('not_by_token', 'An API token cannot do this. Sign in with a browser.');
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
