import type { Queryable, Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import { whyNot } from './store.ts';
import { hashToken, makeSecret } from './tokens/tokens.ts';

/** Somebody's one-time link, in the clear for the only time. */
export interface Invite {
  readonly secret: string;
  readonly expiresAt: Date;
}

/**
 * Makes a link that signs a person in once; one that they had before stops working. Throws
 * `no_such_user` and `user_disabled`.
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
    from users where id = ${userId} and disabled_at is null for share
    on conflict (user_id) do update
      set hash = excluded.hash, created_at = now(), expires_at = excluded.expires_at
    returning expires_at as "expiresAt"`;
  if (row === undefined) throw await whyNot(sql, userId);
  return { secret, expiresAt: row.expiresAt };
}

/**
 * The address of the link. The secret stands after the `#`, which browsers send to nobody: it is in
 * no log, of ours or of a proxy, and in no Referer.
 */
export function inviteUrl(publicUrl: string, { secret }: Pick<Invite, 'secret'>): string {
  return `${publicUrl}/invite#${secret}`;
}

/** Throws `invite_invalid` where a link could not be used now. Uses nothing up. */
export async function checkInvite(sql: Queryable, secret: string): Promise<void> {
  const [good] = await sql`
    select 1 from invites where hash = ${hashToken(secret)} and expires_at > now()`;
  if (good === undefined) throw inviteInvalid();
}

/**
 * Uses a link up: of two who come at once, one gets in. Sets the person's password where one is
 * given, which ends all their sessions. Returns their id and what has ended; throws
 * `invite_invalid`, the same for used, replaced, expired and made-up ones, and who is disabled.
 */
export async function takeInvite(
  sql: Sql,
  secret: string,
  passwordHash: string | null,
): Promise<{ readonly userId: string; readonly ended: readonly string[] }> {
  const [row] = await sql<{ userId: string; ended: string[] }[]>`
    with taken as (
      delete from invites where hash = ${hashToken(secret)} returning user_id, expires_at
    ), person as (
      update users u set password_hash = coalesce(${passwordHash}::text, u.password_hash)
      from taken
      where u.id = taken.user_id and taken.expires_at > now() and u.disabled_at is null
      returning u.id
    ), ended as (
      delete from sessions s using person
      where s.user_id = person.id and ${passwordHash}::text is not null
      returning s.id
    )
    select id as "userId", array(select id from ended)::text[] as ended from person`;
  if (row === undefined) throw inviteInvalid();
  return row;
}

function inviteInvalid(): Problem {
  return new Problem(
    'invite_invalid',
    'The link was used, replaced, or is too old. Ask for another.',
  );
}
