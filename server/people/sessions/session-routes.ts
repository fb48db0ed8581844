import { z } from 'zod';
import { signIn, signInWays, user, type SignIn } from '../../../shared/api/people.ts';
import type { Documents } from '../../collab/engine.ts';
import type { Sql } from '../../db/connect.ts';
import type { App } from '../../http/app-type.ts';
import { anonymousBytes } from '../../http/limits/deadlines.ts';
import { problemResponses } from '../../http/openapi.ts';
import type { SessionCookie } from '../../http/session-cookie.ts';
import { checkPassword, wrongCredentials } from '../sign-in/credentials.ts';
import type { Hashing } from '../sign-in/hashing.ts';
import { checkInvite, takeInvite } from '../invites.ts';
import type { Oidc } from '../oidc/oidc.ts';
import { recordAccount } from '../people-audit.ts';
import type { Sessions } from './sessions.ts';
import { findUser, presentUser, type UserRow } from '../store.ts';
import type { Tries } from '../sign-in/tries.ts';

export interface SessionDeps {
  readonly sql: Sql;
  readonly sessions: Sessions;
  readonly tries: Tries;
  readonly cookie: SessionCookie;
  readonly hashing: Hashing;
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
      bodyLimit: anonymousBytes,
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
      const session = await deps.sessions.open(row.id);
      if (session === null) throw wrongCredentials();
      deps.cookie.set(reply, session.secret);
      return reply.header('cache-control', 'no-store').send(presentUser(row));
    },
  );
}

async function whoSignsIn(deps: SessionDeps, address: string, body: SignIn): Promise<UserRow> {
  const { sql, tries } = deps;
  if (!('invite' in body)) return checkPassword(deps, address, body);
  const attempt = await tries.begin('invite', address, null);
  // Hashing is dear: not for who has only made a link up.
  await checkInvite(sql, body.invite);
  const hash = body.password === undefined ? null : await deps.hashing.hash(body.password, attempt);
  const { userId, ended } = await takeInvite(sql, body.invite, hash);
  for (const id of ended) deps.documents.credentialEnded('session', id);
  await recordAccount(sql, {
    ...{ actor: userId, subject: userId, kind: 'invite.used', data: { password: hash !== null } },
  });
  const row = await findUser(sql, userId);
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
  for (const id of await sessions.end(found.user.id, found.credential.id)) {
    documents.credentialEnded('session', id);
  }
}
