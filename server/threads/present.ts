import type { SharedThread } from '../../shared/api/threads.ts';
import { presentAnchor } from './anchors/anchor-check.ts';
import type { Located } from './anchors/look.ts';
import { presentComment, type CommentRow } from './comments/comment-store.ts';
import type { ThreadRow } from './thread-store.ts';

/** A thread as the API shows it to everybody on the piece. */
export function presentThread(
  { row, position }: Located<ThreadRow>,
  comments: readonly CommentRow[],
): SharedThread {
  const { id, pieceId, kind, status, original, replacement, author } = row;
  return {
    ...{ id, pieceId, kind, status, ...presentAnchor(row, position) },
    suggestion: replacement === null ? null : { original, replacement },
    comments: comments.map(presentComment),
    createdBy: author.id,
    author,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    // A suggestion that is being accepted has a decider before it is decided.
    decidedBy: status === 'open' ? null : row.decider,
    decidedAt: status === 'open' ? null : (row.decidedAt?.toISOString() ?? null),
  };
}
