import type { Sql } from '../db/connect.ts';
import { z } from 'zod';
import { idParams, pageQuery } from '../../shared/api/common.ts';
import {
  createdToken,
  newToken,
  newUser,
  tokenParams,
  user,
  userPage,
} from '../../shared/api/people.ts';
import { Problem } from '../errors.ts';
import type { App } from '../http/app-type.ts';
import { decodeCursor, pageOf } from '../http/cursor.ts';
import { problemResponses } from '../http/openapi.ts';
import { caller } from '../http/sign-in.ts';
import { canManagePeople, canManageTokens, type Actor } from '../policy.ts';
import { deleteToken, insertToken, insertUser, listUsers, presentUser } from './store.ts';

/** People, kept by admins, and their API tokens. */
export function peopleRoutes(app: App, { sql }: { readonly sql: Sql }): void {
  userRoutes(app, sql);
  tokenRoutes(app, sql);
}

function userRoutes(app: App, sql: Sql): void {
  app.get(
    '/me',
    {
      schema: {
        tags: ['people'],
        summary: 'Who you are',
        response: { 200: user, ...problemResponses(401) },
      },
    },
    (request) => presentUser(caller(request)),
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
      requirePeopleManager(caller(request));
      const row = await insertUser(sql, request.body);
      return reply.code(201).send(presentUser(row));
    },
  );
}

function tokenRoutes(app: App, sql: Sql): void {
  app.post(
    '/users/:id/tokens',
    {
      schema: {
        tags: ['people'],
        summary: 'Make an API token, shown once',
        params: idParams,
        body: newToken,
        response: { 201: createdToken, ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      requireTokenManager(caller(request), request.params.id);
      const token = await insertToken(sql, request.params.id, request.body);
      return reply.code(201).header('cache-control', 'no-store').send(token);
    },
  );
  app.delete(
    '/users/:id/tokens/:tokenId',
    {
      schema: {
        tags: ['people'],
        summary: 'Withdraw an API token',
        params: tokenParams,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      requireTokenManager(caller(request), request.params.id);
      await deleteToken(sql, request.params.id, request.params.tokenId);
      return reply.code(204).send();
    },
  );
}

function requirePeopleManager(actor: Actor): void {
  if (!canManagePeople(actor)) throw new Problem('forbidden', 'Only an admin may do this.');
}

function requireTokenManager(actor: Actor & { readonly id: string }, userId: string): void {
  if (!canManageTokens(actor, userId)) {
    throw new Problem('forbidden', 'Only the person themself or an admin may do this.');
  }
}
