import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isThisMachine } from '../../../server/metrics/access.ts';
import { readConfig } from '../../../server/config.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { startTestServer, type TestServer } from '../http/support.ts';
import { parseMetrics, scrape } from './scrape.ts';

const token = 'a-metrics-token-of-at-least-32-characters';
type Headers = Record<string, string>;

/** What a proxy in front of the server adds, whatever it is. */
const forwarding: Headers[] = [
  { forwarded: 'for=192.0.2.1' },
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-forwarded-for': '' },
  { 'x-forwarded-proto': 'https' },
  { 'x-forwarded-host': 'localhost' },
  { 'x-real-ip': '127.0.0.1' },
  { 'x-client-ip': '127.0.0.1' },
  { 'true-client-ip': '::1' },
  { 'cf-connecting-ip': '127.0.0.1' },
  { via: '1.1 proxy' },
];

describe('without METRICS_TOKEN, for this machine alone', () => {
  const servers: Record<string, TestServer> = {};
  beforeAll(async () => {
    servers.none = await startTestServer();
    servers.beside = await startTestServer({ TRUST_PROXY: 'true' });
    servers.named = await startTestServer({ TRUST_PROXY: '10.0.0.0/8,127.0.0.1' });
  });
  afterAll(async () => {
    for (const server of Object.values(servers)) await server.close();
  });

  const ask = (server: TestServer, remoteAddress: string, headers: Headers = {}) =>
    server.app.inject({ url: '/metrics', remoteAddress, headers });

  for (const trust of ['none', 'beside', 'named']) {
    test(`it is answered by any of its addresses and names (TRUST_PROXY: ${trust})`, async () => {
      for (const peer of ['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1']) {
        for (const host of ['localhost:3000', 'localhost', '127.0.0.1:3000', '[::1]:3000']) {
          const answer = await ask(servers[trust]!, peer, { host });
          expect({ peer, host, status: answer.statusCode }).toMatchObject({ status: 200 });
          parseMetrics(answer.body);
        }
      }
    });

    test(`nobody else is, whatever their headers say (TRUST_PROXY: ${trust})`, async () => {
      const all = [{}, ...forwarding, { authorization: `Bearer ${token}` }];
      for (const peer of ['10.0.0.7', '192.0.2.1', 'fd00::1', '2001:db8::1', '::ffff:10.0.0.7']) {
        for (const headers of all) {
          const answer = await ask(servers[trust]!, peer, headers);
          expect({ peer, headers, status: answer.statusCode }).toMatchObject({ status: 403 });
        }
      }
    });

    test(`nobody by a proxy on this machine is (TRUST_PROXY: ${trust})`, async () => {
      for (const headers of [...forwarding, { host: 'news.example' }, { host: '192.0.2.1' }]) {
        const answer = await ask(servers[trust]!, '127.0.0.1', headers);
        expect({ headers, ...answer.json<object>() }).toMatchObject({ code: 'forbidden' });
      }
    });
  }

  test('a request without a peer or a name is of nobody', () => {
    const asked = (remoteAddress: string | undefined, headers: Headers) =>
      isThisMachine({ socket: { remoteAddress }, headers } as Parameters<typeof isThisMachine>[0]);
    expect(asked('127.0.0.1', { host: 'localhost' })).toBe(true);
    expect(asked(undefined, { host: 'localhost' })).toBe(false);
    for (const host of ['', 'localhost.example', 'a b', '127.0.0.1.example', '[::2]']) {
      expect({ host, is: asked('127.0.0.1', { host }) }).toEqual({ host, is: false });
    }
    expect(asked('127.0.0.1', {})).toBe(false);
  });
});

describe('with METRICS_TOKEN', () => {
  let server: TestRunningServer;
  beforeAll(async () => {
    server = await startRunningServer({
      METRICS_TOKEN: token,
      MAX_TRIES: '3',
      TRUST_PROXY: 'true',
    });
  });
  afterAll(() => server.stop());

  const ask = (headers: Headers) => fetch(`${server.url}/metrics`, { headers });
  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('whoever sends it is answered, by a proxy too', async () => {
    for (const headers of [{}, from('192.0.2.1'), { 'x-real-ip': '192.0.2.1' }] as Headers[]) {
      await scrape(server, { ...headers, authorization: `Bearer ${token}` });
      await scrape(server, { ...headers, authorization: `bearer ${token}` });
    }
  });

  test('nobody else is, this machine included', async () => {
    const wrong = ['', token, 'Basic abc', `Bearer`, `Token ${token}`];
    for (const authorization of wrong) {
      const answer = await ask({ authorization });
      expect({ authorization, status: answer.status }).toMatchObject({ status: 401 });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await answer.json()).toMatchObject({ code: 'not_signed_in' });
    }
    expect((await ask({})).status).toBe(401);
    expect((await ask({ cookie: `token=${token}` })).status).toBe(401);
    expect((await fetch(`${server.url}/metrics?token=${token}`)).status).toBe(401);
  });

  test('P3 a wrong one is a failed try of its address, and the right one gets in still', async () => {
    const near = [`${token}x`, token.slice(1), token.toUpperCase()];
    for (const wrong of near) {
      const answer = await ask({ ...from('192.0.2.9'), authorization: `Bearer ${wrong}` });
      expect(answer.status).toBe(401);
    }
    const more = await ask({ ...from('192.0.2.9'), authorization: 'Bearer another' });
    expect(more.status).toBe(429);
    expect(Number(more.headers.get('retry-after'))).toBeGreaterThan(0);
    const elsewhere = await ask({ ...from('192.0.2.10'), authorization: 'Bearer another' });
    expect(elsewhere.status).toBe(401);
    const { of } = await scrape(server, {
      ...from('192.0.2.9'),
      authorization: `Bearer ${token}`,
    });
    expect(of('counterpoint_too_many_requests_total', { kind: 'too_many_tries' })).toBe(1);
  });

  test('P3 an API token is none, and METRICS_TOKEN signs nobody in', async () => {
    const admin = await ask({ authorization: 'Bearer test-admin-token-0123456789-0123456789' });
    expect(admin.status).toBe(401);
    const me = await fetch(`${server.url}/api/me`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(me.status).toBe(401);
  });
});

test('a bad METRICS_TOKEN is one line, without the secret', () => {
  const adminToken = 'an-admin-token-of-at-least-32-characters';
  for (const bad of [
    'short',
    ' '.repeat(40) + 'x',
    `${token} ${token}`,
    'ü'.repeat(40),
    adminToken,
  ]) {
    const read = readConfig({
      ...{ METRICS_TOKEN: bad, ADMIN_EMAIL: 'a@b', ADMIN_TOKEN: adminToken },
    });
    if (read.ok) throw new Error(`accepted: ${bad}`);
    expect(read.problems).toEqual([expect.stringMatching(/^METRICS_TOKEN: must [^\n]*$/)]);
    expect(read.problems.join()).not.toContain(bad);
  }
});
