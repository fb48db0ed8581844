import { z } from 'zod';
import { idParams, pageQuery } from '../../shared/api/common.ts';
import { refusedPage } from '../../shared/api/refused.ts';
import { BadFrame } from '../../shared/protocol/messages.ts';
import { record } from '../audit/store.ts';
import type { Documents } from '../collab/engine.ts';
import { matches } from '../content/etag.ts';
import { OneAtATime } from '../content/one-at-a-time.ts';
import type { Sql } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import type { Workers } from '../workers/pool.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { listOf, sendJson, withMember } from '../http/responses/written.ts';
import { caller, type Caller } from '../http/sign-in.ts';
import { untilGone, whileHere } from '../http/limits/while-here.ts';
import { requirePiece, requirePieceOf } from '../pieces/access.ts';
import type { WrittenLook } from '../workers/tasks.ts';
import type { RefusedPlan } from './effect/look.ts';
import {
  dismissRefused,
  findRefused,
  forgetApplied,
  listRefused,
  noteRenamed,
  noteShown,
  presentRefused,
  type ListedEdit,
} from './store.ts';

export interface RefusedDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'applyRefused' | 'announce' | 'saved'>;
  readonly workers: Pick<Workers, 'ask'>;
}

/** What was refused on a piece, for its owners: they apply it, or delete it (R4). */
export function refusedRoutes(app: App, deps: RefusedDeps): void {
  listRoute(app, deps);
  applyRoute(app, deps);
  deleteRoute(app, deps);
}

function listRoute(app: App, { sql, documents, workers }: RefusedDeps): void {
  app.get(
    '/pieces/:id/refused',
    {
      schema: {
        tags: ['refused edits'],
        summary:
          'Edits that were refused, with all that each would do, the latest first, for owners',
        params: idParams,
        querystring: pageQuery,
        response: { 200: refusedPage, ...problemResponses(400, 401, 403, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query;
      const after = decodeCursor(cursor);
      const user = caller(request);
      const { row } = await requirePiece(sql, user, request.params.id, 'listRefused');
      const rows = await listRefused(sql, row.id, after, limit);
      const ids = rows.slice(0, limit).map(({ id }) => id);
      await documents.saved(row.id);
      const looks =
        ids.length === 0
          ? []
          : await whileHere(workers, reply).ask(user.id, 'refusedLooks', { pieceId: row.id, ids });
      const found = new Map(ids.map((id, i) => [id, looks[i] ?? null]));
      await noteShown(
        ...([sql, user.id] as const),
        ids.map((id) => ({ id, shown: found.get(id)?.shown ?? null })),
      );
      const { items, nextCursor } = pageOf(rows, limit, (one) =>
        presentRefused(one, found.get(one.id) ?? null),
      );
      return sendJson(reply, withMember({ nextCursor }, 'items', listOf(items)));
    },
  );
}

function applyRoute(app: App, deps: RefusedDeps): void {
  const one = new OneAtATime();
  app.post(
    '/refused/:id/apply',
    {
      schema: {
        tags: ['refused edits'],
        summary:
          'Put a refused edit into the piece, in the name of who sent it: it does what `If-Match` (its `shown`; without it, what you yourself were shown last) stands for, or nothing',
        params: idParams,
        response: {
          204: z.undefined(),
          ...problemResponses(400, 401, 403, 404, 409, 422, 423, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const user = caller(request);
      const { id } = request.params;
      await requireRefused(deps.sql, user, id, 'applyRefused');
      const shown = request.headers['if-match'] ?? null;
      // Whoever comes second finds that it is applied already.
      const own = { ...deps, workers: whileHere(deps.workers, reply) };
      const apply = () => applyKept(own, id, { user, shown });
      await one.run(id, user.id, apply, untilGone(reply));
      return reply.code(204).send();
    },
  );
}

/** `shown`: what the owner names of it; null: nothing. */
interface Approval {
  readonly user: Caller;
  readonly shown: string | null;
}

async function applyKept(deps: RefusedDeps, id: string, approval: Approval): Promise<void> {
  const { sql, documents } = deps;
  const kept = await requireRefused(sql, approval.user, id, 'applyRefused');
  const { bytes, renamed } = await apply(deps, kept, approval);
  await forgetApplied(sql, { id, bytes, renamed });
  await record(sql, {
    ...{ pieceId: kept.pieceId, actor: approval.user.id, kind: 'refused.applied' },
    data: { refusedId: id, authorId: kept.authorId },
  });
  documents.announce(kept.pieceId, { type: 'refused-list' }, 'owner');
}

type Applicable = NonNullable<RefusedPlan['apply']>;

/** Applies what was shown; returns how that was done. */
async function apply(
  { sql, documents, workers }: RefusedDeps,
  kept: ListedEdit,
  approval: Approval,
): Promise<Applicable> {
  const { id, pieceId } = kept;
  const done: { how: Applicable | null } = { how: null };
  try {
    const by = { author: kept.authorId, asker: approval.user.id };
    await documents.applyRefused(pieceId, by, async (spoken) => {
      const ask = { pieceId, id, spoken };
      const plan = await workers.ask(approval.user.id, 'refusedPlan', ask);
      if (plan === null) throw noSuchEdit();
      done.how = await approved(sql, kept, plan, approval);
      await noteRenamed(sql, id, done.how.renamed);
      return { seq: plan.seq, ...done.how };
    });
  } catch (cause) {
    if (!(cause instanceof BadFrame)) throw cause;
    throw new Problem('refused_unusable', 'The edit cannot be applied to any document.', { cause });
  }
  if (done.how === null) throw new Error('A refused edit was applied without a plan');
  return done.how;
}

/** What is to be applied, if it does what the owner was shown. */
async function approved(
  sql: Sql,
  kept: ListedEdit,
  plan: WrittenLook<RefusedPlan>,
  { user, shown }: Approval,
): Promise<Applicable> {
  if (plan.blocked === 'incomplete') {
    throw new Problem('refused_incomplete', 'It builds on words that are not in the piece.');
  }
  if (plan.apply === null) {
    throw new Problem(
      'refused_unusable',
      'It is no edit of a piece, or does what cannot be shown.',
    );
  }
  // Its client has brought it since, or it was applied and not forgotten: nothing is left to be shown.
  if (plan.apply.isThere) return plan.apply;
  // `*` names nothing that anybody was shown.
  const isShown =
    shown === null || shown.trim() === '*'
      ? kept.shown === plan.shown
      : matches(shown, `"${plan.shown}"`);
  if (isShown) return plan.apply;
  await noteShown(sql, user.id, [{ id: kept.id, shown: plan.shown }]);
  const detail =
    'It would do something else than you were shown, or you were shown nothing of it yet.';
  throw new Problem('refused_changed', detail, { refused: presentRefused(kept, plan) });
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
): Promise<ListedEdit> {
  const kept = await findRefused(sql, id, user.id);
  if (kept === undefined) throw noSuchEdit();
  await requirePieceOf(sql, user, kept, action, noSuchEdit);
  return kept;
}

function noSuchEdit(): Problem {
  return new Problem('no_such_refused_edit', 'There is no such refused edit.');
}
