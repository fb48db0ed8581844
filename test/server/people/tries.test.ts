import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Tries } from '../../../server/people/sign-in/tries.ts';
import { closeCodeOf, openRaw } from '../../support/raw-socket.ts';
import { startRunningServer } from '../../support/running-server.ts';
import { expectProblem, startTestServer, type Person, type TestServer } from '../http/support.ts';
import { inviteFor, openBrowser } from './browser.ts';

describe('P3 failed tries', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const refused = { code: 'too_many_tries' };

  test('ten a minute for one account from anywhere, and the account is free after a minute', async () => {
    const tries = new Tries(10);
    for (let i = 0; i < 10; i++) await tries.begin('sign-in', `10.0.0.${i}`, 'ada');
    const eleventh = tries.begin('sign-in', '10.0.0.99', 'ada');
    await expect(eleventh).rejects.toMatchObject({ ...refused, retryAfter: 60 });
    await vi.advanceTimersByTimeAsync(45_000);
    const later = tries.begin('sign-in', '10.0.0.99', 'ada');
    await expect(later).rejects.toMatchObject({ ...refused, retryAfter: 15 });
    await vi.advanceTimersByTimeAsync(15_100);
    await tries.begin('sign-in', '10.0.0.99', 'ada');
  });

  test('ten a minute from one address, whoever is tried; an IPv6 network counts as one', async () => {
    const tries = new Tries(10);
    for (let i = 0; i < 10; i++) await tries.begin('sign-in', `2001:db8:1:2::${i}`, `user${i}`);
    await expect(tries.begin('sign-in', '2001:db8:1:2:ffff::1', 'x')).rejects.toMatchObject(
      refused,
    );
    await tries.begin('sign-in', '2001:db8:1:3::1', 'x');
    await tries.begin('invite', '2001:db8:1:2::1', null);
  });

  test('tries that succeed do not count', async () => {
    const tries = new Tries(10);
    for (let i = 0; i < 50; i++) {
      await (await tries.begin('sign-in', '10.0.0.1', `user${i % 3}`)).succeeded();
    }
  });

  test('who has signed in from an address is not kept out of it by guesses from elsewhere', async () => {
    const tries = new Tries(10);
    await (await tries.begin('sign-in', '10.0.0.1', 'ada')).succeeded();
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 10; i++) await tries.begin('sign-in', `10.9.0.${i}`, 'ada');
      await (await tries.begin('sign-in', '10.0.0.1', 'ada')).succeeded();
      await vi.advanceTimersByTimeAsync(60_100);
    }
  });
});

describe('P3 over HTTP: the eleventh wrong try is 429, with Retry-After', () => {
  let server: TestServer;
  let ada: Person;
  beforeAll(async () => {
    server = await startTestServer({ TRUST_PROXY: 'loopback' });
    ada = await server.person('Ada');
  });
  afterAll(() => server.close());

  const cases: [string, (n: number) => ReturnType<Person['call']>][] = [
    [
      'sign-in from one address',
      (n) => openBrowser(server, '10.3.0.1').call('POST', '/api/session', wrong(`u${n}@x.org`)),
    ],
    [
      'sign-in to one account',
      (n) => openBrowser(server, `10.4.0.${n}`).call('POST', '/api/session', wrong('eve@x.org')),
    ],
    [
      'sign-in to one account, behind a proxy',
      (n) => {
        const headers = { 'x-forwarded-for': `10.4.1.${n}` };
        return openBrowser(server).call('POST', '/api/session', wrong('bo@x.org'), headers);
      },
    ],
    [
      'invite links',
      (n) => openBrowser(server, '10.5.0.1').call('POST', '/api/session', { invite: `guess${n}` }),
    ],
    [
      'API tokens',
      (n) => {
        const headers = { authorization: `Bearer cp_guess${n}` };
        return openBrowser(server, '10.6.0.1').call('GET', '/api/me', undefined, headers);
      },
    ],
  ];

  test.each(cases)('%s', async (_name, guess) => {
    for (let n = 0; n < 10; n++) expect((await guess(n)).statusCode).toBe(401);
    const answer = await guess(10);
    expectProblem(answer, 429, 'too_many_tries');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  test('a password that is changed is guessed no faster', async () => {
    const invite = await inviteFor(server, ada.id);
    const browser = openBrowser(server, '10.8.0.1');
    await browser.call('POST', '/api/session', { invite, password: 'the right password' });
    const guess = () =>
      browser.call('PUT', '/api/me/password', { current: 'wrong', password: 'a new password' });
    for (let n = 0; n < 10; n++) expect((await guess()).statusCode).toBe(401);
    expectProblem(await guess(), 429, 'too_many_tries');
  });

  test('a token that was good a moment ago goes on working where others are being guessed', async () => {
    const call = (token: string) =>
      openBrowser(server, '10.9.0.1').call('GET', '/api/me', undefined, {
        authorization: `Bearer ${token}`,
      });
    expect((await call(ada.token)).statusCode).toBe(200);
    for (let n = 0; n < 10; n++) await call(`cp_guess${n}`);
    expectProblem(await call('cp_guess'), 429, 'too_many_tries');
    expect((await call(ada.token)).statusCode).toBe(200);
  });
});

const wrong = (email: string) => ({ email, password: 'a wrong password' });

test('P3 over WebSocket: the eleventh wrong token is 429 before the handshake', async () => {
  const server = await startRunningServer();
  try {
    const piece = '01890000-0000-7000-8000-000000000000';
    for (let n = 0; n < 10; n++) {
      expect(await closeCodeOf(await openRaw(server, piece, `token=cp_guess${n}`))).toBe(4401);
    }
    const url = `${server.url.replace('http', 'ws')}/collab/${piece}?token=cp_guess`;
    const ws = new WebSocket(url);
    ws.on('error', () => undefined);
    const [, answer] = (await once(ws, 'unexpected-response')) as [
      unknown,
      { statusCode: number; headers: Record<string, string> },
    ];
    expect(answer.statusCode).toBe(429);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  } finally {
    await server.stop();
  }
});
