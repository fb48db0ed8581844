import { z } from 'zod';
import { idParams } from '../../../shared/api/common.ts';
import { comment, newComment, readMark, unreadCount } from '../../../shared/api/threads.ts';
import { record } from '../../audit/store.ts';
import { Problem } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { problemResponses } from '../../http/openapi.ts';
import { caller } from '../../http/sign-in.ts';
import { requirePiece } from '../../pieces/access.ts';
import {
  deleteComment,
  editComment,
  findComment,
  insertComment,
  presentComment,
} from './comment-store.ts';
import { checkDiscussion } from '../discussion-size.ts';
import { checkLength } from '../length.ts';
import { mentionsIn } from './mentions.ts';
import { countUnread, markRead, unreadOf } from './read-store.ts';
import type { ThreadRouteDeps } from '../thread-routes.ts';
import { touchThread } from '../thread-store.ts';

/** What people say in threads, and what they have read of it. */
export function commentRoutes(app: App, deps: ThreadRouteDeps): void {
  replyRoute(app, deps);
  changeRoute(app, deps);
  deleteRoute(app, deps);
  readMarkRoutes(app, deps);
}

function replyRoute(app: App, { sql, config, threads }: ThreadRouteDeps): void {
  app.post(
    '/threads/:id/comments',
    {
      schema: {
        tags: ['threads'],
        summary: 'Reply; on a thread that is closed, too',
        params: idParams,
        body: newComment,
        response: { 201: comment, ...problemResponses(400, 401, 403, 404, 409, 413, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { body } = request.body;
      const { id: threadId, pieceId } = await threads.require(user, request.params.id, 'comment');
      checkLength(config.limits, 'body.body', body);
      const id = await sql.begin(async (tx) => {
        await touchThread(tx, threadId);
        const mentions = await mentionsIn(tx, pieceId, body);
        const said = { pieceId, threadId, author: user.id };
        const made = await insertComment(tx, { ...said, body, mentions });
        await checkDiscussion(tx, config.limits, said);
        const data = { threadId, commentId: made };
        await record(tx, { pieceId, actor: user.id, kind: 'comment.created', data });
        return made;
      });
      const row = await threads.requireComment(user, id, 'comment');
      await threads.tell(threadId, 'commented', user.id);
      return reply.code(201).send(presentComment(row));
    },
  );
}

function changeRoute(app: App, { sql, config, threads }: ThreadRouteDeps): void {
  app.patch(
    '/comments/:id',
    {
      schema: {
        tags: ['threads'],
        summary: 'Change a comment of your own',
        params: idParams,
        body: newComment,
        response: { 200: comment, ...problemResponses(400, 401, 403, 404, 409, 413, 429, 503) },
      },
    },
    async (request) => {
      const user = caller(request);
      const { body } = request.body;
      const before = await threads.requireComment(user, request.params.id, 'comment');
      const { id, threadId, pieceId, author } = before;
      if (author.id !== user.id) throw new Problem('forbidden', 'It is not your comment.');
      checkLength(config.limits, 'body.body', body);
      await sql.begin(async (tx) => {
        const mentions = await mentionsIn(tx, pieceId, body);
        if (!(await editComment(tx, id, { body, mentions }))) {
          throw new Problem('no_such_comment', 'The comment has been deleted.');
        }
        // Who shortens what is too long is not kept from it.
        if (Buffer.byteLength(body) > Buffer.byteLength(before.body)) {
          await checkDiscussion(tx, config.limits, { pieceId, threadId, author: user.id });
        }
        const data = { threadId, commentId: id };
        await record(tx, { pieceId, actor: user.id, kind: 'comment.edited', data });
      });
      await threads.tell(threadId, 'comment-edited', user.id);
      return presentComment(await threads.requireComment(user, id, 'comment'));
    },
  );
}

function deleteRoute(app: App, { sql, threads }: ThreadRouteDeps): void {
  app.delete(
    '/comments/:id',
    {
      schema: {
        tags: ['threads'],
        summary: 'Delete a comment of your own, or as an owner anybody’s; a mark of it stays',
        params: idParams,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { id } = request.params;
      const { threadId, pieceId, author } = await threads.requireComment(user, id, 'comment');
      if (author.id !== user.id) await requirePiece(sql, user, pieceId, 'moderate');
      await sql.begin(async (tx) => {
        if (!(await deleteComment(tx, id))) {
          throw new Problem('no_such_comment', 'The comment has been deleted.');
        }
        const data = { threadId, commentId: id, authorId: author.id };
        await record(tx, { pieceId, actor: user.id, kind: 'comment.deleted', data });
      });
      await threads.tell(threadId, 'comment-deleted', user.id);
      return reply.code(204).send();
    },
  );
}

function readMarkRoutes(app: App, { sql, threads }: ThreadRouteDeps): void {
  app.post(
    '/threads/:id/read',
    {
      schema: {
        tags: ['threads'],
        summary: 'You have read the thread: all of it, or up to a comment',
        params: idParams,
        body: readMark,
        response: { 200: unreadCount, ...problemResponses(400, 401, 404) },
      },
    },
    async (request) => {
      const user = caller(request);
      const { id } = await threads.require(user, request.params.id, 'read');
      const { upTo } = request.body;
      if (upTo !== undefined && (await findComment(sql, upTo))?.threadId !== id) {
        throw new Problem('no_such_comment', 'There is no such comment in this thread.');
      }
      await markRead(sql, user.id, { threadId: id, ...(upTo !== undefined && { upTo }) });
      return { unread: (await unreadOf(sql, user.id, [id])).get(id) ?? 0 };
    },
  );
  app.post(
    '/pieces/:id/threads/read',
    {
      schema: {
        tags: ['threads'],
        summary: 'You have read all threads of the piece',
        params: idParams,
        response: { 200: unreadCount, ...problemResponses(400, 401, 404) },
      },
    },
    async (request) => {
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'read');
      await markRead(sql, user.id, { pieceId: row.id });
      return { unread: await countUnread(sql, user.id, row.id) };
    },
  );
}
