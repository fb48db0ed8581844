import type { Sql } from '../db/connect.ts';
import { pageQuery } from '../../shared/api/common.ts';
import { newUser, user, userPage } from '../../shared/api/people.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller, signedIn } from '../http/sign-in.ts';
import { recordAccount } from './people-audit.ts';
import { requireLasting, requirePeopleManager } from './require.ts';
import { insertUser, listUsers, presentUser } from './store.ts';

/** People, kept by admins. */
export function peopleRoutes(app: App, { sql }: { readonly sql: Sql }): void {
  readRoutes(app, sql);
  addRoute(app, sql);
}

function readRoutes(app: App, sql: Sql): void {
  app.get(
    '/me',
    {
      schema: {
        tags: ['people'],
        summary: 'Who you are',
        response: { 200: user, ...problemResponses(401) },
      },
    },
    (request) => presentUser({ ...caller(request), disabled: false }),
  );
  app.get(
    '/users',
    {
      schema: {
        tags: ['people'],
        summary: 'Everybody, for admins',
        querystring: pageQuery,
        response: { 200: userPage, ...problemResponses(400, 401, 403) },
      },
    },
    async (request) => {
      requirePeopleManager(caller(request));
      const { cursor, limit } = request.query;
      const rows = await listUsers(sql, decodeCursor(cursor), limit);
      return pageOf(rows, limit, presentUser);
    },
  );
}

function addRoute(app: App, sql: Sql): void {
  app.post(
    '/users',
    {
      schema: {
        tags: ['people'],
        summary: 'Add a person, for admins',
        body: newUser,
        response: { 201: user, ...problemResponses(400, 401, 403, 409) },
      },
    },
    async (request, reply) => {
      const { user: actor, credential } = signedIn(request);
      requirePeopleManager(actor);
      // An admin more could let anybody in.
      if (request.body.role === 'admin') requireLasting(credential);
      const row = await sql.begin(async (tx) => {
        const added = await insertUser(tx, request.body);
        const data = { role: added.role };
        await recordAccount(tx, { actor: actor.id, subject: added.id, kind: 'user.added', data });
        return added;
      });
      return reply.code(201).send(presentUser(row));
    },
  );
}
