import { v7 as newId } from 'uuid';
import { idParams } from '../../shared/api/common.ts';
import {
  newThread,
  thread,
  threadPage,
  threadQuery,
  type NewThread,
} from '../../shared/api/threads.ts';
import { hasLines } from '../../shared/document/fields.ts';
import { record } from '../audit/store.ts';
import type { Documents } from '../collab/engine.ts';
import type { Config } from '../config.ts';
import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { requirePiece } from '../pieces/access.ts';
import { insertComment } from './comments/comment-store.ts';
import { checkDiscussion } from './discussion-size.ts';
import { checkLength } from './length.ts';
import { mentionsIn } from './comments/mentions.ts';
import { countUnread } from './comments/read-store.ts';
import type { Threads } from './threads.ts';
import type { Workers } from '../workers/pool.ts';
import { countByStatus, insertThread, listThreads } from './thread-store.ts';

export interface ThreadRouteDeps {
  readonly sql: Sql;
  readonly documents: Documents;
  readonly workers: Pick<Workers, 'ask'>;
  readonly config: Pick<Config, 'limits'>;
  readonly threads: Threads;
}

/** Threads: read by everybody on the piece, begun by its reviewers. */
export function threadRoutes(app: App, deps: ThreadRouteDeps): void {
  readRoutes(app, deps);
  createRoute(app, deps);
}

function readRoutes(app: App, { sql, threads }: ThreadRouteDeps): void {
  app.get(
    '/pieces/:id/threads',
    {
      schema: {
        tags: ['threads'],
        summary: 'Comments and suggestions, in the order in which they were begun',
        params: idParams,
        querystring: threadQuery,
        response: { 200: threadPage, ...problemResponses(400, 401, 404, 429, 503) },
      },
    },
    async (request) => {
      const user = caller(request);
      const { cursor, ...query } = request.query;
      const after = decodeCursor(cursor);
      const { row } = await requirePiece(sql, user, request.params.id, 'read');
      const [{ rows, fit }, counts, unread] = await Promise.all([
        listThreads(sql, row.id, user.id, query, after),
        countByStatus(sql, row.id),
        countUnread(sql, user.id, row.id),
      ]);
      const { items, nextCursor } = pageOf(rows, fit, (one) => one);
      return {
        items: await threads.present(row.id, items, user.id),
        nextCursor,
        counts: { ...counts, unread },
      };
    },
  );
  app.get(
    '/threads/:id',
    {
      schema: {
        tags: ['threads'],
        summary: 'A thread as it is now',
        params: idParams,
        response: { 200: thread, ...problemResponses(400, 401, 404, 429, 503) },
      },
    },
    async (request) => {
      const user = caller(request);
      const { id } = await threads.require(user, request.params.id, 'read');
      return threads.presentOne(id, user.id);
    },
  );
}

function createRoute(app: App, deps: ThreadRouteDeps): void {
  const { sql, config, threads } = deps;
  app.post(
    '/pieces/:id/threads',
    {
      schema: {
        tags: ['threads'],
        summary: 'Comment on a passage, or suggest what should stand there',
        params: idParams,
        body: newThread,
        response: { 201: thread, ...problemResponses(400, 401, 403, 404, 409, 413, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { body, suggestion } = request.body;
      const action = suggestion === undefined ? 'comment' : 'suggest';
      const { row } = await requirePiece(sql, user, request.params.id, action);
      checkLength(config.limits, 'body.body', body);
      checkLength(config.limits, 'body.suggestion.replacement', suggestion?.replacement);
      const id = await begin(deps, row.id, user.id, request.body);
      reply.code(201).header('location', `/api/threads/${id}`);
      return reply.send(await threads.tell(id, 'created', user.id));
    },
  );
}

/** Stores a thread and its first comment: all of it, or nothing. @returns its id. */
async function begin(
  { sql, documents, workers, threads, config }: ThreadRouteDeps,
  pieceId: string,
  author: string,
  { anchor: input, body, suggestion }: NewThread,
): Promise<string> {
  const state = await documents.state(pieceId, author);
  const points = suggestion !== undefined;
  const { field, anchor, seen } = await workers.ask(author, 'anchor', { state, input, points });
  const suggested = suggestion?.replacement ?? null;
  // A title and a standfirst are one line.
  const replacement = hasLines(field) ? suggested : (suggested?.replace(/\n+/g, ' ') ?? null);
  if (replacement === anchor.quote) {
    const message = 'The passage reads so already: suggest other words, or none.';
    throw new Problem('changes_nothing', message, {
      errors: [{ path: 'body.suggestion.replacement', message }],
    });
  }
  const id = newId();
  await sql.begin(async (tx) => {
    await insertThread(tx, { id, pieceId, createdBy: author, field, anchor, replacement });
    if (body !== undefined) {
      const mentions = await mentionsIn(tx, pieceId, body);
      await insertComment(tx, { pieceId, threadId: id, author, body, mentions });
    }
    await checkDiscussion(tx, config.limits, { pieceId, threadId: id, author });
    const kind = replacement === null ? 'comment' : 'suggestion';
    await record(tx, {
      pieceId,
      actor: author,
      kind: 'thread.created',
      data: { threadId: id, kind },
    });
  });
  threads.check.saw(pieceId, id, seen);
  threads.watch.begun(pieceId);
  return id;
}
