import { adminToken } from './server-process.ts';

export interface TestPerson {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** Adds a person with a token of their own, as the admin. */
export async function createPerson(
  server: { readonly url: string },
  name: string,
): Promise<TestPerson> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`;
  const { id } = await ask<{ id: string }>(server, 'POST', '/api/users', { email, name });
  const made = await ask<{ token: string }>(server, 'POST', `/api/users/${id}/tokens`, { name });
  return { id, name, token: made.token };
}

/** Puts somebody on a piece, as the admin. */
export async function addMember(
  server: { readonly url: string },
  pieceId: string,
  person: TestPerson,
  role: 'owner' | 'writer' | 'reviewer' | 'reader',
): Promise<void> {
  await ask(server, 'PUT', `/api/pieces/${pieceId}/members/${person.id}`, { role });
}

async function ask<T>(
  server: { readonly url: string },
  method: string,
  url: string,
  body: object,
): Promise<T> {
  const response = await fetch(server.url + url, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${await response.text()}`);
  return (await response.json()) as T;
}
