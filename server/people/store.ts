import type { Sql } from '../db/connect.ts';
import { v7 as newId } from 'uuid';
import type { NewUser, TokenInfo, User } from '../../shared/api/people.ts';
import type { GlobalRole } from '../../shared/roles.ts';
import { Problem } from '../errors.ts';
import type { Keyset } from '../http/cursor.ts';
import { hashToken, makeToken } from './tokens.ts';

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: GlobalRole;
  readonly createdAt: Date;
}

/** A user as the API shows them. */
export function presentUser({ id, email, name, role, createdAt }: UserRow): User {
  return { id, email, name, role, createdAt: createdAt.toISOString() };
}

/** Throws `email_taken`, whatever the case of the letters. */
export async function insertUser(sql: Sql, user: NewUser): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    insert into users (id, email, name, role)
    values (${newId()}, ${user.email}, ${user.name}, ${user.role})
    on conflict (lower(email)) do nothing
    returning id, email, name, role, created_at as "createdAt"`;
  if (row === undefined) throw new Problem('email_taken', `${user.email} is already a user.`);
  return row;
}

/** Users in the order in which they came; one more than `limit`, to see whether there are more. */
export async function listUsers(sql: Sql, after: Keyset | null, limit: number) {
  const rows = await sql<(UserRow & { cursorAt: string })[]>`
    select id, email, name, role, created_at as "createdAt",
           to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from users
    where ${after === null ? sql`true` : sql`(created_at, id) > (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by created_at, id
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
}

/** Throws `no_such_user`. */
export async function findUser(sql: Sql, id: string): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    select id, email, name, role, created_at as "createdAt" from users where id = ${id}`;
  if (row === undefined) throw new Problem('no_such_user', 'There is no such user.');
  return row;
}

/** A person by email, in any case of letters; undefined where there is none. */
export async function findUserByEmail(sql: Sql, email: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    select id, email, name, role, created_at as "createdAt"
    from users where lower(email) = lower(${email})`;
  return row;
}

/** Makes a token for a user and returns it in the clear, for the only time. */
export async function insertToken(
  sql: Sql,
  userId: string,
  token: { readonly name: string; readonly expiresAt?: string | null | undefined },
): Promise<{ id: string; token: string }> {
  const clear = makeToken();
  const [row] = await sql<{ id: string }[]>`
    insert into api_tokens (id, user_id, name, hash, expires_at)
    select ${newId()}::uuid, id, ${token.name}, ${hashToken(clear)}, ${token.expiresAt ?? null}::text::timestamptz
    from users where id = ${userId}
    returning id`;
  if (row === undefined) throw new Problem('no_such_user', 'There is no such user.');
  return { id: row.id, token: clear };
}

/** A person's tokens, the latest first; one more than `limit` where there are more. */
export async function listTokens(sql: Sql, userId: string, after: Keyset | null, limit: number) {
  const rows = await sql<(TokenRow & { cursorAt: string })[]>`
    select id, name, created_at as "createdAt", expires_at as "expiresAt",
           last_used_at as "lastUsedAt",
           to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from api_tokens
    where user_id = ${userId}
      and ${after === null ? sql`true` : sql`(created_at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
}

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

export function presentToken({ id, name, ...at }: TokenRow): TokenInfo {
  return {
    ...{ id, name },
    createdAt: at.createdAt.toISOString(),
    expiresAt: at.expiresAt?.toISOString() ?? null,
    lastUsedAt: at.lastUsedAt?.toISOString() ?? null,
  };
}

export async function deleteToken(sql: Sql, userId: string, tokenId: string): Promise<void> {
  const { count } = await sql`
    delete from api_tokens where id = ${tokenId} and user_id = ${userId}`;
  if (count === 0) throw new Problem('no_such_token', 'There is no such token.');
}
