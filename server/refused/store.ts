import type { RefusedEdit } from '../../shared/api/refused.ts';
import type { Sql } from '../db/connect.ts';
import { withMember } from '../http/responses/written.ts';
import type { RefusedLook } from './effect/look.ts';
import type { WrittenLook } from '../workers/tasks.ts';
import type { StoredRenamings } from './effect/names.ts';
import type { Keyset } from '../http/cursor.ts';

interface RefusedRow extends Pick<RefusedEdit, 'id' | 'pieceId' | 'reason' | 'added' | 'removed'> {
  readonly authorId: string;
  readonly authorName: string;
  readonly at: Date;
}

/** As JSON. `look` null: the edit is gone meanwhile, or was not looked at. */
export function presentRefused(row: RefusedRow, look: WrittenLook<RefusedLook> | null): Buffer {
  const { id, pieceId, authorId, authorName, at, reason, added, removed } = row;
  const author = { id: authorId, name: authorName };
  const { shown, changes, blocked } = look ?? { shown: null, changes: null, blocked: 'too_much' };
  const plain = {
    ...{ id, pieceId, author, at: at.toISOString(), reason, added, removed },
    ...{ blocked, shown },
  } satisfies Omit<RefusedEdit, 'changes'>;
  return withMember(plain, 'changes', changes);
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

/** An edit, and what this owner was shown of it last; null: nothing. What another was shown does not count. */
export interface ListedEdit extends RefusedRow {
  readonly shown: string | null;
}

/** Undefined where there is none, or an owner has deleted it. `userId`: who was shown it. */
export async function findRefused(
  sql: Sql,
  id: string,
  userId: string,
): Promise<ListedEdit | undefined> {
  const [row] = await sql<ListedEdit[]>`
    select r.id, r.piece_id as "pieceId", r.author as "authorId", u.name as "authorName", r.at,
      r.reason, r.added, r.removed, r.shown->>${userId} as shown
    from refused_edits r join users u on u.id = r.author
    where r.id = ${id} and r.dismissed_at is null`;
  return row;
}

/** Notes what somebody was shown of some edits: that is what they approve of. */
export async function noteShown(
  sql: Sql,
  userId: string,
  looks: readonly { readonly id: string; readonly shown: string | null }[],
): Promise<void> {
  const told = looks.filter(({ shown }) => shown !== null);
  if (told.length === 0) return;
  await sql`
    update refused_edits r
    set shown = r.shown || jsonb_build_object(${userId}::text, told.shown)
    from unnest(${told.map(({ id }) => id)}::uuid[], ${told.map(({ shown }) => shown)}::text[])
      as told (id, shown)
    where r.id = told.id and r.shown->>${userId} is distinct from told.shown`;
}

/**
 * Notes under which clientIDs the words of an edit go into the piece, before they do: where the server
 * dies before it has forgotten the edit, applying it again writes the same ids, and so changes nothing.
 */
export async function noteRenamed(sql: Sql, id: string, renamed: StoredRenamings): Promise<void> {
  if (renamed.length === 0) return;
  await sql`update refused_edits set renamed = ${sql.json(renamed)} where id = ${id}`;
}

/**
 * Forgets an edit that is in the piece now, unless more has come to it since it was read: `bytes` is its
 * SHA-256. One whose words are there under other ids is kept out of sight: its client may send them
 * again each time it connects, and is known by that. Rejected: forgetting it in the transaction that
 * journals it, which belongs to all rooms at once.
 */
export async function forgetApplied(
  sql: Sql,
  { id, bytes, renamed }: { id: string; bytes: Uint8Array; renamed: StoredRenamings },
): Promise<void> {
  if (renamed.length === 0) {
    await sql`delete from refused_edits where id = ${id} and sha256(update) = ${bytes}`;
    return;
  }
  await sql`
    update refused_edits set dismissed_at = now() where id = ${id} and sha256(update) = ${bytes}`;
}

/** Takes an edit off the list. Its bytes stay, to know it by when its client sends it again. */
export async function dismissRefused(sql: Sql, id: string): Promise<void> {
  await sql`update refused_edits set dismissed_at = now() where id = ${id}`;
}
