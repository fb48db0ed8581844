import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { openBrowser, type Browser } from './browser.ts';
import { client, startIssuer, type TestIssuer } from './oidc-issuer.ts';

const home = 'http://counterpoint.example';
const codeSeconds = 2;
let issuer: TestIssuer;
let server: TestServer;
let ada: Person;
let address = 0;

beforeAll(async () => {
  const accounts = {
    'issuer-ada': { email: 'Ada@Example.org', email_verified: true },
    'issuer-liar': { email: 'bo@example.org', email_verified: false },
    'issuer-second-ada': { email: 'ada@example.org', email_verified: true },
    'issuer-stranger': { email: 'stranger@example.org', email_verified: true },
    'issuer-nameless': {},
  };
  const callback = `${home}/api/session/oidc/callback`;
  issuer = await startIssuer(callback, accounts, { codeSeconds });
  server = await startTestServer({
    PUBLIC_URL: home,
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: client.id,
    OIDC_CLIENT_SECRET: client.secret,
  });
  ada = await server.person('Ada');
  await server.person('Bo');
});
afterAll(async () => {
  await server.close();
  await issuer.close();
});

/** Begins a sign-in in a browser of its own; gives the address that the issuer sends it back to. */
async function begin(account: string): Promise<{ browser: Browser; back: URL }> {
  const browser = openBrowser(server, `10.2.0.${++address}`);
  const there = await browser.call('GET', '/api/session/oidc');
  expect(there.statusCode).toBe(302);
  issuer.account = account;
  return { browser, back: new URL(await issuer.visit(there.headers.location!)) };
}

const come = (browser: Browser, back: URL) => browser.call('GET', `${back.pathname}${back.search}`);

async function expectNobody(browser: Browser, back: URL, code = 'oidc_failed'): Promise<void> {
  const answer = await come(browser, back);
  expect([answer.statusCode, answer.headers.location]).toEqual([302, `${home}/?signIn=${code}`]);
  expect([...browser.cookies.keys()]).toEqual([]);
}

describe('P3 sign-in at an OpenID Connect issuer', () => {
  test('a verified address signs in who has it, and the account stays theirs', async () => {
    const first = await begin('issuer-ada');
    const answer = await come(first.browser, first.back);
    expect([answer.statusCode, answer.headers.location]).toEqual([302, `${home}/`]);
    expect((await first.browser.call('GET', '/api/me')).json()).toMatchObject({ id: ada.id });
    await server.sql`update users set email = 'ada.married@example.org' where id = ${ada.id}`;
    const second = await begin('issuer-ada');
    await come(second.browser, second.back);
    expect((await second.browser.call('GET', '/api/me')).json()).toMatchObject({ id: ada.id });
    await server.sql`update users set email = 'ada@example.org' where id = ${ada.id}`;
  });

  test.each([
    ['an address that the issuer has not verified', 'issuer-liar'],
    ['nobody of ours: no one signs themself up', 'issuer-stranger'],
    ['a second account with the address of somebody who has one', 'issuer-second-ada'],
    ['no address at all', 'issuer-nameless'],
  ])('%s does not get in', async (_name, account) => {
    const { browser, back } = await begin(account);
    await expectNobody(browser, back, 'oidc_unknown');
  });

  test('a wrong state does not get in', async () => {
    const { browser, back } = await begin('issuer-ada');
    back.searchParams.set('state', 'made-up');
    await expectNobody(browser, back);
  });

  test('a wrong nonce does not get in', async () => {
    const { browser, back } = await begin('issuer-ada');
    respell(browser, { nonce: 'made-up' });
    await expectNobody(browser, back);
  });

  test('a wrong PKCE verifier does not get in', async () => {
    const { browser, back } = await begin('issuer-ada');
    respell(browser, { verifier: 'x'.repeat(43) });
    await expectNobody(browser, back);
  });

  test("another browser's answer does not get in: neither without a beginning nor with its own", async () => {
    const { back } = await begin('issuer-ada');
    await expectNobody(openBrowser(server, '10.2.1.1'), back);
    const { browser } = await begin('issuer-ada');
    await expectNobody(browser, back);
  });

  test('an expired code does not get in, nor one that was used', async () => {
    const used = await begin('issuer-ada');
    const cookies = new Map(used.browser.cookies);
    await come(used.browser, used.back);
    used.browser.cookies.clear();
    for (const [name, value] of cookies) used.browser.cookies.set(name, value);
    await expectNobody(used.browser, used.back);
    const { browser, back } = await begin('issuer-ada');
    // The issuer's clock goes by whole seconds; no event tells that its code has run out.
    await sleep(codeSeconds * 1_000 + 1_100);
    await expectNobody(browser, back);
  });

  test('the issuer refuses: nobody gets in', async () => {
    const { browser, back } = await begin('issuer-ada');
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    await expectNobody(browser, back);
  });

  test('nothing of it is in the log', async () => {
    const { browser, back } = await begin('issuer-ada');
    const code = back.searchParams.get('code')!;
    back.searchParams.set('state', 'made-up');
    await expectNobody(browser, back);
    expect(server.logged()).toContain('an OpenID Connect sign-in failed');
    expect(server.logged()).not.toContain(code);
    expect(server.logged()).not.toContain(client.secret);
  });
});

/** Changes what the browser keeps of its beginning. */
function respell(browser: Browser, change: object): void {
  const name = 'counterpoint-oidc';
  const read = Buffer.from(browser.cookies.get(name)!, 'base64url').toString();
  const kept = { ...(JSON.parse(read) as object), ...change };
  browser.cookies.set(name, Buffer.from(JSON.stringify(kept)).toString('base64url'));
}

test('without an issuer there is no such way, and the sign-in page can ask', async () => {
  const plain = await startTestServer();
  try {
    expectProblem(await plain.app.inject({ url: '/api/session/oidc' }), 404, 'not_found');
    const ways = (of: TestServer) => of.app.inject({ url: '/api/session/ways' });
    expect((await ways(plain)).json()).toEqual({ oidc: false });
    expect((await ways(server)).json()).toEqual({ oidc: true });
  } finally {
    await plain.close();
  }
});
