import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { problemResponses } from '../../http/openapi.ts';
import { publicUrlOf } from '../../http/origins/public-url.ts';
import type { Config } from '../../config.ts';
import { packAttempt, unpackAttempt, type Oidc } from './oidc.ts';
import { userOfAccount } from './oidc-accounts.ts';
import type { SessionDeps } from '../sessions/session-routes.ts';
import { z } from 'zod';

export type OidcDeps = SessionDeps & { readonly config: Pick<Config, 'publicUrl'> };

const start = '/session/oidc';
const callback = '/session/oidc/callback';
const attemptCookie = 'counterpoint-oidc';
/** How long somebody may take to sign in at the issuer, in seconds. */
const patience = 600;

/** `Lax`, because the way back from the issuer is a navigation from another site. */
const attemptAttributes = { path: '/api/session', httpOnly: true, sameSite: 'lax' } as const;

/**
 * The way to the issuer and back. Both are addresses that a browser goes to, so what fails leads to
 * the web app, which says so: `/?signIn=<code>`.
 */
export function oidcRoutes(app: App, deps: OidcDeps): void {
  const redirect = { 302: z.undefined().describe('On to the next address') };
  app.get(
    start,
    {
      schema: {
        tags: ['people'],
        summary: 'Sign in at the configured OpenID Connect issuer',
        security: [],
        response: { ...redirect, ...problemResponses(404) },
      },
    },
    (request, reply) => goThere(deps, request, reply),
  );
  app.get(
    callback,
    {
      schema: {
        tags: ['people'],
        summary: 'Where the issuer sends the browser back to',
        security: [],
        querystring: z.looseObject({}),
        response: { ...redirect, ...problemResponses(404) },
      },
    },
    (request, reply) => comeBack(deps, request, reply),
  );
}

async function goThere(deps: OidcDeps, request: FastifyRequest, reply: FastifyReply) {
  const oidc = configured(deps.oidc);
  const home = publicUrlOf(deps.config, request);
  try {
    const { url, attempt } = await oidc.begin(`${home}/api${callback}`);
    reply.setCookie(attemptCookie, packAttempt(attempt), {
      ...attemptAttributes,
      secure: home.startsWith('https:'),
      maxAge: patience,
    });
    return await reply.redirect(url.href, 302);
  } catch (err) {
    request.log.error({ err }, 'the OpenID Connect issuer cannot be reached');
    return reply.redirect(`${home}/?signIn=oidc_unavailable`, 302);
  }
}

async function comeBack(deps: OidcDeps, request: FastifyRequest, reply: FastifyReply) {
  const oidc = configured(deps.oidc);
  const home = publicUrlOf(deps.config, request);
  const attempt = unpackAttempt(request.cookies[attemptCookie]);
  reply.clearCookie(attemptCookie, attemptAttributes);
  try {
    const tried = await deps.tries.begin('oidc', request.ip, null);
    if (attempt === null) return await reply.redirect(`${home}/?signIn=oidc_failed`, 302);
    const person = await oidc.finish(new URL(`${home}${request.url}`), attempt);
    const userId = await userOfAccount(deps.sql, person);
    await tried.succeeded();
    if (userId === null) return await reply.redirect(`${home}/?signIn=oidc_unknown`, 302);
    const session = await deps.sessions.open(userId);
    if (session === null) return await reply.redirect(`${home}/?signIn=oidc_unknown`, 302);
    deps.cookie.set(reply, session.secret);
    return await reply.redirect(`${home}/`, 302);
  } catch (err) {
    if (err instanceof Problem) throw err;
    // What is wrong with somebody's answer is theirs; the error names no code and no token.
    request.log.warn({ reason: reasonOf(err) }, 'an OpenID Connect sign-in failed');
    return reply.redirect(`${home}/?signIn=oidc_failed`, 302);
  }
}

/** The error's own words, without the bodies and tokens that it may carry along. */
function reasonOf(err: unknown): string {
  return err instanceof Error ? `${err.name}: ${err.message}` : 'unknown';
}

function configured(oidc: Oidc | null): Oidc {
  if (oidc === null) throw new Problem('not_found', 'No OpenID Connect issuer is configured.');
  return oidc;
}
