import { z } from 'zod';
import { signIn, signInWays, user, type SignIn } from '../../shared/api/people.ts';
import type { Documents } from '../collab/engine.ts';
import type { Sql } from '../db/connect.ts';
import type { App } from '../http/app-type.ts';
import { problemResponses } from '../http/openapi.ts';
import type { SessionCookie } from '../http/session-cookie.ts';
import { checkPassword } from './credentials.ts';
import { takeInvite } from './invites.ts';
import type { Oidc } from './oidc.ts';
import { hashPassword } from './passwords.ts';
import type { Sessions } from './sessions.ts';
import { findUser, presentUser, type UserRow } from './store.ts';
import type { Tries } from './tries.ts';

export interface SessionDeps {
  readonly sql: Sql;
  readonly sessions: Sessions;
  readonly tries: Tries;
  readonly cookie: SessionCookie;
  readonly documents: Pick<Documents, 'credentialEnded'>;
  /** Null: not configured. */
  readonly oidc: Oidc | null;
}

/** Signing in and out with a browser. Nobody has to be signed in for these. */
export function sessionRoutes(app: App, deps: SessionDeps): void {
  signInRoute(app, deps);
  signOutRoute(app, deps);
  app.get(
    '/session/ways',
    {
      schema: {
        tags: ['people'],
        summary: 'What a sign-in page can offer besides email and password',
        security: [],
        response: { 200: signInWays },
      },
    },
    () => ({ oidc: deps.oidc !== null }),
  );
}

function signInRoute(app: App, deps: SessionDeps): void {
  app.post(
    '/session',
    {
      schema: {
        tags: ['people'],
        summary: 'Sign in, by invite link or by email and password; sets the session cookie',
        security: [],
        body: signIn,
        response: { 200: user, ...problemResponses(400, 401, 403, 429) },
      },
    },
    async (request, reply) => {
      const row = await whoSignsIn(deps, request.ip, request.body);
      await endOldSession(deps, deps.cookie.read(request));
      const { secret } = await deps.sessions.open(row.id);
      deps.cookie.set(reply, secret);
      return reply.header('cache-control', 'no-store').send(presentUser(row));
    },
  );
}

async function whoSignsIn(deps: SessionDeps, address: string, body: SignIn): Promise<UserRow> {
  const { sql, tries } = deps;
  if (!('invite' in body)) return checkPassword(deps, address, body);
  const attempt = await tries.begin('invite', address, null);
  const hash = body.password === undefined ? null : await hashPassword(body.password);
  const row = await findUser(sql, await takeInvite(sql, body.invite, hash));
  await attempt.succeeded();
  return row;
}

function signOutRoute(app: App, deps: SessionDeps): void {
  app.delete(
    '/session',
    {
      schema: {
        tags: ['people'],
        summary: 'Sign out of this browser',
        security: [],
        response: { 204: z.undefined(), ...problemResponses(403) },
      },
    },
    async (request, reply) => {
      await endOldSession(deps, deps.cookie.read(request));
      deps.cookie.clear(reply);
      return reply.code(204).send();
    },
  );
}

/** Ends the session that the browser came with, if it is one, and its open sockets (P1). */
async function endOldSession(
  { sessions, documents }: SessionDeps,
  secret: string | null,
): Promise<void> {
  if (secret === null) return;
  const found = await sessions.authenticate(secret);
  if (typeof found === 'string') return;
  for (const id of await sessions.end(found.user.id, { only: found.credential.id })) {
    documents.credentialEnded('session', id);
  }
}
