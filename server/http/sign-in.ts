import type { FastifyRequest } from 'fastify';
import { Problem } from '../errors.ts';
import type { Authenticate, SignedIn } from '../people/authenticate.ts';
import type { App } from './app-type.ts';

declare module 'fastify' {
  interface FastifyRequest {
    signedIn: SignedIn | null;
  }
}

/**
 * Asks for `Authorization: Bearer <token>` on every route of `app`, before its body is read: who is
 * not signed in costs no parsing.
 */
export function requireSignIn(app: App, authenticate: Authenticate): void {
  app.decorateRequest('signedIn', null);
  app.addHook('onRequest', async (request) => {
    const token = bearerToken(request.headers.authorization);
    if (token === null) {
      throw new Problem('not_signed_in', 'Send a token as `Authorization: Bearer <token>`.');
    }
    const answer = await authenticate(token);
    if (answer === 'unknown') throw new Problem('not_signed_in', 'The token is not known.');
    if (answer === 'expired') throw new Problem('token_expired', 'The token has expired.');
    request.signedIn = answer;
  });
}

/** The person who sent the request. Only for routes behind `requireSignIn`. */
export function caller(request: FastifyRequest): SignedIn['user'] {
  if (request.signedIn === null) throw new Error('The route is not behind requireSignIn');
  return request.signedIn.user;
}

function bearerToken(header: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1] ?? null;
}
