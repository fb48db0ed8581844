import { z } from 'zod';
import { BadFrame } from '../../shared/protocol/messages.ts';
import { idParams, pageQuery } from '../../shared/api/common.ts';
import { refusedPage } from '../../shared/api/refused.ts';
import { record } from '../audit/store.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller, type Caller } from '../http/sign-in.ts';
import { requirePiece } from '../pieces/access.ts';
import {
  dismissRefused,
  findRefused,
  forgetApplied,
  listRefused,
  presentRefused,
  type KeptEdit,
} from './store.ts';

export interface RefusedDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'applyRefused' | 'announce'>;
}

/** What was refused on a piece, for its owners: they apply it, or delete it (R4). */
export function refusedRoutes(app: App, deps: RefusedDeps): void {
  listRoute(app, deps);
  applyRoute(app, deps);
  deleteRoute(app, deps);
}

function listRoute(app: App, { sql }: RefusedDeps): void {
  app.get(
    '/pieces/:id/refused',
    {
      schema: {
        tags: ['refused edits'],
        summary: 'Edits that were refused, the latest first, for owners',
        params: idParams,
        querystring: pageQuery,
        response: { 200: refusedPage, ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const after = decodeCursor(cursor);
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'listRefused');
      return pageOf(await listRefused(sql, row.id, after, limit), limit, presentRefused);
    },
  );
}

function applyRoute(app: App, { sql, documents }: RefusedDeps): void {
  app.post(
    '/refused/:id/apply',
    {
      schema: {
        tags: ['refused edits'],
        summary: 'Put a refused edit into the piece, in the name of who wrote it',
        params: idParams,
        response: {
          204: z.undefined(),
          ...problemResponses(400, 401, 403, 404, 409, 422, 423, 503),
        },
      },
    },
    async (request, reply) => {
      const kept = await requireRefused(sql, caller(request), request.params.id, 'applyRefused');
      await apply(documents, kept);
      await forgetApplied(sql, kept);
      await record(sql, {
        ...{ pieceId: kept.pieceId, actor: caller(request).id, kind: 'refused.applied' },
        data: { refusedId: kept.id, authorId: kept.author },
      });
      documents.announce(kept.pieceId, { type: 'refused-list' }, 'owner');
      return reply.code(204).send();
    },
  );
}

async function apply(documents: RefusedDeps['documents'], kept: KeptEdit): Promise<void> {
  try {
    if (await documents.applyRefused(kept.pieceId, kept.author, kept.update)) return;
  } catch (cause) {
    if (!(cause instanceof BadFrame)) throw cause;
    throw new Problem('refused_unusable', 'The edit cannot be applied to any document.', { cause });
  }
  throw new Problem('refused_incomplete', 'It builds on words that are not in the piece.');
}

function deleteRoute(app: App, { sql, documents }: RefusedDeps): void {
  app.delete(
    '/refused/:id',
    {
      schema: {
        tags: ['refused edits'],
        summary: 'Take a refused edit off the list',
        params: idParams,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      const kept = await requireRefused(sql, caller(request), request.params.id, 'deleteRefused');
      await dismissRefused(sql, kept.id);
      documents.announce(kept.pieceId, { type: 'refused-list' }, 'owner');
      return reply.code(204).send();
    },
  );
}

/** The edit, for an owner of its piece. Who may not see the piece is told that there is none. */
async function requireRefused(
  sql: Sql,
  user: Caller,
  id: string,
  action: 'applyRefused' | 'deleteRefused',
): Promise<KeptEdit> {
  const kept = await findRefused(sql, id);
  if (kept === undefined) {
    throw new Problem('no_such_refused_edit', 'There is no such refused edit.');
  }
  await requirePiece(sql, user, kept.pieceId, action);
  return kept;
}
