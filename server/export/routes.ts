import { z } from 'zod';
import { idParams } from '../../shared/api/common.ts';
import { outline } from '../../shared/api/outline.ts';
import { documentModel, exportQuery } from '../../shared/api/pieces.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { whileHere } from '../http/limits/while-here.ts';
import { requirePiece } from '../pieces/access.ts';
import type { Workers } from '../workers/pool.ts';
import type { AnchorCheck } from '../threads/anchors/anchor-check.ts';
import { commentsOf } from '../threads/comments/comment-store.ts';
import { openThreads } from '../threads/thread-store.ts';
import { attachment } from './filename.ts';

export interface ExportDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'state'>;
  readonly check: AnchorCheck;
  readonly workers: Workers;
}

const files = {
  markdown: { extension: 'md', type: 'text/markdown' },
  html: { extension: 'html', type: 'text/html' },
  json: { extension: 'json', type: 'application/json' },
} as const;

/** What can be read off the live text of a piece. */
export function exportRoutes(app: App, deps: ExportDeps): void {
  const { sql, documents, workers, check } = deps;
  app.get(
    '/pieces/:id/export',
    {
      schema: {
        tags: ['reading'],
        summary: 'The piece as a file',
        params: idParams,
        querystring: exportQuery,
        response: {
          200: {
            description: 'The piece',
            content: {
              'text/markdown': { schema: z.string() },
              'text/html': { schema: z.string() },
              'application/json': { schema: documentModel },
            },
          },
          ...problemResponses(400, 401, 404, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { format, profile, frontMatter, notes } = request.query;
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'read');
      const threads = notes && profile === 'working' ? await openWithComments(deps, row.id) : null;
      const state = await documents.state(row.id, user.id);
      const file = await whileHere(workers, reply).ask(user.id, 'export', {
        ...{ state, format, profile, frontMatter, threads },
      });
      reply.header('etag', file.etag);
      const { extension, type } = files[format];
      reply.header('content-disposition', attachment(file.title, extension));
      return reply.type(`${type}; charset=utf-8`).send(file.text);
    },
  );
  app.get(
    '/pieces/:id/outline',
    {
      schema: {
        tags: ['reading'],
        summary: 'Sections, theses with their counterpoints, and what is missing',
        params: idParams,
        response: { 200: outline, ...problemResponses(400, 401, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'read');
      const threads = await openThreads(sql, row.id);
      const state = await documents.state(row.id, user.id);
      const sought = check.sought(row.id, threads);
      const found = await whileHere(workers, reply).ask(user.id, 'outline', { state, sought });
      // Written out on the thread already: it grows with the piece.
      return reply.type('application/json; charset=utf-8').send(found);
    },
  );
}

async function openWithComments({ sql, check }: ExportDeps, pieceId: string) {
  const threads = await openThreads(sql, pieceId);
  const ids = threads.map(({ id }) => id);
  return { sought: check.sought(pieceId, threads), comments: await commentsOf(sql, ids) };
}
