import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../server/config.ts';
import { originAllowed } from '../../../server/http/origins/origins.ts';
import { testConfig } from './support.ts';

describe('configuration', () => {
  test('nothing has to be set', () => {
    expect(testConfig()).toMatchObject({
      ...{ host: '127.0.0.1', port: 3000, publicUrl: null, databaseUrl: null, dataDir: './data' },
      ...{ admin: null, allowedOrigins: [], trustProxy: false, logLevel: 'info' },
      limits: { maxImportBytes: 2 * 1024 * 1024, shutdownMs: 10_000 },
    });
  });

  test('an empty variable counts as not set', () => {
    expect(testConfig({ PORT: '', DATABASE_URL: ' ' })).toEqual(testConfig());
  });

  test('every bad variable gets one line that names it', () => {
    const result = readConfig({
      ...{ PORT: '70000', MAX_FRAME_BYTES: '0', LOG_LEVEL: 'loud', PUBLIC_URL: 'here' },
      ...{ DATABASE_URL: 'mysql://a/b', ADMIN_EMAIL: 'nobody', ALLOWED_ORIGINS: 'https://a/path' },
      ...{ TRUST_PROXY: '2', IDLE_UNLOAD_MS: 'soon' },
    });
    if (result.ok) throw new Error('accepted');
    expect(result.problems.map((line) => line.split(':')[0]).sort()).toEqual([
      ...['ADMIN_EMAIL', 'ADMIN_TOKEN', 'ALLOWED_ORIGINS', 'DATABASE_URL', 'IDLE_UNLOAD_MS'],
      ...['LOG_LEVEL', 'MAX_FRAME_BYTES', 'PORT', 'PUBLIC_URL', 'TRUST_PROXY'],
    ]);
    for (const line of result.problems) expect(line).not.toContain('\n');
  });

  test('an admin has both an address and a token, and the token is long', () => {
    const token = 'x'.repeat(32);
    expect(testConfig({ ADMIN_EMAIL: 'admin@localhost', ADMIN_TOKEN: token }).admin).toEqual({
      email: 'admin@localhost',
      token,
    });
    for (const env of [
      { ADMIN_EMAIL: 'a@b' },
      { ADMIN_TOKEN: token },
      { ADMIN_EMAIL: 'a@b', ADMIN_TOKEN: 'short' },
    ]) {
      const result = readConfig(env);
      expect(result.ok).toBe(false);
      // A secret that is wrong is still a secret.
      expect(JSON.stringify(result)).not.toContain('short');
    }
  });

  test.each([
    ['https://news.example', true],
    ['https://news.example/', true],
    ['https://News.example:443/', true],
    ['http://127.0.0.1:8080', true],
    ['https://news.example/counterpoint', false],
    ['https://news.example/counterpoint/', false],
    ['https://news.example/?a=b', false],
    ['https://news.example/#a', false],
  ])('PUBLIC_URL %s: a path below a host is refused in one line', (url, isRight) => {
    const result = readConfig({ PUBLIC_URL: url });
    expect(result.ok).toBe(isRight);
    if (!result.ok) {
      expect(result.problems).toEqual([
        expect.stringMatching(/^PUBLIC_URL: must have no path: give/),
      ]);
    }
  });

  test('lists, and what is trusted', () => {
    const config = testConfig({
      ALLOWED_ORIGINS: ' https://a.example/ ,http://b.example:8080, ',
      PUBLIC_URL: 'https://news.example/',
      TRUST_PROXY: 'loopback, 10.0.0.0/8, fd00::/8',
    });
    expect(config.publicUrl).toBe('https://news.example');
    expect(config.allowedOrigins).toEqual([
      ...['https://a.example', 'http://b.example:8080', 'https://news.example'],
    ]);
    expect(config.trustProxy).toBe('loopback, 10.0.0.0/8, fd00::/8');
    expect(testConfig({ TRUST_PROXY: 'true' }).trustProxy).toBe(true);
  });

  test.each(['2', '999.1.1.1', '10.0.0.0/33', '10.0.0.0/8/8', 'loop', '10.0.0.1,'])(
    'TRUST_PROXY=%s is not accepted',
    (value) => {
      expect(readConfig({ TRUST_PROXY: value })).toEqual({
        ok: false,
        problems: [expect.stringMatching(/^TRUST_PROXY: /)],
      });
    },
  );
});

describe('P3: pages that may open sockets', () => {
  const allowed = ['https://a.example'];
  test.each([
    [undefined, 'news.example', true],
    ['https://a.example', 'news.example', true],
    ['http://localhost:3000', 'localhost:3000', true],
    ['http://LOCALHOST:3000', 'localhost:3000', true],
    ['http://localhost:3001', 'localhost:3000', false],
    ['https://evil.example', 'news.example', false],
    ['https://a.example.evil.example', 'news.example', false],
    ['null', 'news.example', false],
    ['', undefined, false],
  ])('origin %s on host %s: %s', (origin, host, answer) => {
    expect(originAllowed(origin, host, allowed)).toBe(answer);
  });
});

test('OpenID Connect is configured by its three variables together, or not at all', () => {
  const all = {
    OIDC_ISSUER: 'https://login.example',
    OIDC_CLIENT_ID: 'counterpoint',
    OIDC_CLIENT_SECRET: 'secret',
  };
  const whole = readConfig(all);
  expect(whole.ok && whole.config.oidc).toEqual({
    ...{ issuer: 'https://login.example', clientId: 'counterpoint', clientSecret: 'secret' },
  });
  const rest = { ...all, OIDC_CLIENT_SECRET: '' };
  const problems = [
    'OIDC_CLIENT_SECRET: OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET are set together or not at all',
  ];
  expect(readConfig(rest)).toEqual({ ok: false, problems });
});
