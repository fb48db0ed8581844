import type { Sql, Transaction } from '../db/connect.ts';
import { v7 as newId } from 'uuid';
import { createInvite, type Invite } from './invites.ts';
import { lockPeople } from './lock-people.ts';
import { hashToken } from './tokens/tokens.ts';

/** The name of the token that comes from ADMIN_TOKEN; a changed ADMIN_TOKEN replaces it. */
const environmentToken = 'ADMIN_TOKEN of the environment';

/**
 * Makes the admin of the configuration where they are missing: the user, made an admin if they were
 * a member, and the API token. A token that ADMIN_TOKEN gave before and no longer does is withdrawn,
 * because an operator who changes a secret means the old one to end. Who has been demoted is an admin
 * again: the configuration says so. Who has been disabled stays so, and gets no token: a restart must
 * not let back in who was shut out. Returns the user's id, null where they are disabled; rejects when
 * the token belongs to somebody else.
 */
export async function ensureAdmin(
  sql: Sql,
  admin: { readonly email: string; readonly token: string },
): Promise<string | null> {
  return sql.begin(async (tx) => {
    await lockPeople(tx);
    const userId = await upsertAdmin(tx, admin.email, admin.email.split('@', 1)[0] ?? 'Admin');
    if (userId === null) return null;
    const hash = hashToken(admin.token);
    await tx`
      delete from api_tokens
      where user_id = ${userId} and name = ${environmentToken} and hash <> ${hash}`;
    await tx`
      insert into api_tokens (id, user_id, name, hash)
      values (${newId()}, ${userId}, ${environmentToken}, ${hash})
      on conflict (hash) do nothing`;
    const [kept] = await tx<{ userId: string }[]>`
      select user_id as "userId" from api_tokens where hash = ${hash}`;
    if (kept?.userId !== userId) throw new Error('ADMIN_TOKEN is the token of another user');
    return userId;
  });
}

/** The address of the admin whom a first start makes. */
const firstEmail = 'admin@localhost';

/**
 * On a database without anybody, makes an admin named "Admin" and returns them with a link to print
 * that signs them in. A start that finds nobody but them, and that they have never got in, returns
 * them with a new link: the old one was lost, or has run out. Else null. Where another server that
 * starts at the same time, or runs, has the link, it stays, and `invite` is null: a new one would end
 * the one that it has printed.
 *
 * @param startingMs - for how long this server has been starting
 */
export async function makeFirstAdmin(
  sql: Sql,
  inviteMs: number,
  startingMs = 0,
): Promise<{ readonly userId: string; readonly invite: Invite | null } | null> {
  return sql.begin(async (tx) => {
    await lockPeople(tx);
    if (await somebodyCanSignIn(tx)) return null;
    const userId = await upsertAdmin(tx, firstEmail, 'Admin');
    if (userId === null) return null;
    if (await isPrintedElsewhere(tx, userId, startingMs)) return { userId, invite: null };
    return { userId, invite: await createInvite(tx, userId, inviteMs) };
  });
}

/** So long after its last word, a server is taken for dead here, in seconds; as in `cluster/`. */
const deadAfter = 5;

/** This server is not among `servers` yet. */
async function isPrintedElsewhere(
  tx: Transaction,
  userId: string,
  startingMs: number,
): Promise<boolean> {
  const [row] = await tx`
    select 1 from invites where user_id = ${userId} and expires_at > now() and (
      created_at > clock_timestamp() - make_interval(secs => ${startingMs / 1_000})
      or exists (select from servers
                 where seen_at > clock_timestamp() - make_interval(secs => ${deadAfter})))`;
  return row !== undefined;
}

/** Whether anybody but the first admin is there, or the first admin has ever got in. */
async function somebodyCanSignIn(tx: Transaction): Promise<boolean> {
  const [row] = await tx<{ known: boolean }[]>`
    select exists (select from users where email is distinct from ${firstEmail} or password_hash is not null)
      or exists (select from api_tokens) or exists (select from sessions)
      or exists (select from oidc_accounts)
      or exists (select from users where email = ${firstEmail}
                   and not exists (select from invites where user_id = users.id)) as known`;
  return row?.known ?? true;
}

/** Null: there is somebody with this address who is disabled. */
async function upsertAdmin(tx: Transaction, email: string, name: string): Promise<string | null> {
  const [row] = await tx<{ id: string }[]>`
    insert into users (id, email, name, role)
    values (${newId()}, ${email.normalize('NFC')}, ${name}, 'admin')
    on conflict (lower(email)) do update set role = 'admin' where users.disabled_at is null
    returning id`;
  return row?.id ?? null;
}
