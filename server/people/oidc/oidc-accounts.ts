import type { Sql } from '../../db/connect.ts';
import type { OidcPerson } from './oidc.ts';

/**
 * The user whom an issuer's account signs in; null where there is none. An account that is new here
 * is tied to the user with its verified email address, once: somebody whom that address is given to
 * later has another account there, and does not get in by it. Nobody is made a user.
 */
export async function userOfAccount(
  sql: Sql,
  { issuer, subject, email }: OidcPerson,
): Promise<string | null> {
  const [known] = await sql<{ userId: string }[]>`
    select user_id as "userId" from oidc_accounts
    where issuer = ${issuer} and subject = ${subject}`;
  if (known !== undefined) return known.userId;
  if (email === null) return null;
  const [tied] = await sql<{ userId: string }[]>`
    insert into oidc_accounts (issuer, subject, user_id)
    select ${issuer}, ${subject}, id from users where lower(email) = lower(${email}) and disabled_at is null
    for share
    on conflict do nothing
    returning user_id as "userId"`;
  return tied?.userId ?? null;
}
