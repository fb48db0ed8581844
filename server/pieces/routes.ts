import { z } from 'zod';
import { idParams } from '../../shared/api/common.ts';
import {
  createdPiece,
  newPiece,
  onePieceQuery,
  piece,
  pieceChange,
  piecePage,
  pieceQuery,
  pieceWithPeople,
  type PieceChange,
  type Status,
} from '../../shared/api/pieces.ts';
import type { Documents } from '../collab/engine.ts';
import { record } from '../audit/store.ts';
import { ClientIdPool } from '../content/client-id-pool.ts';
import { OneAtATime } from '../content/one-at-a-time.ts';
import { Tags } from '../content/tags.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { whileHere } from '../http/limits/while-here.ts';
import { effectiveRole } from '../policy.ts';
import { insertVersion } from '../versions/store.ts';
import { requirePiece } from './access.ts';
import { createPiece, type CreateDeps } from './create.ts';
import {
  listPieces,
  markDeleted,
  presentPiece,
  setLocked,
  setStatus,
  unmarkDeleted,
} from './store.ts';
import { saveSummary, type Summary } from './summary.ts';

export interface PieceDeps extends CreateDeps {
  readonly documents: Documents;
}

/** Pieces: create, find, read, change, delete and bring back. */
export function pieceRoutes(app: App, deps: PieceDeps): void {
  collectionRoutes(app, deps);
  readAndChangeRoutes(app, deps);
  deletionRoutes(app, deps);
}

