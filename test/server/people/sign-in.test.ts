import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeFirstAdmin } from '../../../server/people/ensure-admin.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { inviteFor, openBrowser } from './browser.ts';

let server: TestServer;
let ada: Person;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(() => server.close());

const password = 'correct horse battery staple';

describe('P3 invite links', () => {
  test('a link signs in once, sets a password, and is nowhere stored in the clear', async () => {
    const answer = await server.admin.call('POST', `/api/users/${ada.id}/invite`);
    expect(answer.statusCode).toBe(201);
    const { url, expiresAt } = answer.json<{ url: string; expiresAt: string }>();
    expect(url).toMatch(/^http:\/\/[^/]+\/invite#[\w-]{43}$/);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    const invite = new URL(url).hash.slice(1);
    const [row] = await server.sql<{ row: string }[]>`select i::text as row from invites i`;
    expect(row!.row).not.toContain(invite);

    const browser = openBrowser(server);
    const signedIn = await browser.call('POST', '/api/session', { invite, password });
    expect(signedIn.statusCode).toBe(200);
    expect(signedIn.json()).toMatchObject({ id: ada.id, name: 'Ada' });
    expect((await browser.call('GET', '/api/me')).json()).toMatchObject({ id: ada.id });
    const again = await openBrowser(server).call('POST', '/api/session', { invite });
    expectProblem(again, 401, 'invite_invalid');
  });

  test('of two who come at once with one link, one gets in', async () => {
    const invite = await inviteFor(server, ada.id);
    const answers = await Promise.all(
      [1, 2, 3].map(() => openBrowser(server).call('POST', '/api/session', { invite })),
    );
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 401, 401]);
  });

  test('a new link voids the old, and a link ends by itself', async () => {
    const old = await inviteFor(server, ada.id);
    const late = await inviteFor(server, ada.id);
    const use = (invite: string) => openBrowser(server).call('POST', '/api/session', { invite });
    expectProblem(await use(old), 401, 'invite_invalid');
    await server.sql`update invites set expires_at = now() - interval '1 s'`;
    expectProblem(await use(late), 401, 'invite_invalid');
  });

  test('only an admin invites, and only who exists', async () => {
    expectProblem(await ada.call('POST', `/api/users/${ada.id}/invite`), 403, 'forbidden');
    const nobody = '/api/users/01900000-0000-7000-8000-000000000000/invite';
    expectProblem(await server.admin.call('POST', nobody), 404, 'no_such_user');
  });
});

