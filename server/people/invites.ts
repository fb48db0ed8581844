import type { Queryable, Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import { hashToken, makeSecret } from './tokens.ts';

/** Somebody's one-time link, in the clear for the only time. */
export interface Invite {
  readonly secret: string;
  readonly expiresAt: Date;
}

/**
 * Makes a link that signs a person in once; one that they had before stops working. Throws
 * `no_such_user`.
 */
export async function createInvite(
  sql: Queryable,
  userId: string,
  lifetimeMs: number,
): Promise<Invite> {
  const secret = makeSecret();
  const [row] = await sql<{ expiresAt: Date }[]>`
    insert into invites (user_id, hash, expires_at)
    select id, ${hashToken(secret)}, now() + make_interval(secs => ${lifetimeMs / 1_000})
    from users where id = ${userId}
    on conflict (user_id) do update
      set hash = excluded.hash, created_at = now(), expires_at = excluded.expires_at
    returning expires_at as "expiresAt"`;
  if (row === undefined) throw new Problem('no_such_user', 'There is no such user.');
  return { secret, expiresAt: row.expiresAt };
}

/**
 * The address of the link. The secret stands after the `#`, which browsers send to nobody: it is in
 * no log, of ours or of a proxy, and in no Referer.
 */
export function inviteUrl(publicUrl: string, { secret }: Pick<Invite, 'secret'>): string {
  return `${publicUrl}/invite#${secret}`;
}

/**
 * Uses a link up: of two who come at once, one gets in. Sets the person's password where one is
 * given. Returns their id; throws `invite_invalid`, the same for used, replaced, expired and made-up
 * ones.
 */
export async function takeInvite(
  sql: Sql,
  secret: string,
  passwordHash: string | null,
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    with taken as (
      delete from invites where hash = ${hashToken(secret)} returning user_id, expires_at
    )
    update users u set password_hash = coalesce(${passwordHash}::text, u.password_hash)
    from taken where u.id = taken.user_id and taken.expires_at > now()
    returning u.id`;
  if (row === undefined) {
    throw new Problem(
      'invite_invalid',
      'The link was used, replaced, or is too old. Ask for another.',
    );
  }
  return row.id;
}
