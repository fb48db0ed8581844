import type { Queryable, Sql, Transaction } from '../db/connect.ts';
import { v7 as newId } from 'uuid';
import type { CreatedToken, NewToken, NewUser, TokenInfo, User } from '../../shared/api/people.ts';
import type { GlobalRole } from '../../shared/roles.ts';
import { Problem } from '../errors.ts';
import type { Keyset } from '../http/cursor.ts';
import { hashToken, makeToken } from './tokens/tokens.ts';

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: GlobalRole;
  readonly disabled: boolean;
  readonly createdAt: Date;
}

/** A user as the API shows them. */
export function presentUser({ id, email, name, role, disabled, createdAt }: UserRow): User {
  return { id, email, name, role, disabled, createdAt: createdAt.toISOString() };
}

function columns(sql: Queryable) {
  return sql`id, email, name, role, disabled_at is not null as disabled, created_at as "createdAt"`;
}

/** Throws `email_taken`, whatever the case of the letters. */
export async function insertUser(sql: Queryable, user: NewUser): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    insert into users (id, email, name, role)
    values (${newId()}, ${user.email}, ${user.name}, ${user.role})
    on conflict (lower(email)) do nothing
    returning ${columns(sql)}`;
  if (row === undefined) throw emailTaken(user.email);
  return row;
}

export function emailTaken(email: string): Problem {
  return new Problem('email_taken', `${email} is already a user.`);
}

/** Users in the order in which they came, without who was erased; one more than `limit`, to see whether there are more. */
export async function listUsers(sql: Sql, after: Keyset | null, limit: number) {
  const rows = await sql<(UserRow & { cursorAt: string })[]>`
    select ${columns(sql)},
           to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from users
    where erased_at is null
      and ${after === null ? sql`true` : sql`(created_at, id) > (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by created_at, id
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
}

/** Throws `no_such_user`, for who was erased too. */
export async function findUser(sql: Queryable, id: string): Promise<UserRow> {
  const [row] = await sql<UserRow[]>`
    select ${columns(sql)} from users where id = ${id} and erased_at is null`;
  if (row === undefined) throw noSuchUser();
  return row;
}

/** Whether somebody is, or was until they were erased. Throws `no_such_user`. */
export async function findUserEverKnown(sql: Queryable, id: string): Promise<{ id: string }> {
  const [row] = await sql<{ id: string }[]>`select id from users where id = ${id}`;
  if (row === undefined) throw noSuchUser();
  return row;
}

/** A user, held until the transaction ends: nobody signs them in meanwhile. */
export async function holdUser(tx: Transaction, id: string): Promise<UserRow> {
  const [row] = await tx<UserRow[]>`
    select ${columns(tx)} from users where id = ${id} and erased_at is null for update`;
  if (row === undefined) throw noSuchUser();
  return row;
}

/** Why nothing could be made that would sign somebody in. */
export async function whyNot(sql: Queryable, id: string): Promise<Problem> {
  await findUser(sql, id);
  return new Problem('user_disabled', 'They cannot sign in. Enable them first.');
}

function noSuchUser(): Problem {
  return new Problem('no_such_user', 'There is no such user.');
}

/** A person by email, in any case of letters; undefined where there is none. */
export async function findUserByEmail(sql: Sql, email: string): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    select ${columns(sql)} from users where lower(email) = lower(${email})`;
  return row;
}

/**
 * Makes a token for a user and returns it in the clear, for the only time. It ends at `noLaterThan`
 * at the latest. Throws `no_such_user` and `user_disabled`.
 */
export async function insertToken(
  sql: Sql,
  userId: string,
  token: NewToken,
  noLaterThan: Date | null,
): Promise<CreatedToken> {
  const clear = makeToken();
  const [row] = await sql<{ id: string; expiresAt: Date | null }[]>`
    insert into api_tokens (id, user_id, name, hash, read_only, expires_at)
    select ${newId()}::uuid, id, ${token.name}, ${hashToken(clear)}, ${token.readOnly},
           least(${token.expiresAt ?? null}::text::timestamptz, ${noLaterThan}::timestamptz)
    from users where id = ${userId} and disabled_at is null for share
    returning id, expires_at as "expiresAt"`;
  if (row === undefined) throw await whyNot(sql, userId);
  const { id, expiresAt } = row;
  const { readOnly } = token;
  return { id, token: clear, readOnly, expiresAt: expiresAt?.toISOString() ?? null };
}

/** A person's tokens, the latest first; one more than `limit` where there are more. */
export async function listTokens(sql: Sql, userId: string, after: Keyset | null, limit: number) {
  const rows = await sql<(TokenRow & { cursorAt: string })[]>`
    select id, name, created_at as "createdAt", expires_at as "expiresAt",
           read_only as "readOnly", last_used_at as "lastUsedAt",
           last_used_for as "lastUsedFor", last_used_from as "lastUsedFrom",
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
  readonly readOnly: boolean;
  readonly lastUsedFor: string | null;
  readonly lastUsedFrom: string | null;
}

export function presentToken({ id, name, ...at }: TokenRow): TokenInfo {
  const { readOnly, lastUsedFor, lastUsedFrom } = at;
  return {
    ...{ id, name, readOnly, lastUsedFor, lastUsedFrom },
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