describe('P3 passwords', () => {
  test('email, in any case of letters, and password sign in', async () => {
    const body = { email: ' ADA@example.org ', password };
    const answer = await openBrowser(server).call('POST', '/api/session', body);
    expect(answer.json()).toMatchObject({ id: ada.id });
    const [row] = await server.sql<{ hash: string }[]>`
      select password_hash as hash from users where id = ${ada.id}`;
    expect(row!.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('who has no account is told the same as who is wrong', async () => {
    const eve = await server.person('Eve');
    expect(eve.id).toBeTruthy();
    const bodies = new Set<string>();
    const emails = ['ada@example.org', 'nobody@example.org', 'eve@example.org'];
    for (const [i, email] of emails.entries()) {
      const browser = openBrowser(server, `10.1.${i}.1`);
      const answer = await browser.call('POST', '/api/session', { email, password: 'wrong' });
      expectProblem(answer, 401, 'wrong_credentials');
      bodies.add(JSON.stringify({ ...answer.json<object>(), instance: null }));
    }
    expect(bodies.size).toBe(1);
  });

  test('changing it takes the present one, and ends all other sessions', async () => {
    const [here, there] = [openBrowser(server), openBrowser(server)];
    for (const browser of [here, there]) {
      await browser.call('POST', '/api/session', { email: 'ada@example.org', password });
    }
    const put = (body: object) => here.call('PUT', '/api/me/password', body);
    const next = 'another good password';
    expectProblem(await put({ password: next }), 401, 'wrong_credentials');
    expectProblem(await put({ password: next, current: 'no' }), 401, 'wrong_credentials');
    expectProblem(await put({ password: 'short', current: password }), 400, 'validation');
    expect((await put({ password: next, current: password })).statusCode).toBe(204);
    expect((await here.call('GET', '/api/me')).statusCode).toBe(200);
    expectProblem(await there.call('GET', '/api/me'), 401, 'not_signed_in');
    const old = { email: 'ada@example.org', password };
    expectProblem(await there.call('POST', '/api/session', old), 401, 'wrong_credentials');
    await put({ password, current: next });
  });
});

describe('P3 sessions', () => {
  const signIn = async (browser = openBrowser(server)) => {
    await browser.call('POST', '/api/session', { email: 'ada@example.org', password });
    return browser;
  };

  test('the cookie is out of reach of scripts and of other sites, and stored hashed', async () => {
    const browser = openBrowser(server);
    const body = { email: 'ada@example.org', password };
    const answer = await browser.call('POST', '/api/session', body);
    expect(answer.headers['set-cookie']).toMatch(
      /^counterpoint=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const rows = await server.sql<{ row: string }[]>`select s::text as row from sessions s`;
    const secret = browser.cookies.get('counterpoint')!;
    for (const { row } of rows) expect(row).not.toContain(secret);
  });

  test('over https it is Secure, and its name keeps other hosts from setting it', async () => {
    const https = await startTestServer({ PUBLIC_URL: 'https://counterpoint.example' });
    try {
      const person = await https.person('Bo');
      const made = await https.admin.call('POST', `/api/users/${person.id}/invite`);
      const { url } = made.json<{ url: string }>();
      expect(url).toMatch(/^https:\/\/counterpoint\.example\/invite#/);
      const browser = openBrowser(https);
      const headers = { origin: 'https://counterpoint.example' };
      const invite = new URL(url).hash.slice(1);
      const answer = await browser.call('POST', '/api/session', { invite }, headers);
      expect(answer.headers['set-cookie']).toMatch(
        /^__Host-counterpoint=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      expect((await browser.call('GET', '/api/me')).statusCode).toBe(200);
    } finally {
      await https.close();
    }
  });

  test('a session slides while it is used, and ends when it is not', async () => {
    const browser = await signIn();
    await server.sql`update sessions set expires_at = now() + interval '10 days'`;
    expect((await browser.call('GET', '/api/me')).statusCode).toBe(200);
    const [row] = await server.sql<{ days: number }[]>`
      select max(extract(epoch from expires_at - now()) / 86400)::float as days from sessions`;
    expect(row!.days).toBeGreaterThan(29);
    await server.sql`update sessions set expires_at = now() - interval '1 s'`;
    expectProblem(await browser.call('GET', '/api/me'), 401, 'not_signed_in');
    expect(browser.cookies.size).toBe(0);
  });

  test('signing out ends this one, signing out everywhere all of them', async () => {
    const [a, b, c] = [await signIn(), await signIn(), await signIn()];
    const kept = new Map(a.cookies);
    const out = await a.call('DELETE', '/api/session');
    expect([out.statusCode, a.cookies.size]).toEqual([204, 0]);
    for (const [name, value] of kept) a.cookies.set(name, value);
    expectProblem(await a.call('GET', '/api/me'), 401, 'not_signed_in');
    expect((await b.call('GET', '/api/me')).statusCode).toBe(200);
    expect((await b.call('DELETE', `/api/users/${ada.id}/sessions`)).statusCode).toBe(204);
    for (const browser of [b, c]) {
      expectProblem(await browser.call('GET', '/api/me'), 401, 'not_signed_in');
    }
    expect((await a.call('DELETE', '/api/session')).statusCode).toBe(204);
    const other = await server.person('Other');
    const theirs = await other.call('DELETE', `/api/users/${ada.id}/sessions`);
    expectProblem(theirs, 403, 'forbidden');
    const admins = await server.admin.call('DELETE', `/api/users/${ada.id}/sessions`);
    expect(admins.statusCode).toBe(204);
  });

  test('a page from elsewhere changes nothing with a cookie; a program with a token is free', async () => {
    const browser = await signIn();
    const elsewhere: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: '', 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of elsewhere) {
      if (headers.origin === '') delete headers.origin;
      for (const [method, url] of [
        ['POST', '/api/pieces'],
        ['DELETE', '/api/session'],
        ['POST', '/api/session'],
      ] as const) {
        const answer = await server.app.inject({
          method,
          url,
          headers: { cookie: `counterpoint=${browser.cookies.get('counterpoint')}`, ...headers },
          payload: {},
        });
        expectProblem(answer, 403, 'foreign_origin');
      }
    }
    expect((await browser.call('POST', '/api/pieces', {})).statusCode).toBe(201);
    const program = await server.app.inject({
      method: 'POST',
      url: '/api/pieces',
      headers: { authorization: `Bearer ${ada.token}`, origin: 'https://evil.example' },
      payload: {},
    });
    expect(program.statusCode).toBe(201);
  });
});

test('P3 no password, token, link or cookie is ever in the log', async () => {
  const browser = openBrowser(server);
  const invite = await inviteFor(server, ada.id);
  const secret = 'a very secret password';
  await browser.call('POST', '/api/session', { invite, password: secret });
  await browser.call('POST', '/api/session', { email: 'ada@example.org', password: secret });
  await browser.call('POST', '/api/session', { email: 'ada@example.org', password: [secret] });
  await browser.call('POST', '/api/session', { invite });
  await browser.call('GET', '/api/session/oidc/callback?code=c0de-c0de&state=st4te-st4te');
  const token = await browser.call('POST', `/api/users/${ada.id}/tokens`, { name: 'x' });
  await browser.call('PUT', '/api/me/password', { current: secret, password: `${secret} 2` });
  const logged = server.logged();
  expect(logged).toContain('/api/session');
  const secrets = [
    ...[invite, secret, 'c0de-c0de', 'st4te-st4te'],
    ...[token.json<{ token: string }>().token, browser.cookies.get('counterpoint')!],
  ];
  for (const one of secrets) expect(logged).not.toContain(one);
});

describe('the first admin', () => {
  test('gets one link, a new one while they have never got in, and none after', async () => {
    const empty = await startTestServer();
    try {
      await empty.sql`truncate users cascade`;
      const first = await makeFirstAdmin(empty.sql, 60_000);
      const second = await makeFirstAdmin(empty.sql, 60_000);
      expect(second!.userId).toBe(first!.userId);
      const use = (invite: string) => openBrowser(empty).call('POST', '/api/session', { invite });
      expectProblem(await use(first!.invite!.secret), 401, 'invite_invalid');
      expect((await use(second!.invite!.secret)).json()).toMatchObject({ role: 'admin' });
      expect(await makeFirstAdmin(empty.sql, 60_000)).toBeNull();
    } finally {
      await empty.close();
    }
  });
});
