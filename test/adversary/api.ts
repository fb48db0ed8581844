import type { TestPerson } from '../support/people.ts';

/** Calls a server's API as somebody, whatever it answers; `signal` gives up what is under way. */
export function api(
  server: { readonly url: string },
  person: Pick<TestPerson, 'token'>,
  signal?: AbortSignal,
) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> => {
    const response = await fetch(server.url + path, {
      method,
      ...(signal !== undefined && { signal }),
      headers: {
        authorization: `Bearer ${person.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return response;
  };
}

/** Waits for calls, and for nothing more of them once they have been given up. */
export async function untilGivenUp(signal: AbortSignal, calls: readonly Promise<Response>[]) {
  try {
    for (const answer of await Promise.all(calls)) await answer.arrayBuffer();
  } catch (err) {
    if (!signal.aborted) throw err;
  }
}
