import { z } from 'zod';
import { idParams } from '../../shared/api/common.ts';
import { outline } from '../../shared/api/outline.ts';
import { documentModel, exportQuery } from '../../shared/api/pieces.ts';
import { readDocument, readOutline, sharedTypes } from '../../shared/document/index.ts';
import { etagOf } from '../content/etag.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { requirePiece } from '../pieces/access.ts';
import type { Importer } from '../pieces/import-pool.ts';
import {
  countInOutline,
  notesOf,
  readWithThreads,
  type OpenThreadDeps,
} from '../threads/open-threads.ts';
import { attachment } from './filename.ts';

export interface ExportDeps extends OpenThreadDeps {
  readonly importer: Pick<Importer, 'toMarkdown'>;
}

/** What can be read off the live text of a piece. */
export function exportRoutes(app: App, deps: ExportDeps): void {
  const { sql, importer } = deps;
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
              'application/json': { schema: documentModel },
            },
          },
          ...problemResponses(400, 401, 404, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { format, profile, frontMatter, notes } = request.query;
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      const { model, noted } = await readNoted(deps, row.id, notes && profile === 'working');
      reply.header('etag', etagOf(model));
      const extension = format === 'markdown' ? 'md' : 'json';
      reply.header('content-disposition', attachment(model.title, extension));
      if (format === 'json') return reply.type('application/json').send(model);
      const text = await importer.toMarkdown(model, {
        ...{ profile, frontMatter },
        ...(noted !== null && { notes: noted }),
      });
      return reply.type('text/markdown; charset=utf-8').send(text);
    },
  );
  app.get(
    '/pieces/:id/outline',
    {
      schema: {
        tags: ['reading'],
        summary: 'Sections, theses with their counterpoints, and what is missing',
        params: idParams,
        response: { 200: outline, ...problemResponses(400, 401, 404, 503) },
      },
    },
    async (request) => {
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      const { result, threads } = await readWithThreads(deps, row.id, (doc) =>
        readOutline(doc.getText(sharedTypes.body).toDelta() as unknown[]),
      );
      return countInOutline(result, threads);
    },
  );
}

/** A document, and where they are asked for its open threads as notes. */
async function readNoted(deps: ExportDeps, pieceId: string, notes: boolean) {
  if (!notes) return { model: await deps.documents.read(pieceId, readDocument), noted: null };
  const { result, threads } = await readWithThreads(deps, pieceId, readDocument);
  return { model: result, noted: await notesOf(deps.sql, threads) };
}
