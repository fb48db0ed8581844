import { v7 as newId } from 'uuid';
import type { Comment } from '../../../shared/api/threads.ts';
import type { Queryable } from '../../db/connect.ts';

export interface CommentRow extends Omit<Comment, 'createdAt' | 'editedAt' | 'deletedAt'> {
  readonly pieceId: string;
  readonly createdAt: Date;
  readonly editedAt: Date | null;
  readonly deletedAt: Date | null;
}

export function presentComment(row: CommentRow): Comment {
  const { id, threadId, author, body, mentions } = row;
  return {
    ...{ id, threadId, author, body, mentions },
    createdAt: row.createdAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
  };
}

function columns(sql: Queryable) {
  return sql`
    c.id, c.piece_id as "pieceId", c.thread_id as "threadId", c.body, c.created_at as "createdAt",
    c.edited_at as "editedAt", c.deleted_at as "deletedAt",
    jsonb_build_object('id', a.id, 'name', a.name) as author,
    coalesce((
      select jsonb_agg(jsonb_build_object('id', m.id, 'name', m.name) order by m.name, m.id)
      from users m where m.id = any (c.mentions)
    ), '[]') as mentions`;
}

export interface NewComment {
  readonly pieceId: string;
  readonly threadId: string;
  readonly author: string;
  readonly body: string;
  /** User ids. */
  readonly mentions: readonly string[];
}

/** @returns the id of the comment. */
export async function insertComment(sql: Queryable, comment: NewComment): Promise<string> {
  const id = newId();
  const { pieceId, threadId, author, body, mentions } = comment;
  await sql`
    insert into comments (id, piece_id, thread_id, author, body, mentions)
    values (${id}, ${pieceId}, ${threadId}, ${author}, ${body}, ${mentions}::uuid[])`;
  return id;
}

export async function findComment(sql: Queryable, id: string): Promise<CommentRow | undefined> {
  const [row] = await sql<CommentRow[]>`
    select ${columns(sql)} from comments c join users a on a.id = c.author where c.id = ${id}`;
  return row;
}

/** The comments of threads, each in the order in which they came. */
export async function commentsOf(
  sql: Queryable,
  threadIds: readonly string[],
): Promise<Map<string, CommentRow[]>> {
  const byThread = new Map<string, CommentRow[]>(threadIds.map((id) => [id, []]));
  if (threadIds.length === 0) return byThread;
  const rows = await sql<CommentRow[]>`
    select ${columns(sql)} from comments c join users a on a.id = c.author
    where c.thread_id = any (${threadIds}::uuid[]) order by c.created_at, c.id`;
  for (const row of rows) byThread.get(row.threadId)?.push(row);
  return byThread;
}

/** False where it has been deleted. */
export async function editComment(
  sql: Queryable,
  id: string,
  { body, mentions }: Pick<NewComment, 'body' | 'mentions'>,
): Promise<boolean> {
  const { count } = await sql`
    update comments set body = ${body}, mentions = ${mentions}::uuid[], edited_at = now()
    where id = ${id} and deleted_at is null`;
  return count > 0;
}

/** Leaves a mark where it was, and nothing of its words. False where it has been deleted. */
export async function deleteComment(sql: Queryable, id: string): Promise<boolean> {
  const { count } = await sql`
    update comments set body = '', mentions = '{}', deleted_at = now()
    where id = ${id} and deleted_at is null`;
  return count > 0;
}
