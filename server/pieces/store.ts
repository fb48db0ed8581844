import type { Piece, PieceQuery, Status } from '../../shared/api/pieces.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { Queryable } from '../db/connect.ts';
import type { Keyset } from '../http/cursor.ts';
import type { Actor } from '../policy.ts';

export interface PieceRow {
  readonly id: string;
  readonly title: string;
  readonly standfirst: string;
  readonly words: number;
  readonly status: Status;
  readonly locked: boolean;
  readonly lockedById: string | null;
  readonly lockedByName: string | null;
  readonly createdBy: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly changedById: string | null;
  readonly changedByName: string | null;
  readonly deletedAt: Date | null;
  /** The role that the person who asks has as a member; null: they are none. */
  readonly memberRole: PieceRole | null;
}

type User = Actor & { readonly id: string };

/** A piece as the API shows it to somebody whose role on it is `role`. */
export function presentPiece(row: PieceRow, role: PieceRole): Piece {
  const { id, title, standfirst, words, status, locked, createdBy, changedById } = row;
  return {
    ...{ id, title, standfirst, words, status, role, locked, createdBy },
    lockedBy: row.lockedById === null ? null : { id: row.lockedById, name: row.lockedByName ?? '' },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    changedBy: changedById === null ? null : { id: changedById, name: row.changedByName ?? '' },
    deletedAt: row.deletedAt?.toISOString() ?? null,
  };
}

function columns(sql: Queryable) {
  return sql`
    p.id, p.title, p.standfirst, p.words, p.status, p.created_by as "createdBy",
    p.created_at as "createdAt", p.updated_at as "updatedAt", p.deleted_at as "deletedAt",
    p.locked_at is not null as locked, locker.id as "lockedById", locker.name as "lockedByName",
    author.id as "changedById", author.name as "changedByName", m.role as "memberRole"`;
}

/** Who wrote last stands in the journal's last row: one look by its key for each piece. */
function joins(sql: Queryable, userId: string) {
  return sql`
    left join members m on m.piece_id = p.id and m.user_id = ${userId}
    left join users locker on locker.id = p.locked_by
    left join lateral (
      select u.id, u.name from journal j join users u on u.id = j.author
      where j.piece_id = p.id and j.seq = (select max(seq) from journal where piece_id = p.id)
    ) author on true`;
}

/** A piece, deleted or not, as `userId` stands to it; undefined where there is none. */
export async function findPiece(
  sql: Queryable,
  userId: string,
  pieceId: string,
): Promise<PieceRow | undefined> {
  const [row] = await sql<PieceRow[]>`
    select ${columns(sql)}
    from pieces p ${joins(sql, userId)}
    where p.id = ${pieceId}`;
  return row;
}

/**
 * The pieces that a user may see, the last changed first: those that they are on, and for an admin
 * all. Deleted ones only for who can bring them back. One row more than `limit` where there is more.
 */
export async function listPieces(
  sql: Queryable,
  user: User,
  { q, status, deleted, limit }: Omit<PieceQuery, 'cursor'>,
  after: Keyset | null,
) {
  const all = sql`true`;
  const member = deleted ? sql`m.role = 'owner'` : sql`m.role is not null`;
  // Postgres knows no NUL, so nothing has any.
  const sought = (q ?? '').replaceAll('\0', '');
  const pattern = `%${sought.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await sql<(PieceRow & { cursorAt: string })[]>`
    select ${columns(sql)},
      to_char(p.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from pieces p ${joins(sql, user.id)}
    where ${deleted ? sql`p.deleted_at is not null` : sql`p.deleted_at is null`}
      and ${user.role === 'admin' ? all : member}
      and ${status === undefined ? all : sql`p.status = ${status}`}
      and ${sought === '' ? all : sql`(p.title ilike ${pattern} or p.standfirst ilike ${pattern})`}
      and ${after === null ? all : sql`(p.updated_at, p.id) < (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by p.updated_at desc, p.id desc
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
}

/** False where it was that already. */
export async function setStatus(sql: Queryable, pieceId: string, status: Status): Promise<boolean> {
  const { count } = await sql`
    update pieces set status = ${status}, updated_at = now()
    where id = ${pieceId} and status <> ${status}`;
  return count > 0;
}

/** False where it was that already. */
export async function setLocked(
  sql: Queryable,
  pieceId: string,
  locked: boolean,
  by: string,
): Promise<boolean> {
  const { count } = await sql`
    update pieces set
      locked_at = ${locked ? sql`now()` : null}, locked_by = ${locked ? by : null}::uuid
    where id = ${pieceId} and (locked_at is not null) <> ${locked}`;
  return count > 0;
}

/** Marks a piece as deleted; its text, history and members stay. False where it already was. */
export async function markDeleted(sql: Queryable, pieceId: string): Promise<boolean> {
  const { count } = await sql`
    update pieces set deleted_at = now() where id = ${pieceId} and deleted_at is null`;
  return count > 0;
}

export async function unmarkDeleted(sql: Queryable, pieceId: string): Promise<void> {
  await sql`update pieces set deleted_at = null where id = ${pieceId}`;
}
