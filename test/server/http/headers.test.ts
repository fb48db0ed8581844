import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './support.ts';

let plain: TestServer;
let https: TestServer;

beforeAll(async () => {
  plain = await startTestServer();
  https = await startTestServer({ PUBLIC_URL: 'https://news.example' });
});
afterAll(async () => {
  await plain.close();
  await https.close();
});

const headersOf = async (server: TestServer, url: string) =>
  (await server.app.inject({ url })).headers;

test('P3 scripts come from here alone, nobody frames a page, and no address leaks', async () => {
  for (const url of ['/healthz', '/api/me', '/docs', '/nowhere']) {
    const headers = await headersOf(plain, url);
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'self'",
      "script-src 'self'",
      "script-src-attr 'none'",
      "object-src 'none'",
      "base-uri 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy.split(';'), url).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https:|\*/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  }
});

test('P3 over https browsers are told to stay there; over http they are left alone', async () => {
  const secure = await headersOf(https, '/healthz');
  expect(secure['strict-transport-security']).toMatch(/^max-age=\d{8}/);
  expect(secure['content-security-policy']).toContain('upgrade-insecure-requests');
  const open = await headersOf(plain, '/healthz');
  expect(open['strict-transport-security']).toBeUndefined();
  expect(open['content-security-policy']).not.toContain('upgrade-insecure-requests');
});
