import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthenticate } from '../../../server/people/sign-in/authenticate.ts';
import { ensureAdmin, makeFirstAdmin } from '../../../server/people/ensure-admin.ts';
import { TokenUses } from '../../../server/people/tokens/token-uses.ts';
import { silentLog } from '../../support/silent-log.ts';
import { inviteFor, openBrowser } from '../people/browser.ts';
import {
  adminToken,
  expectProblem,
  startTestServer,
  type Person,
  type TestServer,
} from './support.ts';

let server: TestServer;
let ada: Person;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(() => server.close());

/** The same person at a browser, signed in with a session. */
async function signedInBrowser({ id }: Person) {
  const browser = openBrowser(server);
  await browser.call('POST', '/api/session', { invite: await inviteFor(server, id) });
  return browser;
}

const nobody = '01900000-0000-7000-8000-000000000000';

describe('signing in', () => {
  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic YTpi'],
    ['an unknown token', 'Bearer cp_unknown'],
    ['an empty token', 'Bearer '],
    ['a token of a megabyte', `Bearer ${'x'.repeat(2_000)}`],
  ])('%s is 401 before the body is read', async (_name, authorization) => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/pieces',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      payload: '{ not json',
    });
    expectProblem(answer, 401, 'not_signed_in');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  test('an expired token is 401 with a code of its own', async () => {
    const answer = await server.admin.call('POST', `/api/users/${ada.id}/tokens`, {
      name: 'short',
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    const { id, token } = answer.json<{ id: string; token: string }>();
    await server.sql`update api_tokens set expires_at = now() - interval '1 s' where id = ${id}`;
    const refused = await server.app.inject({
      url: '/api/me',
      headers: { authorization: `Bearer ${token}` },
    });
    expectProblem(refused, 401, 'token_expired');
  });

  test('what tokens were last used for is written for all of them at once, the latest only', async () => {
    const uses = new TokenUses(server.sql, silentLog);
    const [bo, cy] = [await server.person('Bob'), await server.person('Cyd')];
    const ids = await server.sql<{ id: string }[]>`
      select id from api_tokens where user_id in ${server.sql([bo.id, cy.id])} order by user_id`;
    for (const { id } of ids) {
      uses.note(id, 'GET /api/me', '10.0.0.1');
      uses.note(id, 'PUT /api/pieces/:id/content', '2001:db8::1');
    }
    await uses.flush();
    const rows = await server.sql`
      select last_used_for as for, last_used_from as from from api_tokens
      where id in ${server.sql(ids.map(({ id }) => id))}`;
    const last = { for: 'PUT /api/pieces/:id/content', from: '2001:db8::1' };
    expect([...rows]).toEqual([last, last]);
  });
});

