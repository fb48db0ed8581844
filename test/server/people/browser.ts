import type { LightMyRequestResponse } from 'fastify';
import type { TestServer } from '../http/support.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A browser, as far as sign-in goes: it keeps cookies, and names the origin of its page. */
export interface Browser {
  readonly cookies: Map<string, string>;
  call(
    method: Method,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
}

/** `address` is where it stands; each address has tries of its own. */
export function openBrowser(server: TestServer, address = '127.0.0.1'): Browser {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async call(method, url, body, headers = {}) {
      const answer = await server.app.inject({
        method,
        url,
        remoteAddress: address,
        headers: {
          host: 'counterpoint.example',
          origin: 'http://counterpoint.example',
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      for (const { name, value, maxAge } of answer.cookies) {
        if (value === '' || maxAge === 0) cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    },
  };
}

/** A new invite link's secret, for a person. */
export async function inviteFor(server: TestServer, userId: string): Promise<string> {
  const answer = await server.admin.call('POST', `/api/users/${userId}/invite`);
  const { url } = answer.json<{ url: string }>();
  return new URL(url).hash.slice(1);
}
