import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** Whom the issuer knows: by account id, what it says of them. */
export type Accounts = Record<string, { email?: string; email_verified?: boolean }>;

export interface TestIssuer {
  readonly url: string;
  /** Who signs in when somebody comes to sign in. */
  account: string;
  /**
   * Goes where the server sends a browser, signs in as `account`, agrees to everything, and gives
   * the address that the issuer sends the browser back to.
   */
  visit(authorizationUrl: string): Promise<string>;
  close(): Promise<void>;
}

export const client = { id: 'counterpoint', secret: 'a-client-secret-of-some-length' };

/** A real OpenID Connect issuer, in which everybody who comes is signed in as `account` at once. */
export async function startIssuer(
  redirectUri: string,
  accounts: Accounts,
  { codeSeconds = 60 } = {},
): Promise<TestIssuer> {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    ttl: {
      AuthorizationCode: codeSeconds,
      AccessToken: 60,
      Session: 60,
      Interaction: 60,
      Grant: 60,
      IdToken: 60,
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts[sub] }) }),
    cookies: { keys: ['test'] },
  });
  const issuer = { url, account: '', visit, close: () => close(http) };
  const callback = provider.callback();
  http.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      void callback(request, response);
      return;
    }
    void (async () => {
      const { prompt, params, session } = await provider.interactionDetails(request, response);
      const result =
        prompt.name === 'login'
          ? { login: { accountId: issuer.account } }
          : {
              consent: { grantId: await grant(session?.accountId ?? '', String(params.client_id)) },
            };
      await provider.interactionFinished(request, response, result, {
        mergeWithLastSubmission: true,
      });
    })();
  });

  async function grant(accountId: string, clientId: string): Promise<string> {
    const made = new provider.Grant({ accountId, clientId });
    made.addOIDCScope('openid email');
    return made.save();
  }

  async function visit(authorizationUrl: string): Promise<string> {
    const cookies = new Map<string, string>();
    for (let at = authorizationUrl; ;) {
      const answer = await fetch(at, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const line of answer.headers.getSetCookie()) {
        const [pair = ''] = line.split(';', 1);
        cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`${answer.status} at ${at}: ${await answer.text()}`);
      at = new URL(location, at).href;
      if (at.startsWith(redirectUri)) return at;
    }
  }
  return issuer;
}

async function close(http: Server): Promise<void> {
  http.closeAllConnections();
  http.close();
  await once(http, 'close');
}
