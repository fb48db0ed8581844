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
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { sendJson } from '../http/responses/written.ts';
import { caller } from '../http/sign-in.ts';
import { whileHere } from '../http/limits/while-here.ts';
import { requirePiece } from '../pieces/access.ts';
import { beforeBeginning, stateAtTime, untilOf } from './moments.ts';
import { sendPast, textResponse } from './present.ts';
import type { VersionDeps } from './routes.ts';

const iso = (ms: number) => new Date(ms).toISOString();

/** The piece at any time, what was changed between two, and who wrote what. */
export function historyRoutes(app: App, deps: VersionDeps): void {
  const { sql, documents, workers } = deps;
  app.get(
    '/pieces/:id/at/:time',
    {
      schema: {
        tags: ['history'],
        summary: 'The piece as it was at a time',
        params: atParams,
        querystring: pastQuery,
        response: {
          200: textResponse(pastPiece),
          ...problemResponses(400, 401, 404, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { id, time } = request.params;
      const user = caller(request);
      const { row } = await requirePiece(sql, user, id, 'read');
      await documents.saved(row.id);
      const as = request.query;
      const past = await stateAtTime(whileHere(workers, reply), user.id, row.id, { time, as });
      const told = { at: iso(Date.parse(time)), lastEditAt: iso(past.at) };
      return sendPast(reply, past, as, told);
    },
  );
  app.get(
    '/pieces/:id/history',
    {
      schema: {
        tags: ['history'],
        summary: 'Who wrote in the piece, from when to when, and how much; the earliest first',
        params: idParams,
        response: { 200: stretches, ...problemResponses(400, 401, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'read');
      await documents.saved(row.id);
      return sendJson(
        reply,
        await whileHere(workers, reply).ask(user.id, 'history', { pieceId: row.id }),
      );
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
        response: { 200: attribution, ...problemResponses(400, 401, 404, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'read');
      await documents.saved(row.id);
      const until = await untilOf(sql, row.id, request.query.at);
      return sendJson(
        reply,
        await whileHere(workers, reply).ask(user.id, 'attribution', { pieceId: row.id, until }),
      );
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
          ...problemResponses(400, 401, 404, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { from, to, format: as } = request.query;
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'read');
      await documents.saved(row.id);
      const [before, after] = [await untilOf(sql, row.id, from), await untilOf(sql, row.id, to)];
      const ask = { pieceId: row.id, from: before, to: after, as };
      const changes = await whileHere(workers, reply).ask(user.id, 'diff', ask);
      if (changes === null) throw beforeBeginning();
      if (as === 'json') return sendJson(reply, changes);
      return reply.type('text/html; charset=utf-8').send(changes);
    },
  );
}
