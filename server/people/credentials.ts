import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import { hashPassword, isPassword } from './passwords.ts';
import type { UserRow } from './store.ts';
import type { Tries } from './tries.ts';

interface WithPassword extends UserRow {
  readonly passwordHash: string | null;
}

/**
 * The person with this email and password. Throws `wrong_credentials`, the same and after the same
 * time whatever is wrong, and `too_many_tries`.
 */
export async function checkPassword(
  { sql, tries }: { readonly sql: Sql; readonly tries: Tries },
  address: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<UserRow> {
  const attempt = await tries.begin('sign-in', address, email.trim().toLowerCase());
  const [found] = await sql<WithPassword[]>`
    select id, email, name, role, created_at as "createdAt", password_hash as "passwordHash"
    from users where lower(email) = lower(${email.trim().replaceAll('\0', '')})`;
  const matches = await isPassword(found?.passwordHash ?? null, password);
  if (found === undefined || !matches) {
    throw new Problem('wrong_credentials', 'The email address or the password is wrong.');
  }
  await attempt.succeeded();
  const { id, name, role, createdAt } = found;
  return { id, email: found.email, name, role, createdAt };
}

/**
 * Sets a person's password; where they have one, `current` has to be it. Throws `wrong_credentials`
 * and `too_many_tries`.
 */
export async function changePassword(
  { sql, tries }: { readonly sql: Sql; readonly tries: Tries },
  address: string,
  user: { readonly id: string; readonly email: string },
  { current, password }: { readonly current?: string | undefined; readonly password: string },
): Promise<void> {
  const [row] = await sql<{ passwordHash: string | null }[]>`
    select password_hash as "passwordHash" from users where id = ${user.id}`;
  const stored = row?.passwordHash ?? null;
  if (stored !== null) {
    const attempt = await tries.begin('sign-in', address, user.email.toLowerCase());
    if (!(await isPassword(stored, current ?? ''))) {
      throw new Problem('wrong_credentials', 'The current password is wrong.');
    }
    await attempt.succeeded();
  }
  const hash = await hashPassword(password);
  await sql`update users set password_hash = ${hash} where id = ${user.id}`;
}
