import type { Sql } from '../../db/connect.ts';
import { Problem } from '../../errors.ts';
import type { SignedIn } from './authenticate.ts';
import type { Hashing } from './hashing.ts';
import { recordAccount } from '../people-audit.ts';
import type { UserRow } from '../store.ts';
import { tooManyTries, type Tries } from './tries.ts';

export interface CredentialDeps {
  readonly sql: Sql;
  readonly tries: Tries;
  readonly hashing: Hashing;
}

interface Found extends UserRow {
  readonly passwordHash: string | null;
}

/** How old a session may be, in minutes, that sets somebody's first password. */
const freshMinutes = 60;

/**
 * The person with this email and password. Throws `wrong_credentials`, the same and after the same
 * time whatever is wrong, and `too_many_tries`.
 *
 * Tries are counted under the form of the address by which the person is found, which the database
 * alone knows: however it is written, it is one account. What is counted is counted before the
 * password is looked at.
 */
export async function checkPassword(
  { sql, tries, hashing }: CredentialDeps,
  address: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<UserRow> {
  // Who may not try is not looked for either.
  const wait = await tries.wait('sign-in', address);
  if (wait !== null) throw tooManyTries(wait);
  const { account, found } = await findAccount(sql, email);
  const attempt = await tries.begin('sign-in', address, account);
  const matches = await hashing.matches(found?.passwordHash ?? null, password, attempt);
  if (found === null || !matches || found.disabled) throw wrongCredentials();
  await attempt.succeeded();
  return found;
}

/** The key that an address is counted under, and who has it. */
async function findAccount(
  sql: Sql,
  email: string,
): Promise<{ readonly account: string; readonly found: Found | null }> {
  const [row] = await sql<({ account: string } & (Found | { id: null }))[]>`
    select key.account, u.id, u.email, u.name, u.role, u.disabled_at is not null as disabled,
           u.created_at as "createdAt", u.password_hash as "passwordHash"
    from (select lower(${email}) as account) key
      left join users u on lower(u.email) = key.account`;
  if (row === undefined) throw new Error('A select without a condition gave no row');
  const { account, ...found } = row;
  return { account, found: found.id === null ? null : found };
}

export function wrongCredentials(): Problem {
  return new Problem('wrong_credentials', 'The email address or the password is wrong.');
}

/**
 * Sets the password of who is signed in with a session. That ends their other sessions, whose ids are
 * returned, and voids their invite. Where they have a password, `current` has to be it; where they
 * have none, the session has to be fresh. Throws `wrong_credentials`, `too_many_tries`, and
 * `sign_in_again`.
 */
export async function changePassword(
  deps: CredentialDeps,
  address: string,
  { user, credential }: SignedIn,
  { current, password }: { readonly current?: string | undefined; readonly password: string },
): Promise<readonly string[]> {
  const { sql, tries, hashing } = deps;
  const { account, found } = await findAccount(sql, user.email);
  const stored = found?.passwordHash ?? null;
  const attempt = await tries.begin('sign-in', address, account);
  if (stored === null) await requireFresh(sql, credential.id);
  else if (!(await hashing.matches(stored, current ?? '', attempt))) {
    throw new Problem('wrong_credentials', 'The current password is wrong.');
  }
  await attempt.succeeded();
  const hash = await hashing.hash(password, attempt);
  return sql.begin(async (tx) => {
    // Whoever was quicker has changed it: `current` is not it any more.
    const { count } = await tx`
      update users set password_hash = ${hash}
      where id = ${user.id} and password_hash is not distinct from ${stored}`;
    if (count === 0) throw new Problem('wrong_credentials', 'The current password is wrong.');
    await tx`delete from invites where user_id = ${user.id}`;
    const ended = await tx<{ id: string }[]>`
      delete from sessions where user_id = ${user.id} and id <> ${credential.id} returning id`;
    await recordAccount(tx, { actor: user.id, subject: user.id, kind: 'password.set' });
    return ended.map(({ id }) => id);
  });
}

async function requireFresh(sql: Sql, sessionId: string): Promise<void> {
  const [fresh] = await sql`
    select 1 from sessions
    where id = ${sessionId} and created_at > now() - make_interval(mins => ${freshMinutes})`;
  if (fresh !== undefined) return;
  throw new Problem('sign_in_again', 'Sign in again, then set your first password.');
}
