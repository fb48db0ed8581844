import { z } from 'zod';
import { idParams, pageQuery } from '../../shared/api/common.ts';
import {
  candidateQuery,
  candidates,
  member,
  memberPage,
  memberParams,
  memberRole,
} from '../../shared/api/pieces.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import type { Searches } from '../people/searches.ts';
import { canManagePeople } from '../policy.ts';
import { requirePiece } from './access.ts';
import {
  countingRole,
  findCandidates,
  isMember,
  listMembers,
  presentMember,
  putMember,
  removeMember,
} from './members.ts';

export interface MemberDeps {
  readonly sql: Sql;
  readonly searches: Searches;
  readonly documents: Pick<Documents, 'roleChanged' | 'announce'>;
}

/**
 * Who may do what on a piece: seen by everybody on it, changed by its owners. Open connections learn
 * of a change once it is committed (P1).
 */
export function memberRoutes(app: App, deps: MemberDeps): void {
  listRoute(app, deps);
  candidateRoute(app, deps);
  changeRoutes(app, deps);
}

function listRoute(app: App, { sql }: MemberDeps): void {
  app.get(
    '/pieces/:id/members',
    {
      schema: {
        tags: ['members'],
        summary: 'Who is on the piece, and as what',
        params: idParams,
        querystring: pageQuery,
        response: { 200: memberPage, ...problemResponses(400, 401, 404) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const after = decodeCursor(cursor);
      const { row } = await requirePiece(sql, caller(request), request.params.id, 'read');
      return pageOf(await listMembers(sql, row.id, after, limit), limit, presentMember);
    },
  );
}

function candidateRoute(app: App, { sql, searches }: MemberDeps): void {
  app.get(
    '/pieces/:id/candidates',
    {
      schema: {
        tags: ['members'],
        summary:
          'Whom an owner can put on the piece: by how a name begins, or a whole email address',
        params: idParams,
        querystring: candidateQuery,
        response: { 200: candidates, ...problemResponses(400, 401, 403, 404, 429) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const user = caller(request);
      await requirePiece(sql, user, id, 'manageMembers');
      await searches.take(user.id);
      const all = canManagePeople(user);
      return { items: await findCandidates(sql, id, request.query.q, all), nextCursor: null };
    },
  );
}

function changeRoutes(app: App, { sql, documents, searches }: MemberDeps): void {
  app.put(
    '/pieces/:id/members/:userId',
    {
      schema: {
        tags: ['members'],
        summary: 'Put somebody on the piece, or change their role',
        params: memberParams,
        body: memberRole,
        response: { 200: member, ...problemResponses(400, 401, 403, 404, 409, 429) },
      },
    },
    async (request) => {
      const { id, userId } = request.params;
      const user = caller(request);
      await requirePiece(sql, user, id, 'manageMembers');
      // The answer tells the address of whoever is put on the piece: that is a search as well.
      const isSearch = !canManagePeople(user) && !(await isMember(sql, id, userId));
      if (isSearch) await searches.take(user.id);
      const row = await putMember(sql, id, userId, request.body.role);
      documents.roleChanged(id, userId, await countingRole(sql, userId, row.role));
      documents.announce(id, { type: 'members', userId, role: row.role });
      return presentMember(row);
    },
  );
  app.delete(
    '/pieces/:id/members/:userId',
    {
      schema: {
        tags: ['members'],
        summary: 'Take somebody off the piece, or leave it',
        params: memberParams,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const { id, userId } = request.params;
      const user = caller(request);
      await requirePiece(sql, user, id, user.id === userId ? 'read' : 'manageMembers');
      documents.roleChanged(id, userId, await removeMember(sql, id, userId));
      documents.announce(id, { type: 'members', userId, role: null });
      return reply.code(204).send();
    },
  );
}