function collectionRoutes(app: App, deps: PieceDeps): void {
  const { sql, documents, config } = deps;
  app.post(
    '/pieces',
    {
      bodyLimit: config.limits.maxBodyBytes,
      schema: {
        tags: ['pieces'],
        summary: 'Create a piece, blank or out of Markdown or plain text',
        body: newPiece,
        response: { 201: createdPiece, ...problemResponses(400, 401, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { id, warnings } = await createPiece(
        { ...deps, workers: whileHere(deps.workers, reply) },
        user.id,
        request.body,
      );
      const { row, role } = await requirePiece(sql, user, id, 'read');
      reply.code(201).header('location', `/api/pieces/${id}`);
      return reply.send({ ...presentPiece(row, role), warnings: [...warnings] });
    },
  );
  app.get(
    '/pieces',
    {
      schema: {
        tags: ['pieces'],
        summary: 'Your pieces (an admin: all), the last changed first',
        querystring: pieceQuery,
        response: { 200: piecePage, ...problemResponses(400, 401) },
      },
    },
    async (request) => {
      const user = caller(request);
      const { cursor, ...query } = request.query;
      const rows = await listPieces(sql, user, query, decodeCursor(cursor));
      return pageOf(rows, query.limit, (row) => ({
        ...presentPiece(row, effectiveRole(user, row.memberRole) ?? 'reader'),
        present: peopleIn(documents, row.id),
      }));
    },
  );
}

function peopleIn(documents: Documents, pieceId: string) {
  return documents.present(pieceId).map(({ id, name, color }) => ({ id, name, color }));
}

function readAndChangeRoutes(app: App, { sql, documents, workers }: PieceDeps): void {
  const tags = new Tags({ documents, workers });
  const clientIds = new ClientIdPool();
  // Of two titles that are given at once the second stands, and not both.
  const turns = new OneAtATime();
  app.get(
    '/pieces/:id',
    {
      schema: {
        tags: ['pieces'],
        summary: 'A piece, your role on it and who has it open',
        params: idParams,
        querystring: onePieceQuery,
        response: { 200: pieceWithPeople, ...problemResponses(400, 401, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { row, role } = await requirePiece(sql, user, request.params.id, 'read');
      const etag = request.query.etag ? await tags.of(user.id, row.id) : null;
      if (etag !== null) reply.header('etag', etag);
      return { ...presentPiece(row, role), present: peopleIn(documents, row.id) };
    },
  );
  app.patch(
    '/pieces/:id',
    {
      schema: {
        tags: ['pieces'],
        summary: 'Change title, standfirst or status; lock the text, or unlock it',
        params: idParams,
        body: pieceChange,
        response: { 200: piece, ...problemResponses(400, 401, 403, 404, 409, 423, 429, 503) },
      },
    },
    async (request) => {
      const user = caller(request);
      const { id } = request.params;
      const { status, locked, ...words } = request.body;
      const hasWords = words.title !== undefined || words.standfirst !== undefined;
      if (hasWords) await requirePiece(sql, user, id, 'edit');
      if (locked !== undefined) await requirePiece(sql, user, id, 'lock');
      if (status !== undefined) await requirePiece(sql, user, id, 'changeStatus');
      if (hasWords) {
        const summary = await turns.run(id, user.id, () =>
          changeWords({ documents, workers, clientIds }, id, user.id, words),
        );
        await saveSummary(sql, id, summary, new Date());
        const { title, standfirst } = summary;
        documents.announce(id, { type: 'title', title, standfirst });
      }
      if (status !== undefined) {
        await documents.saved(id);
        await changeStatus(sql, id, user.id, status);
        documents.announce(id, { type: 'status', status });
      }
      if (locked !== undefined) await changeLock({ sql, documents }, id, user.id, locked);
      const { row, role } = await requirePiece(sql, user, id, 'read');
      return presentPiece(row, role);
    },
  );
}

/** With a version of the piece as it was then. */
async function changeStatus(sql: Sql, pieceId: string, by: string, status: Status): Promise<void> {
  await sql.begin(async (tx) => {
    if (!(await setStatus(tx, pieceId, status))) return;
    await insertVersion(tx, { pieceId, kind: 'status', status, createdBy: by });
  });
}

/** Open connections follow, and everybody who has it open is told. */
async function changeLock(
  { sql, documents }: Pick<PieceDeps, 'sql' | 'documents'>,
  pieceId: string,
  by: string,
  locked: boolean,
): Promise<void> {
  const changed = await sql.begin(async (tx) => {
    if (!(await setLocked(tx, pieceId, locked, by))) return false;
    await record(tx, { pieceId, actor: by, kind: locked ? 'piece.locked' : 'piece.unlocked' });
    return true;
  });
  if (!changed) return;
  documents.lockChanged(pieceId, locked);
  documents.announce(pieceId, { type: 'lock', locked, by });
}

/**
 * Edits title and standfirst in the live document. The summary is stored by the caller at once, and not
 * when the engine gets to it, so that the answer and the next list already have it.
 */
async function changeWords(
  {
    documents,
    workers,
    clientIds,
  }: Pick<PieceDeps, 'documents' | 'workers'> & { readonly clientIds: ClientIdPool },
  pieceId: string,
  userId: string,
  { title, standfirst }: Omit<PieceChange, 'status' | 'locked'>,
): Promise<Summary> {
  return clientIds.lend(pieceId, userId, async (lent) => {
    const { clientId } = lent;
    const state = await documents.state(pieceId, userId);
    const { update, summary } = await workers.ask(userId, 'replaceHead', {
      ...{ state, title, standfirst, clientId },
    });
    const credit = { clientId, userId };
    await lent.merging(() => documents.merge(pieceId, userId, credit, { update, still: null }));
    return summary;
  });
}

function deletionRoutes(app: App, { sql, documents }: PieceDeps): void {
  app.delete(
    '/pieces/:id',
    {
      schema: {
        tags: ['pieces'],
        summary: 'Delete a piece; its owner can bring it back',
        params: idParams,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'delete');
      if (await markDeleted(sql, row.id)) documents.closePiece(row.id);
      return reply.code(204).send();
    },
  );
  app.post(
    '/pieces/:id/undelete',
    {
      schema: {
        tags: ['pieces'],
        summary: 'Bring back a deleted piece, as it was',
        params: idParams,
        response: { 200: piece, ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { row, role } = await requirePiece(sql, caller(request), id, 'delete', {
        deleted: true,
      });
      await unmarkDeleted(sql, id);
      return presentPiece({ ...row, deletedAt: null }, role);
    },
  );
}