describe('users', () => {
  test('GET /api/me is the caller', async () => {
    const answer = await ada.call('GET', '/api/me');
    expect(answer.json()).toEqual({
      id: ada.id,
      email: 'ada@example.org',
      name: 'Ada',
      role: 'member',
      disabled: false,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    });
  });

  test('only an admin adds and lists people', async () => {
    expectProblem(await ada.call('GET', '/api/users'), 403, 'forbidden');
    const body = { email: 'x@example.org', name: 'X' };
    expectProblem(await ada.call('POST', '/api/users', body), 403, 'forbidden');
  });

  test('an email address is taken in any case of letters', async () => {
    const body = { email: 'ADA@Example.org', name: 'Ada again' };
    expectProblem(await server.admin.call('POST', '/api/users', body), 409, 'email_taken');
  });

  test('each bad field is listed', async () => {
    const body = { email: 'nowhere', name: '', role: 'king', surprise: 1 };
    const paths = expectProblem(
      await server.admin.call('POST', '/api/users', body),
      400,
      'validation',
    );
    expect(paths.sort()).toEqual(['body', 'body.email', 'body.name', 'body.role']);
  });

  test('no body, null and a list are 400', async () => {
    for (const body of [undefined, 'null', '[]', '"text"', '7']) {
      const answer = await server.app.inject({
        method: 'POST',
        url: '/api/users',
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { payload: body }),
      });
      expectProblem(answer, 400, 'validation');
    }
  });

  test('pages end to end give everybody once, in order', async () => {
    for (const name of ['Bo', 'Cy', 'Di', 'Ed']) await server.person(name);
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = (await server.admin.call('GET', `/api/users?limit=2${query}`)).json<{
        items: { name: string }[];
        nextCursor: string | null;
      }>();
      expect(page.items.length).toBeLessThanOrEqual(2);
      names.push(...page.items.map((user) => user.name));
      cursor = page.nextCursor;
    }
    expect(names.filter((name) => name.length === 2)).toEqual(['Bo', 'Cy', 'Di', 'Ed']);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('tokens', () => {
  test('a token is made by the person or an admin, shown once, and stored hashed', async () => {
    for (const caller of [await signedInBrowser(ada), server.admin]) {
      const answer = await caller.call('POST', `/api/users/${ada.id}/tokens`, { name: 'cli' });
      expect(answer.statusCode).toBe(201);
      const { id, token } = answer.json<{ id: string; token: string }>();
      expect(token).toMatch(/^cp_[\w-]{43}$/);
      const [row] = await server.sql<{ row: string }[]>`
        select t::text as row from api_tokens t where id = ${id}`;
      expect(row!.row).not.toContain(token);
    }
  });

  test('nobody makes or withdraws the token of another', async () => {
    const made = await server.admin.call('POST', `/api/users/${ada.id}/tokens`, { name: 'mine' });
    const { id } = made.json<{ id: string }>();
    const eve = await server.person('Eve');
    const make = await eve.call('POST', `/api/users/${ada.id}/tokens`, { name: 'stolen' });
    expectProblem(make, 403, 'forbidden');
    expectProblem(await eve.call('DELETE', `/api/users/${ada.id}/tokens/${id}`), 403, 'forbidden');
    // Not under her own name either.
    const own = await eve.call('DELETE', `/api/users/${eve.id}/tokens/${id}`);
    expectProblem(own, 404, 'no_such_token');
  });

  test('a list shows expiry and last use, and no token', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    await server.admin.call('POST', `/api/users/${ada.id}/tokens`, { name: 'dated', expiresAt });
    const answer = await ada.call('GET', `/api/users/${ada.id}/tokens`);
    const { items } = answer.json<{ items: { name: string }[] }>();
    expect(items[0]).toMatchObject({ name: 'dated', expiresAt, lastUsedAt: null });
    expect(items.find(({ name }) => name === 'test')).toMatchObject({
      expiresAt: null,
      readOnly: false,
      lastUsedAt: expect.stringMatching(/Z$/) as string,
      lastUsedFor: 'GET /api/users/:id/tokens',
      lastUsedFrom: '127.0.0.1',
    });
    expect(answer.body).not.toContain(ada.token);
  });

  test('a withdrawn token signs nobody in', async () => {
    const { id, token } = (
      await server.admin.call('POST', `/api/users/${ada.id}/tokens`, { name: 'brief' })
    ).json<{ id: string; token: string }>();
    const headers = { authorization: `Bearer ${token}` };
    expect((await server.app.inject({ url: '/api/me', headers })).statusCode).toBe(200);
    const gone = await ada.call('DELETE', `/api/users/${ada.id}/tokens/${id}`);
    expect([gone.statusCode, gone.body]).toEqual([204, '']);
    expectProblem(await server.app.inject({ url: '/api/me', headers }), 401, 'not_signed_in');
    const again = await ada.call('DELETE', `/api/users/${ada.id}/tokens/${id}`);
    expectProblem(again, 404, 'no_such_token');
  });

  test('wrong input', async () => {
    const url = `/api/users/${ada.id}/tokens`;
    for (const body of [
      {},
      { name: '' },
      { name: 7 },
      { name: 'a', expiresAt: 'tomorrow' },
      { name: 'a', expiresAt: '2001-01-01T00:00:00Z' },
    ]) {
      expectProblem(await ada.call('POST', url, body), 400, 'validation');
    }
    const none = await server.admin.call('POST', `/api/users/${nobody}/tokens`, { name: 'a' });
    expectProblem(none, 404, 'no_such_user');
    expectProblem(await ada.call('POST', '/api/users/me/tokens', { name: 'a' }), 400, 'validation');
  });

  test('P3: tokens never get into the log', async () => {
    await server.app.inject({
      url: `/api/me?token=${ada.token}&x=1`,
      headers: { authorization: `Bearer ${ada.token}`, cookie: `token=${ada.token}` },
    });
    await server.app.inject({ url: `/api/pieces?%74oken=${ada.token}` });
    await server.app.inject({ url: `/nowhere?a=1&token=${ada.token}` });
    expect(server.logged()).toContain('token=[redacted]');
    expect(server.logged()).not.toContain(ada.token);
    expect(server.logged()).not.toContain(adminToken);
  });
});

describe('the admin of the configuration', () => {
  test('is made once, promoted where a member, and a changed token replaces the old', async () => {
    const admin = { email: 'Ops@example.org', token: 'first-token-of-at-least-32-characters' };
    const id = await ensureAdmin(server.sql, admin);
    expect(await ensureAdmin(server.sql, admin)).toBe(id);
    const authenticate = createAuthenticate(server.sql);
    expect(await authenticate(admin.token)).toMatchObject({ user: { id, role: 'admin' } });

    const token = 'second-token-of-at-least-32-characters';
    await server.sql`update users set role = 'member' where id = ${id}`;
    expect(await ensureAdmin(server.sql, { email: 'ops@example.org', token })).toBe(id);
    expect(await authenticate(token)).toMatchObject({ user: { id, role: 'admin' } });
    expect(await authenticate(admin.token)).toBe('withdrawn');
    const taken = ensureAdmin(server.sql, { email: 'other@example.org', token });
    await expect(taken).rejects.toThrow('another user');
  });

  test('the first admin is made only where there is nobody', async () => {
    expect(await makeFirstAdmin(server.sql, 1_000)).toBeNull();
  });
});
