import { z } from 'zod';
import { idParams } from '../../shared/api/common.ts';
import { invite, passwordChange } from '../../shared/api/people.ts';
import type { Documents } from '../collab/engine.ts';
import type { Config } from '../config.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import { publicUrlOf } from '../http/origins/public-url.ts';
import type { SessionCookie } from '../http/session-cookie.ts';
import { signedIn } from '../http/sign-in.ts';
import { changePassword } from './sign-in/credentials.ts';
import type { Hashing } from './sign-in/hashing.ts';
import { createInvite, inviteUrl } from './invites.ts';
import { recordAccount } from './people-audit.ts';
import {
  requireAccountManager,
  requireLasting,
  requirePeopleManager,
  requireSession,
} from './require.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { Tries } from './sign-in/tries.ts';

export interface AccountDeps {
  readonly config: Pick<Config, 'publicUrl' | 'limits'>;
  readonly sql: Sql;
  readonly sessions: Sessions;
  readonly tries: Tries;
  readonly cookie: SessionCookie;
  readonly hashing: Hashing;
  readonly documents: Pick<Documents, 'credentialEnded'>;
}

/** How a person gets in: invite links, passwords, and an end to all sessions at once. */
export function accountRoutes(app: App, deps: AccountDeps): void {
  inviteRoute(app, deps);
  passwordRoute(app, deps);
  endSessionsRoute(app, deps);
}

function inviteRoute(app: App, { sql, config }: AccountDeps): void {
  app.post(
    '/users/:id/invite',
    {
      schema: {
        tags: ['people'],
        summary: 'Make a one-time sign-in link, for admins; an earlier one stops working',
        params: idParams,
        response: { 201: invite, ...problemResponses(400, 401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const { user, credential } = signedIn(request);
      const { id } = request.params;
      requirePeopleManager(user);
      requireLasting(credential);
      const made = await createInvite(sql, id, config.limits.inviteMs);
      await recordAccount(sql, { actor: user.id, subject: id, kind: 'invite.created' });
      reply.code(201).header('cache-control', 'no-store');
      return reply.send({
        url: inviteUrl(publicUrlOf(config, request), made),
        expiresAt: made.expiresAt.toISOString(),
      });
    },
  );
}

function passwordRoute(app: App, deps: AccountDeps): void {
  app.put(
    '/me/password',
    {
      schema: {
        tags: ['people'],
        summary: 'Set your password, signed in with a browser; your other sessions end',
        body: passwordChange,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 429) },
      },
    },
    async (request, reply) => {
      const { user, credential } = signedIn(request);
      requireSession(credential);
      const ended = await changePassword(deps, request.ip, { user, credential }, request.body);
      for (const id of ended) deps.documents.credentialEnded('session', id);
      return reply.code(204).send();
    },
  );
}

function endSessionsRoute(app: App, deps: AccountDeps): void {
  app.delete(
    '/users/:id/sessions',
    {
      schema: {
        tags: ['people'],
        summary: 'Sign somebody out everywhere: yourself, or an admin anybody',
        params: idParams,
        response: { 204: z.undefined(), ...problemResponses(400, 401, 403, 404) },
      },
    },
    async (request, reply) => {
      const { user } = signedIn(request);
      const { id } = request.params;
      await requireAccountManager(deps.sql, user, id);
      await endSessions(deps, id);
      await recordAccount(deps.sql, { actor: user.id, subject: id, kind: 'sessions.ended' });
      if (id === user.id) deps.cookie.clear(reply);
      return reply.code(204).send();
    },
  );
}

/** Ends sessions, and the sockets that were opened with them (P1). */
async function endSessions({ sessions, documents }: AccountDeps, userId: string): Promise<void> {
  for (const id of await sessions.end(userId)) documents.credentialEnded('session', id);
}
