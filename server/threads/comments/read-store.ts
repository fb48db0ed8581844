import type { Queryable } from '../../db/connect.ts';

/** How many comments of others a person has not read, by thread; those that have none are absent. */
export async function unreadOf(
  sql: Queryable,
  userId: string,
  threadIds: readonly string[],
): Promise<Map<string, number>> {
  if (threadIds.length === 0) return new Map();
  const rows = await sql<{ id: string; unread: number }[]>`
    select c.thread_id as id, count(*) as unread ${unreadComments(sql, userId)}
      and c.thread_id = any (${threadIds}::uuid[])
    group by c.thread_id`;
  return new Map(rows.map(({ id, unread }) => [id, unread]));
}

/** How many there are in a piece. */
export async function countUnread(
  sql: Queryable,
  userId: string,
  pieceId: string,
): Promise<number> {
  const [row] = await sql<{ unread: number }[]>`
    select count(*) as unread ${unreadComments(sql, userId)}
      and c.thread_id in (select id from threads where piece_id = ${pieceId})`;
  return row?.unread ?? 0;
}

function unreadComments(sql: Queryable, userId: string) {
  return sql`
    from comments c left join thread_reads r on r.thread_id = c.thread_id and r.user_id = ${userId}
    where c.author <> ${userId} and c.deleted_at is null
      and (r.read_at is null or c.created_at > r.read_at)`;
}

/**
 * Notes that a person has read threads: up to a comment of them, or all there is. A mark never goes
 * back.
 */
export async function markRead(
  sql: Queryable,
  userId: string,
  which: { readonly pieceId: string } | { readonly threadId: string; readonly upTo?: string },
): Promise<void> {
  const threads =
    'pieceId' in which ? sql`t.piece_id = ${which.pieceId}` : sql`t.id = ${which.threadId}`;
  const upTo = 'upTo' in which ? which.upTo : undefined;
  const at =
    upTo === undefined
      ? sql`clock_timestamp()`
      : sql`(select created_at from comments where id = ${upTo} and thread_id = t.id)`;
  await sql`
    insert into thread_reads (piece_id, thread_id, user_id, read_at)
    select piece_id, id, user_id, read_at
    from (select t.piece_id, t.id, ${userId}::uuid as user_id, ${at} as read_at
          from threads t where ${threads}) as mark
    where read_at is not null
    on conflict (thread_id, user_id) do update
      set read_at = greatest(thread_reads.read_at, excluded.read_at)`;
}
