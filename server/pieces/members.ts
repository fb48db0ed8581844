import type { Member } from '../../shared/api/pieces.ts';
import type { GlobalRole, PieceRole } from '../../shared/roles.ts';
import { NoSuchPiece } from '../collab/engine.ts';
import type { Sql, Transaction } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import type { Keyset } from '../http/cursor.ts';
import { effectiveRole } from '../policy.ts';

interface MemberRow extends Omit<Member, 'since'> {
  readonly since: Date;
}

export function presentMember({ since, ...row }: MemberRow): Member {
  const { userId, name, email, role, disabled } = row;
  return { userId, name, email, role, disabled, since: since.toISOString() };
}

/** Members in the order in which they came. */
export async function listMembers(sql: Sql, pieceId: string, after: Keyset | null, limit: number) {
  const rows = await sql<(MemberRow & { cursorAt: string })[]>`
    select u.id as "userId", u.name, u.email, m.role, m.created_at as since,
      u.disabled_at is not null as disabled,
      to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from members m join users u on u.id = m.user_id
    where m.piece_id = ${pieceId}
      and ${after === null ? sql`true` : sql`(m.created_at, u.id) > (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by m.created_at, u.id
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.userId } }));
}

export async function isMember(sql: Sql, pieceId: string, userId: string): Promise<boolean> {
  const found = await sql`
    select from members where piece_id = ${pieceId} and user_id = ${userId}`;
  return found.length > 0;
}

/** Whom an owner may look for at a time: enough to choose from, too few to copy out a directory. */
const mostCandidates = 10;

/**
 * People who are not on a piece, by name: those of whose names a word begins with `q`, and who has `q`
 * as their address. The address itself is told to who knew it, and, with `addresses`, of everybody:
 * a part of one finds nobody, or it could be read out letter by letter.
 */
export async function findCandidates(sql: Sql, pieceId: string, q: string, addresses: boolean) {
  const sought = q.replaceAll('\0', '').normalize('NFC');
  const word = `${sought.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await sql<{ id: string; name: string; email: string | null }[]>`
    select u.id, u.name,
      case when ${addresses} or lower(u.email) = lower(${sought}) then u.email end as email
    from users u
    where u.disabled_at is null
      and (u.name ilike ${word} or u.name ilike ${`% ${word}`} or u.name ilike ${`%-${word}`}
           or lower(u.email) = lower(${sought}))
      and not exists (select from members where piece_id = ${pieceId} and user_id = u.id)
    order by u.name, u.id limit ${mostCandidates}`;
  return [...rows];
}

/**
 * Gives a user a role on a piece, whether or not they had one. Throws `no_such_user`, and
 * `last_owner` where the piece would be left without an owner.
 */
export async function putMember(
  sql: Sql,
  pieceId: string,
  userId: string,
  role: PieceRole,
): Promise<MemberRow> {
  return sql.begin(async (tx) => {
    await lockMembers(tx, pieceId);
    if (role !== 'owner') await keepAnOwner(tx, pieceId, userId);
    await rememberWriter(tx, pieceId, userId);
    const [row] = await tx<MemberRow[]>`
      with put as (
        insert into members (piece_id, user_id, role)
        select ${pieceId}::uuid, id, ${role} from users where id = ${userId} and erased_at is null
        -- Who is being erased meanwhile is waited for: they would be put on the piece behind it.
        for share
        on conflict (piece_id, user_id) do update set role = excluded.role
        returning user_id, role, created_at
      )
      select u.id as "userId", u.name, u.email, put.role, put.created_at as since,
        u.disabled_at is not null as disabled
      from put join users u on u.id = put.user_id`;
    if (row === undefined) throw new Problem('no_such_user', 'There is no such user.');
    return row;
  });
}

/**
 * Takes a user off a piece, and returns the role that they still have on it, as an admin, or null.
 * Throws `not_a_member` and `last_owner`.
 */
export async function removeMember(
  sql: Sql,
  pieceId: string,
  userId: string,
): Promise<PieceRole | null> {
  return sql.begin(async (tx) => {
    await lockMembers(tx, pieceId);
    await keepAnOwner(tx, pieceId, userId);
    await rememberWriter(tx, pieceId, userId);
    const [removed] = await tx<{ role: GlobalRole }[]>`
      delete from members m using users u
      where m.piece_id = ${pieceId} and m.user_id = ${userId} and u.id = m.user_id
      returning u.role`;
    if (removed === undefined) throw new Problem('not_a_member', 'They are not on this piece.');
    return effectiveRole(removed, null);
  });
}

/** The role that counts for a user on a piece, for those who have it open. */
export async function countingRole(
  sql: Sql,
  userId: string,
  pieceRole: PieceRole,
): Promise<PieceRole | null> {
  const [user] = await sql<{ role: GlobalRole }[]>`select role from users where id = ${userId}`;
  return user === undefined ? null : effectiveRole(user, pieceRole);
}

/**
 * One change of members at a time per piece: two owners who remove each other at once would leave
 * none. The lock lets writers of the summary and new snapshots wait only for this short while.
 */
async function lockMembers(tx: Transaction, pieceId: string): Promise<void> {
  const [piece] = await tx`
    select 1 from pieces where id = ${pieceId} and deleted_at is null for no key update`;
  if (piece === undefined) throw new NoSuchPiece(pieceId);
}

/** Before their role changes: what they write until they hear of it is not lost (R4). */
async function rememberWriter(tx: Transaction, pieceId: string, userId: string): Promise<void> {
  await tx`
    insert into former_writers (piece_id, user_id)
    select piece_id, user_id from members
    where piece_id = ${pieceId} and user_id = ${userId} and role in ('owner', 'writer')
    on conflict do nothing`;
}

async function keepAnOwner(tx: Transaction, pieceId: string, userId: string): Promise<void> {
  const [owners] = await tx<{ others: boolean; self: boolean }[]>`
    select coalesce(bool_or(user_id <> ${userId}), false) as others,
           coalesce(bool_or(user_id = ${userId}), false) as self
    from members where piece_id = ${pieceId} and role = 'owner'`;
  if (owners?.self === true && !owners.others) {
    throw new Problem('last_owner', 'Make somebody else an owner first.');
  }
}
