import type { Limits } from '../config.ts';
import type { Queryable, Transaction } from '../db/connect.ts';
import { Problem } from '../errors.ts';

/**
 * What is said about a piece is bounded (B1, B2): its list is read by everybody who opens it, its anchors
 * are looked for after each edit, and a thread is told to all with each comment in it. In bytes of UTF-8.
 */
const mostOfPiece = 8 * 1024 * 1024;
/** Who says very much leaves others room to answer. */
const mostOfOne = mostOfPiece / 2;
/** … and one of the longest comments fits in any case. */
const mostOfThread = 256 * 1024;

/** Each is looked for after an edit, and its quote grows with its passage. */
const mostThreads = 5_000;
const mostThreadsOfOne = mostThreads / 2;

/** What a comment, and a thread, takes besides its words: who, when, where, whom it names. */
const comment = 200;
const thread = 200;

/** What a list page holds at most, beside its last thread: writing it takes some ms. */
export const mostOfPage = 256 * 1024;

/** What is read of a piece's anchors at once: quotes grow with their passages. */
export const mostOfAnchors = mostOfPiece;

/** What threads `t` take as they are, without their comments. */
export function threadSize(sql: Queryable) {
  return sql`
    (${thread} + octet_length(t.quote) + octet_length(t.sought) + octet_length(t.prefix)
      + octet_length(t.suffix) + octet_length(t.original) + coalesce(octet_length(t.replacement), 0))`;
}

/** The same when they were begun: who writes in a passage takes nothing of what others may say about it. */
function begunSize(sql: Queryable) {
  return sql`
    (${thread} + 3 * octet_length(t.original) + octet_length(t.prefix) + octet_length(t.suffix)
      + coalesce(octet_length(t.replacement), 0))`;
}

interface Said {
  readonly inThread: number;
  readonly byAuthor: number;
  readonly all: number;
  readonly threadsByAuthor: number;
  readonly threads: number;
}

/** What comments `c` take. */
export function commentSize(sql: Queryable) {
  return sql`(${comment} + octet_length(c.body))`;
}

/**
 * After words of `author` have been put in and before they are committed: throws `thread_full` and
 * `discussion_full` where they are too much. What others put in at the same moment is not seen, so there
 * may be some comments more.
 */
export async function checkDiscussion(
  tx: Transaction,
  { maxCommentBytes }: Pick<Limits, 'maxCommentBytes'>,
  { pieceId, threadId, author }: Record<'pieceId' | 'threadId' | 'author', string>,
): Promise<void> {
  const [said] = await tx<Said[]>`
    select
      (select coalesce(sum(${commentSize(tx)}), 0) from comments c
        where c.thread_id = ${threadId})::float8 as "inThread",
      coalesce(sum(size) filter (where person = ${author}), 0)::float8 as "byAuthor",
      coalesce(sum(size), 0)::float8 as all,
      coalesce(sum(threads) filter (where person = ${author}), 0)::float8 as "threadsByAuthor",
      coalesce(sum(threads), 0)::float8 as threads
    from (
      select t.created_by as person, ${begunSize(tx)} as size, 1 as threads
        from threads t where t.piece_id = ${pieceId}
      union all
      select c.author, ${commentSize(tx)}, 0 from comments c where c.piece_id = ${pieceId}
    ) said`;
  if (said === undefined) return;
  if (said.inThread > Math.max(mostOfThread, maxCommentBytes + comment)) {
    throw new Problem('thread_full', 'The thread is as long as it may be. Begin another one.');
  }
  if (said.byAuthor > mostOfOne || said.threadsByAuthor > mostThreadsOfOne) {
    const detail =
      'You have said as much about this piece as one person may. Shorten or delete comments first.';
    throw new Problem('discussion_full', detail);
  }
  if (said.all > mostOfPiece || said.threads > mostThreads) {
    const detail =
      'As much has been said about this piece as may be. Shorten or delete comments first.';
    throw new Problem('discussion_full', detail);
  }
}
