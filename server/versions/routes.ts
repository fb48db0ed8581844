import { idParams, pageQuery } from '../../shared/api/common.ts';
import {
  newVersion,
  pastQuery,
  version,
  versionPage,
  versionWithText,
} from '../../shared/api/versions.ts';
import { record } from '../audit/store.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import type { Workers } from '../workers/pool.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { whileHere } from '../http/limits/while-here.ts';
import { requirePiece } from '../pieces/access.ts';
import type { AnchorCheck } from '../threads/anchors/anchor-check.ts';
import { requireVersion } from './access.ts';
import { sendPast, textResponse } from './present.ts';
import { insertVersion, listVersions, presentVersion } from './store.ts';

export interface VersionDeps {
  readonly sql: Sql;
  readonly documents: Documents;
  readonly workers: Workers;
  readonly check: AnchorCheck;
}

/** Versions: named, listed and read. */
export function versionRoutes(app: App, deps: VersionDeps): void {
  const { sql, documents } = deps;
  app.get(
    '/pieces/:id/versions',
    {
      schema: {
        tags: ['history'],
        summary: 'Versions of the piece, named and automatic, the latest first',
        params: idParams,
        querystring: pageQuery,
        response: { 200: versionPage, ...problemResponses(400, 401, 404) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const after = decodeCursor(cursor);
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      return pageOf(await listVersions(sql, row.id, after, limit), limit, presentVersion);
    },
  );
  app.post(
    '/pieces/:id/versions',
    {
      schema: {
        tags: ['history'],
        summary: 'Name the piece as it is now',
        params: idParams,
        body: newVersion,
        response: { 201: version, ...problemResponses(400, 401, 403, 404, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'nameVersion');
      await documents.saved(row.id);
      const made = { pieceId: row.id, kind: 'named', createdBy: user.id, ...request.body } as const;
      const id = await sql.begin(async (tx) => {
        const versionId = await insertVersion(tx, made);
        const data = { versionId };
        await record(tx, { pieceId: row.id, actor: user.id, kind: 'version.named', data });
        return versionId;
      });
      documents.announce(row.id, { type: 'version', kind: 'named', id, by: user.id });
      return reply.code(201).send(presentVersion(await requireVersion(sql, user, id, 'read')));
    },
  );
  readRoute(app, deps);
}

function readRoute(app: App, deps: VersionDeps): void {
  const { sql, workers } = deps;
  app.get(
    '/versions/:id',
    {
      schema: {
        tags: ['history'],
        summary: 'A version and its text',
        params: idParams,
        querystring: pastQuery,
        response: {
          200: textResponse(versionWithText),
          ...problemResponses(400, 401, 404, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const row = await requireVersion(sql, user, request.params.id, 'read');
      const { pieceId, seq } = row;
      const as = request.query;
      const past = await whileHere(workers, reply).ask(user.id, 'at', {
        pieceId,
        until: { seq },
        as,
      });
      return sendPast(reply, past, as, presentVersion(row));
    },
  );
}
