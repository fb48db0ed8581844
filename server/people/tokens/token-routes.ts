import { z } from 'zod';
import { idParams, pageQuery } from '../../../shared/api/common.ts';
import { createdToken, newToken, tokenPage, tokenParams } from '../../../shared/api/people.ts';
import type { Documents } from '../../collab/engine.ts';
import type { Sql } from '../../db/connect.ts';
import type { App } from '../../http/app-type.ts';
import { decodeCursor, pageOf } from '../../http/cursor.ts';
import { problemResponses } from '../../http/openapi.ts';
import { caller, signedIn } from '../../http/sign-in.ts';
import { recordAccount } from '../people-audit.ts';
import { requireAccountManager, requireSession } from '../require.ts';
import type { TokenUses } from './token-uses.ts';
import { deleteToken, insertToken, listTokens, presentToken } from '../store.ts';

export interface TokenDeps {
  readonly sql: Sql;
  readonly uses: TokenUses;
  readonly documents: Pick<Documents, 'credentialEnded'>;
}

/** API tokens, kept by the person whom they sign in, and by admins. */
export function tokenRoutes(app: App, deps: TokenDeps): void {
  listRoute(app, deps);
  changeRoutes(app, deps);
}

function listRoute(app: App, { sql, uses }: TokenDeps): void {
  app.get(
    '/users/:id/tokens',
    {
      schema: {
        tags: ['people'],
        summary: 'API tokens, with their expiry and last use, the latest first',
        params: idParams,
        querystring: pageQuery,
        response: { 200: tokenPage, ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const after = decodeCursor(cursor);
      await requireAccountManager(sql, caller(request), request.params.id);
      await uses.flush();
      const rows = await listTokens(sql, request.params.id, after, limit);
      return pageOf(rows, limit, presentToken);
    },
  );
}

function changeRoutes(app: App, { sql, documents }: TokenDeps): void {
  app.post(
    '/users/:id/tokens',
    {
      schema: {
        tags: ['people'],
        summary: 'Make an API token, shown once; a token makes none for its own person',
        params: idParams,
        body: newToken,
        response: { 201: createdToken, ...problemResponses(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const { user, credential } = signedIn(request);
      const { id } = request.params;
      await requireAccountManager(sql, user, id);
      // A token makes none for its own person: withdrawing it would leave what it made.
      if (id === user.id) requireSession(credential);
      // A session's end is no bound: who has one can sign in again.
      const end = credential.kind === 'token' ? credential.expiresAt : null;
      const token = await insertToken(sql, id, request.body, end);
      await recordAccount(sql, {
        ...{ actor: user.id, subject: id, kind: 'token.created' },
        data: { tokenId: token.id, readOnly: token.readOnly },
      });
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
      const { id, tokenId } = request.params;
      const actor = caller(request);
      await requireAccountManager(sql, actor, id);
      await deleteToken(sql, id, tokenId);
      await recordAccount(sql, {
        ...{ actor: actor.id, subject: id, kind: 'token.deleted', data: { tokenId } },
      });
      documents.credentialEnded('token', tokenId);
      return reply.code(204).send();
    },
  );
}
