import type { Configuration } from 'openid-client';
import { z } from 'zod';
import type { OidcConfig } from '../../config.ts';

/** Loaded where somebody signs in that way. */
const library = () => import('openid-client');

/** What a browser has to bring back from the issuer; kept in a cookie of its own meanwhile. */
export interface OidcAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Whom the issuer says has signed in. */
export interface OidcPerson {
  readonly issuer: string;
  readonly subject: string;
  /** Null where the issuer gives none, or has not verified it. */
  readonly email: string | null;
}

const claimsShape = z.object({
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.stringbool()]).optional(),
});

/**
 * Sign-in at another service, by OpenID Connect's code flow with PKCE, state and nonce. The protocol
 * is openid-client's; what is asked of the issuer here is who somebody is, and nothing is kept of
 * its tokens.
 */
export class Oidc {
  readonly #config: OidcConfig;
  /** Null until the issuer has been asked, and after it could not be reached. */
  #discovered: Promise<Configuration> | null = null;

  constructor(config: OidcConfig) {
    this.#config = config;
  }

  /** Where to send the browser, and what it must bring back. Rejects while the issuer is away. */
  async begin(redirectUri: string): Promise<{ url: URL; attempt: OidcAttempt }> {
    const [issuer, client] = await Promise.all([this.#discover(), library()]);
    const attempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(issuer, {
      redirect_uri: redirectUri,
      scope: 'openid email',
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url, attempt };
  }

  /**
   * Exchanges the code that the browser has come back with. Rejects with an error of openid-client
   * where state, nonce, code, signature or anything else is not right.
   */
  async finish(callback: URL, attempt: OidcAttempt): Promise<OidcPerson> {
    const [issuer, client] = await Promise.all([this.#discover(), library()]);
    const tokens = await client.authorizationCodeGrant(issuer, callback, {
      pkceCodeVerifier: attempt.verifier,
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('The issuer sent no ID token');
    const { iss, sub } = claims;
    const inToken = claimsShape.parse(claims);
    const said =
      inToken.email === undefined
        ? claimsShape.parse(await client.fetchUserInfo(issuer, tokens.access_token, sub))
        : inToken;
    const email = said.email_verified === true ? (said.email?.normalize('NFC') ?? null) : null;
    return { issuer: iss, subject: sub, email };
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#config;
    const url = new URL(issuer);
    const client = await library();
    // Only an operator who names an http issuer gets one; openid-client refuses it otherwise.
    const execute = url.protocol === 'http:' ? [client.allowInsecureRequests] : [];
    this.#discovered ??= client.discovery(url, clientId, clientSecret, undefined, { execute });
    try {
      return await this.#discovered;
    } catch (error) {
      this.#discovered = null;
      throw error;
    }
  }
}

const attemptShape = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

/** For the cookie. It needs no signature: who could change it could only spoil their own sign-in. */
export function packAttempt(attempt: OidcAttempt): string {
  return Buffer.from(JSON.stringify(attempt)).toString('base64url');
}

/** Null where it is missing or cannot be read. */
export function unpackAttempt(cookie: string | undefined): OidcAttempt | null {
  if (cookie === undefined) return null;
  try {
    return attemptShape.parse(JSON.parse(Buffer.from(cookie, 'base64url').toString()));
  } catch {
    return null; // Somebody's own cookie, spoilt: the same as none.
  }
}
