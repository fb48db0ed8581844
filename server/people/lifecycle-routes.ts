import { z } from 'zod';
import { auditPage } from '../../shared/api/audit.ts';
import { idParams, pageQuery } from '../../shared/api/common.ts';
import { user, userChange, type UserChange } from '../../shared/api/people.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller, signedIn } from '../http/sign-in.ts';
import { presentEntry } from '../audit/store.ts';
import { roleOn } from '../pieces/roles.ts';
import { changeUser, eraseUser, type Changed } from './lifecycle.ts';
import { listAccountEntries } from './people-audit.ts';
import { requireAccountManager, requireLasting, requirePeopleManager } from './require.ts';
import { findUserEverKnown, presentUser } from './store.ts';

export interface LifecycleDeps {
  readonly sql: Sql;
  readonly documents: Pick<Documents, 'announce' | 'globalRoleChanged' | 'renamed' | 'personEnded'>;
}

/**
 * People change, are disabled, and go (P5). What changes a right is committed first; then what they
 * have open follows, in the same request.
 */
export function lifecycleRoutes(app: App, deps: LifecycleDeps): void {
  changeRoute(app, deps);
  eraseRoute(app, deps);
  eventsRoute(app, deps);
}

function changeRoute(app: App, deps: LifecycleDeps): void {
  app.patch(
    '/users/:id',
    {
      schema: {
        tags: ['people'],
        summary:
          'Change a person: yourself your name, an admin anybody, with email, role, disabled',
        params: idParams,
        body: userChange,
        response: { 200: user, ...problemResponses(400, 401, 403, 404, 409) },
      },
    },
    async (request) => {
      const { user: actor, credential } = signedIn(request);
      const { id } = request.params;
      if (isOnlyName(request.body)) await requireAccountManager(deps.sql, actor, id);
      else requirePeopleManager(actor);
      if (!isOnlyName(request.body)) requireLasting(credential);
      const changed = await changeUser(deps.sql, actor.id, id, request.body);
      await act(deps, changed);
      return presentUser(changed.after);
    },
  );
}

function isOnlyName(change: UserChange): boolean {
  return Object.keys(change).every((key) => key === 'name');
}

/** On what they have open. */
async function act({ sql, documents }: LifecycleDeps, { before, after }: Changed): Promise<void> {
  if (after.disabled) {
    documents.personEnded(after.id);
    return;
  }
  if (before.name !== after.name) documents.renamed(after.id, after.name);
  if (before.role === after.role) return;
  await documents.globalRoleChanged(after.id, async (pieceId) => {
    const role = await roleOn(sql, after, pieceId);
    return isNone(role) ? null : role;
  });
}

function isNone(
  role: Awaited<ReturnType<typeof roleOn>>,
): role is 'no_such_piece' | 'no_right' | 'former_writer' {
  return role === 'no_such_piece' || role === 'no_right' || role === 'former_writer';
}

function eraseRoute(app: App, { sql, documents }: LifecycleDeps): void {
  app.delete(
    '/users/:id',
    {
      schema: {
        tags: ['people'],
        summary: 'Erase a person, for admins: name and email go, what they wrote stays',
        params: idParams,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const actor = caller(request);
      requirePeopleManager(actor);
      const { id } = request.params;
      const pieces = await eraseUser(sql, actor.id, id);
      documents.personEnded(id);
      for (const pieceId of pieces) {
        documents.announce(pieceId, { type: 'members', userId: id, role: null });
      }
      return reply.code(204).send();
    },
  );
}

function eventsRoute(app: App, { sql }: LifecycleDeps): void {
  app.get(
    '/users/:id/events',
    {
      schema: {
        tags: ['people'],
        summary: 'Who did what to somebody’s account, for admins; the latest first',
        params: idParams,
        querystring: pageQuery,
        response: { 200: auditPage, ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request) => {
      requirePeopleManager(caller(request));
      const { cursor, limit } = request.query;
      const after = decodeCursor(cursor);
      const { id } = await findUserEverKnown(sql, request.params.id);
      return pageOf(await listAccountEntries(sql, id, after, limit), limit, presentEntry);
    },
  );
}
