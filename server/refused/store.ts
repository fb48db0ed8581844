import type { RefusedEdit } from '../../shared/api/refused.ts';
import type { Sql } from '../db/connect.ts';
import type { Keyset } from '../http/cursor.ts';

interface RefusedRow extends Omit<RefusedEdit, 'author' | 'at'> {
  readonly authorId: string;
  readonly authorName: string;
  readonly at: Date;
}

export function presentRefused({ authorId, authorName, at, ...row }: RefusedRow): RefusedEdit {
  const { id, pieceId, reason, added, removed } = row;
  const author = { id: authorId, name: authorName };
  return { id, pieceId, author, at: at.toISOString(), reason, added, removed };
}

/** The latest first; one more than `limit` where there are more. */
export async function listRefused(sql: Sql, pieceId: string, after: Keyset | null, limit: number) {
  const rows = await sql<(RefusedRow & { cursorAt: string })[]>`
    select r.id, r.piece_id as "pieceId", r.author as "authorId", u.name as "authorName", r.at,
      r.reason, r.added, r.removed,
      to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from refused_edits r join users u on u.id = r.author
    where r.piece_id = ${pieceId} and r.dismissed_at is null
      and ${after === null ? sql`true` : sql`(r.at, r.id) < (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by r.at desc, r.id desc
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
}

export interface KeptEdit {
  readonly id: string;
  readonly pieceId: string;
  readonly author: string;
  readonly update: Uint8Array;
}

/** Undefined where there is none, or an owner has deleted it. */
export async function findRefused(sql: Sql, id: string): Promise<KeptEdit | undefined> {
  const [row] = await sql<KeptEdit[]>`
    select id, piece_id as "pieceId", author, update
    from refused_edits where id = ${id} and dismissed_at is null`;
  return row;
}

/**
 * Forgets an edit that is in the piece now, unless more has come to it since it was read. Rejected:
 * forgetting it in the transaction that journals it, which belongs to all rooms at once.
 */
export async function forgetApplied(sql: Sql, { id, update }: KeptEdit): Promise<void> {
  await sql`delete from refused_edits where id = ${id} and update = ${update}`;
}

/** Takes an edit off the list. Its bytes stay, to know it by when its client sends it again. */
export async function dismissRefused(sql: Sql, id: string): Promise<void> {
  await sql`update refused_edits set dismissed_at = now() where id = ${id}`;
}
