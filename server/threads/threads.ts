import type { SharedThread, Thread } from '../../shared/api/threads.ts';
import type { ThreadEventKind } from '../../shared/protocol/events.ts';
import type { Documents } from '../collab/engine.ts';
import type { Log } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import type { Caller } from '../http/sign-in.ts';
import { requirePieceOf } from '../pieces/access.ts';
import type { PieceAction } from '../policy.ts';
import { AnchorCheck } from './anchors/anchor-check.ts';
import { AnchorWatch } from './anchors/anchor-watch.ts';
import { announce } from './announce.ts';
import { commentsOf, findComment, type CommentRow } from './comments/comment-store.ts';
import { Decisions } from './decisions/decisions.ts';
import { presentThread } from './present.ts';
import { unreadOf } from './comments/read-store.ts';
import { findThread, type ThreadRow } from './thread-store.ts';
import type { Workers } from '../workers/pool.ts';

export interface ThreadsDeps {
  readonly sql: Sql;
  readonly documents: Documents;
  readonly workers: Pick<Workers, 'ask'>;
  readonly log: Log;
}

/** The threads of all pieces: what routes share, and what looks after them meanwhile. */
export class Threads {
  readonly check: AnchorCheck;
  readonly watch: AnchorWatch;
  readonly decisions: Decisions;
  readonly #sql: Sql;
  readonly #documents: Documents;

  constructor({ sql, documents, workers, log }: ThreadsDeps) {
    this.#sql = sql;
    this.#documents = documents;
    this.check = new AnchorCheck({ sql, documents, workers });
    this.watch = new AnchorWatch({ sql, check: this.check, log });
    this.decisions = new Decisions({ sql, documents, workers, check: this.check });
    documents.onEdited((pieceId) => this.watch.edited(pieceId));
  }

  stop(): void {
    this.watch.stop();
  }

  /**
   * The thread, if `user` may do `action` on its piece. A piece that they may not see is told from
   * none by nothing. Throws `no_such_thread`.
   */
  async require(user: Caller, id: string, action: PieceAction): Promise<ThreadRow> {
    const row = await findThread(this.#sql, id);
    if (row === undefined) throw noSuchThread();
    await requirePieceOf(this.#sql, user, row, action, noSuchThread);
    return row;
  }

  /** The same for a comment. Throws `no_such_comment`, also for one that has been deleted. */
  async requireComment(user: Caller, id: string, action: PieceAction): Promise<CommentRow> {
    const row = await findComment(this.#sql, id);
    if (row === undefined) throw noSuchComment();
    await requirePieceOf(this.#sql, user, row, action, noSuchComment);
    if (row.deletedAt === null) return row;
    throw new Problem('no_such_comment', 'The comment has been deleted.');
  }

  /** Threads as they are at this moment. */
  async present(
    pieceId: string,
    rows: readonly ThreadRow[],
    readerId: string,
    how: { readonly stored?: boolean } = {},
  ): Promise<Thread[]> {
    const settled = await this.#settle(rows);
    const ids = settled.map(({ id }) => id);
    const [located, comments, unread] = await Promise.all([
      this.check.locate(readerId, pieceId, settled, how),
      commentsOf(this.#sql, ids),
      unreadOf(this.#sql, readerId, ids),
    ]);
    return located.map((one) => ({
      ...presentThread(one, comments.get(one.row.id) ?? []),
      unread: unread.get(one.row.id) ?? 0,
    }));
  }

  async presentOne(
    id: string,
    readerId: string,
    how: { readonly stored?: boolean } = {},
  ): Promise<Thread> {
    const row = await findThread(this.#sql, id);
    const [thread] = row === undefined ? [] : await this.present(row.pieceId, [row], readerId, how);
    if (thread === undefined) throw noSuchThread();
    return thread;
  }

  /** The rows, when it is known what became of suggestions that were being accepted. */
  async #settle(rows: readonly ThreadRow[]): Promise<readonly ThreadRow[]> {
    const recovered = new Set(await this.decisions.recover(rows));
    if (recovered.size === 0) return rows;
    const now = rows.map(async (row) =>
      recovered.has(row.id) ? ((await findThread(this.#sql, row.id)) ?? row) : row,
    );
    return Promise.all(now);
  }

  /** Tells who has the piece open what became of a thread, and gives it as it is now. */
  async tell(id: string, kind: ThreadEventKind, by: string): Promise<Thread> {
    const { unread, ...thread } = await this.presentOne(id, by, { stored: true });
    const shared: SharedThread = thread;
    announce(this.#documents, thread.pieceId, { type: 'thread', kind, id, by, thread: shared });
    return { ...thread, unread };
  }
}

function noSuchThread(): Problem {
  return new Problem('no_such_thread', 'There is no such thread.');
}

function noSuchComment(): Problem {
  return new Problem('no_such_comment', 'There is no such comment.');
}
