import { idParams } from '../../shared/api/common.ts';
import {
  attribution,
  attributionQuery,
  atParams,
  comparison,
  diffQuery,
  pastPiece,
  pastQuery,
  stretches,
} from '../../shared/api/versions.ts';
import { comparisonHtml } from '../../shared/document/compare/index.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { requirePiece } from '../pieces/access.ts';
import { beforeBeginning, stateAtTime, untilOf } from './moments.ts';
import { namesOf } from './names.ts';
import { sendText, textResponse } from './present.ts';
import type { VersionDeps } from './routes.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** The piece at any time, what was changed between two, and who wrote what. */
export function historyRoutes(app: App, deps: VersionDeps): void {
  const { sql, documents, history } = deps;
  app.get(
    '/pieces/:id/at/:time',
    {
      schema: {
        tags: ['history'],
        summary: 'The piece as it was at a time',
        params: atParams,
        querystring: pastQuery,
        response: { 200: textResponse(pastPiece), ...problemResponses(400, 401, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      const { id, time } = request.params;
      const { row } = await requirePiece(sql, caller(request), id, 'read');
      await documents.saved(row.id);
      const { model, at } = await stateAtTime(history, row.id, time);
      if (request.query.format !== 'json') {
        return sendText(reply, deps.importer, model, request.query);
      }
      return reply.send({ ...model, at: iso(Date.parse(time)), lastEditAt: iso(at) });
    },
  );
  app.get(
    '/pieces/:id/history',
    {
      schema: {
        tags: ['history'],
        summary: 'Who wrote in the piece, from when to when, and how much; the earliest first',
        params: idParams,
        response: { 200: stretches, ...problemResponses(400, 401, 404, 503) },
      },
    },
    async (request) => {
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      await documents.saved(row.id);
      const found = await history.ask('history', { pieceId: row.id });
      const names = await namesOf(
        sql,
        found.map(({ author }) => author),
      );
      const items = found.map(({ author, from, to, ...words }) => ({
        author: author === null ? null : { id: author, name: names.get(author) ?? '' },
        ...{ from: iso(from), to: iso(to), ...words },
      }));
      return { items, nextCursor: null };
    },
  );
  app.get(
    '/pieces/:id/attribution',
    {
      schema: {
        tags: ['history'],
        summary: 'Who wrote each stretch of the text, as it is now or at a version or time',
        params: idParams,
        querystring: attributionQuery,
        response: { 200: attribution, ...problemResponses(400, 401, 404, 422, 503) },
      },
    },
    async (request) => {
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      await documents.saved(row.id);
      const until = await untilOf(sql, row.id, request.query.at);
      const parts = await history.ask('attribution', { pieceId: row.id, until });
      const names = await namesOf(
        sql,
        parts.map(({ userId }) => userId),
      );
      const people = [...names].map(([id, name]) => ({ id, name }));
      const items = parts.map((part) => ({ ...part, at: iso(part.at) }));
      return { items, nextCursor: null, people };
    },
  );
  app.get(
    '/pieces/:id/diff',
    {
      schema: {
        tags: ['history'],
        summary: 'What was changed between two versions or times, by lines and words',
        params: idParams,
        querystring: diffQuery,
        response: {
          200: textResponse(comparison),
          ...problemResponses(400, 401, 404, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { from, to, format } = request.query;
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      await documents.saved(row.id);
      const [before, after] = [await untilOf(sql, row.id, from), await untilOf(sql, row.id, to)];
      const changes = await history.ask('diff', { pieceId: row.id, from: before, to: after });
      if (changes === null) throw beforeBeginning();
      if (format === 'json') return reply.send(changes);
      return reply.type('text/html; charset=utf-8').send(comparisonHtml(changes));
    },
  );
}
