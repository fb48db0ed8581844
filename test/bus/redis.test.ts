import { afterAll, beforeAll, describe } from 'vitest';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { hasRedis, ifRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { silentLog } from '../support/silent-log.ts';
import { contract } from './suites/contract.ts';

describe.skipIf(!hasRedis)(`Redis${ifRedis}`, () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.remove());

  contract('a bus over Redis', () => ({
    join: (namespace = '') => createRedisBus(redis.url, { log: silentLog, namespace }),
    connections: () => redis.connections(),
    runs: 40,
  }));
});
