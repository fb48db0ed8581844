import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors.ts';
import type { Credential, SignedIn } from '../people/sign-in/authenticate.ts';
import type { Sessions } from '../people/sessions/sessions.ts';
import type { TokenGate } from '../people/tokens/token-gate.ts';
import type { TokenUses } from '../people/tokens/token-uses.ts';
import type { App } from './app-type.ts';
import { hurry } from './limits/deadlines.ts';
import type { SessionCookie } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    signedIn: SignedIn | null;
  }
}

export interface SignInDeps {
  readonly tokens: TokenGate;
  readonly uses: TokenUses;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
}

/**
 * Asks for `Authorization: Bearer <token>` or the session cookie on every route of `app`, before its
 * body is read: who is not signed in costs no parsing, and is cut off if they go on sending. A token that is given is what counts.
 */
export function requireSignIn(app: App, deps: SignInDeps): void {
  app.decorateRequest('signedIn', null);
  app.addHook('onRequest', async (request, reply) => {
    const giveTime = hurry(request);
    request.signedIn = await signIn(deps, request, reply);
    giveTime();
    useToken(deps.uses, request.signedIn.credential, request);
  });
}

/** What is changed by none of these methods, here as everywhere. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Throws `read_only_token`; else takes down what a token is used for. */
function useToken(uses: TokenUses, { kind, id, readOnly }: Credential, request: FastifyRequest) {
  if (readOnly && !safeMethods.has(request.method)) {
    throw new Problem('read_only_token', 'This token reads, and changes nothing.');
  }
  if (kind !== 'token') return;
  // The route, not the address: queries may hold what is nobody's business.
  uses.note(id, `${request.method} ${request.routeOptions.url ?? ''}`, request.ip);
}

async function signIn(
  { tokens, sessions, cookie }: SignInDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SignedIn> {
  const token = bearerToken(request.headers.authorization);
  if (token !== null) {
    const answer = await tokens.signIn(token, request.ip);
    if (answer === 'unknown') throw new Problem('not_signed_in', 'The token is not known.');
    if (answer === 'withdrawn') throw new Problem('not_signed_in', 'The token was withdrawn.');
    if (answer === 'expired') throw new Problem('token_expired', 'The token has expired.');
    return answer;
  }
  const secret = request.headers.authorization === undefined ? cookie.read(request) : null;
  if (secret === null) {
    throw new Problem(
      'not_signed_in',
      'Sign in, or send a token as `Authorization: Bearer <token>`.',
    );
  }
  const answer = await sessions.authenticate(secret);
  if (typeof answer !== 'string') return answer;
  cookie.clear(reply);
  throw new Problem('not_signed_in', 'The session has ended. Sign in again.');
}

/** Who sent the request, and by what. Only for routes behind `requireSignIn`. */
export function signedIn(request: FastifyRequest): SignedIn {
  if (request.signedIn === null) throw new Error('The route is not behind requireSignIn');
  return request.signedIn;
}

export type Caller = SignedIn['user'];

/** The person who sent the request. Only for routes behind `requireSignIn`. */
export function caller(request: FastifyRequest): Caller {
  return signedIn(request).user;
}

export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
}
