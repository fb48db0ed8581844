import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redis } from '../../../server/doctor/redis.ts';
import { hasRedis, ifRedis, startRedis, type TestRedis } from '../../support/redis.ts';
import { freePort } from '../../support/free-port.ts';

test('where nothing listens, servers are said to go by Postgres alone, and what to see to', async () => {
  const found = await redis(`redis://127.0.0.1:${await freePort()}`);
  expect(found.level).toBe('warning');
  expect(found.line).toMatch(
    /^REDIS_URL is of no use \(Redis at 127\.0\.0\.1:\d+ .*Postgres alone/,
  );
  expect(found.line).not.toContain('\n');
});

describe.runIf(hasRedis)(`a Redis that runs${ifRedis}`, () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  test('is fine where it hands messages on', async () => {
    expect((await redis(server.url)).level).toBe('ok');
  });

  test('is of no use to a user who may not subscribe', async () => {
    await server.command('ACL', 'SETUSER', 'deaf', 'on', '>secret', '~*', '+@all', 'resetchannels');
    const url = new URL(server.url);
    [url.username, url.password] = ['deaf', 'secret'];
    expect((await redis(url.href)).level).toBe('warning');
  });

  test('is of no use while it stands still', async () => {
    server.pause();
    expect((await redis(server.url)).level).toBe('warning');
    server.resume();
  });
});
