import { auditPage } from '../../shared/api/audit.ts';
import { idParams, pageQuery } from '../../shared/api/common.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { requirePiece } from '../pieces/access.ts';
import { listEntries, presentEntry } from './store.ts';

/** What was done to a piece, for everybody on it. */
export function auditRoutes(app: App, { sql }: { readonly sql: Sql }): void {
  app.get(
    '/pieces/:id/events',
    {
      schema: {
        tags: ['pieces'],
        summary: 'Who did what to the piece, and when; the latest first',
        params: idParams,
        querystring: pageQuery,
        response: { 200: auditPage, ...problemResponses(400, 401, 404) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const after = decodeCursor(cursor);
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      return pageOf(await listEntries(sql, row.id, after, limit), limit, presentEntry);
    },
  );
}
