import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { inviteFor, openBrowser } from './browser.ts';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(() => server.close());

const password = 'the right password';
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const inADay = () => new Date(Date.now() + 86_400_000).toISOString();

interface Made {
  readonly token: string;
  readonly expiresAt: string | null;
}

async function tokenFor(person: { id: string }, body: object = {}): Promise<Made> {
  const answer = await server.admin.call('POST', `/api/users/${person.id}/tokens`, {
    ...{ name: 'made', ...body },
  });
  expect(answer.statusCode).toBe(201);
  return answer.json<Made>();
}

const by =
  ({ token }: Pick<Made, 'token'>) =>
  (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
    server.app.inject({
      ...{ method, url, headers: { authorization: `Bearer ${token}` } },
      ...(payload && { payload }),
    });

describe('P6 a token makes no way in that would outlive it', () => {
  test('it mints none for its own person, whatever end is asked for', async () => {
    for (const own of [await tokenFor(ada), await tokenFor(ada, { expiresAt: inAnHour() })]) {
      for (const body of [{}, { expiresAt: inADay() }, { expiresAt: inAnHour() }]) {
        const answer = await by(own)('POST', `/api/users/${ada.id}/tokens`, { name: 'x', ...body });
        expectProblem(answer, 403, 'not_by_token');
      }
    }
  });

  test('it sets no password, also where there is none yet', async () => {
    const own = await tokenFor(ada);
    const answer = await by(own)('PUT', '/api/me/password', { password });
    expectProblem(answer, 403, 'not_by_token');
  });

  test('an admin’s mints for others, to no later end than its own', async () => {
    const admin = await server.person('Short Admin', 'admin');
    const expiresAt = inAnHour();
    const short = by(await tokenFor(admin, { expiresAt }));
    for (const asked of [{}, { expiresAt: inADay() }, { expiresAt: null }]) {
      const made = await short('POST', `/api/users/${ada.id}/tokens`, { name: 'x', ...asked });
      expect(made.json<Made>().expiresAt).toBe(expiresAt);
    }
    const sooner = new Date(Date.now() + 60_000).toISOString();
    const made = await short('POST', `/api/users/${ada.id}/tokens`, {
      name: 'x',
      expiresAt: sooner,
    });
    expect(made.json<Made>().expiresAt).toBe(sooner);
    expectProblem(await short('POST', `/api/users/${ada.id}/invite`), 403, 'not_by_token');
    const email = { email: 'taken.over@example.org' };
    expectProblem(await short('PATCH', `/api/users/${ada.id}`, email), 403, 'not_by_token');
  });
});

describe('P6 a read-only token', () => {
  test('reads, and is refused by every route that changes something', async () => {
    const piece = await server.piece(ada, { content: 'Words.' });
    const reads = by(await tokenFor(ada, { readOnly: true }));
    expect((await reads('GET', `/api/pieces/${piece}/export`)).statusCode).toBe(200);
    const { paths } = (await server.app.inject({ url: '/openapi.json' })).json<{
      paths: Record<string, Record<string, { security?: unknown[] }>>;
    }>();
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        if (method === 'get' || security?.length === 0 || !path.startsWith('/api/')) continue;
        const url = path.replace('{time}', new Date().toISOString()).replace(/\{\w+\}/g, piece);
        const answer = await reads(method.toUpperCase() as 'POST', url, {});
        expectProblem(answer, 403, 'read_only_token');
      }
    }
  });

  test('is listed as such, with what it did last', async () => {
    const reader = await server.person('Reads Only');
    const reads = by(await tokenFor(reader, { readOnly: true }));
    await reads('GET', '/api/pieces?limit=1');
    const list = await server.admin.call('GET', `/api/users/${reader.id}/tokens`);
    const last = { lastUsedFor: 'GET /api/pieces', lastUsedFrom: '127.0.0.1' };
    expect(list.json<{ items: object[] }>().items[0]).toMatchObject({ readOnly: true, ...last });
  });
});

describe('P6 setting a password', () => {
  const open = async (person: Person, body: object = {}) => {
    const browser = openBrowser(server, '10.40.0.1');
    const invite = await inviteFor(server, person.id);
    await browser.call('POST', '/api/session', { invite, ...body });
    return browser;
  };

  test('by invite: ends all other sessions, and leaves the one that it opens', async () => {
    const person = await server.person('Invited Anew');
    const before = [await open(person), await open(person, { password })];
    const after = await open(person, { password: `${password} 2` });
    for (const browser of before) {
      expectProblem(await browser.call('GET', '/api/me'), 401, 'not_signed_in');
    }
    expect((await after.call('GET', '/api/me')).statusCode).toBe(200);
  });

  test('by an invite that sets none: other sessions go on', async () => {
    const person = await server.person('Invited Only');
    const before = await open(person, { password });
    await open(person);
    expect((await before.call('GET', '/api/me')).statusCode).toBe(200);
  });

  test('by oneself: voids the unused invite, and ends the others', async () => {
    const person = await server.person('Changes It');
    const [here, there] = [await open(person, { password }), await open(person)];
    const invite = await inviteFor(server, person.id);
    const body = { current: password, password: `${password} 2` };
    expect((await here.call('PUT', '/api/me/password', body)).statusCode).toBe(204);
    expectProblem(await there.call('GET', '/api/me'), 401, 'not_signed_in');
    expect((await here.call('GET', '/api/me')).statusCode).toBe(200);
    const used = await openBrowser(server).call('POST', '/api/session', { invite });
    expectProblem(used, 401, 'invite_invalid');
  });

  test('the first one takes a session that is fresh', async () => {
    const person = await server.person('Old Session');
    const browser = await open(person);
    await server.sql`
      update sessions set created_at = created_at - interval '61 minutes'
      where user_id = ${person.id}`;
    const late = await browser.call('PUT', '/api/me/password', { password });
    expectProblem(late, 403, 'sign_in_again');
    const anew = await open(person);
    expect((await anew.call('PUT', '/api/me/password', { password })).statusCode).toBe(204);
  });
});
