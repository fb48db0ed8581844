import { v4 as uuid } from 'uuid';
import { afterAll, beforeAll, describe } from 'vitest';
import { mostMessageBytes } from '../../server/bus/bus.ts';
import { numberBytes, withFallback, type FallbackBus } from '../../server/bus/failover.ts';
import { createPostgresBus } from '../../server/bus/postgres/postgres.ts';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { hasRedis, ifRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { silentLog } from '../support/silent-log.ts';
import { rounds } from '../support/test-length.ts';
import { contract } from './suites/contract.ts';

describe.skipIf(!hasRedis)(`Redis, and Postgres where it is away${ifRedis}`, () => {
  let redis: TestRedis;
  /** Meant past a pooler, which loses LISTEN (pooler.test.ts). */
  let database: TestDatabase;
  beforeAll(async () => {
    redis = await startRedis();
    database = await createDatabase({ empty: true });
  });
  afterAll(async () => {
    await redis.remove();
    await database.drop();
  });

  contract('a bus over both', () => ({
    join(namespace = '') {
      const mostBytes = mostMessageBytes + numberBytes;
      const options = { log: silentLog, namespace, mostBytes, serverId: uuid() };
      const [first, second] = [
        createRedisBus(redis.url, options),
        createPostgresBus(database.directUrl, options),
      ];
      return withFallback(first, second, { log: silentLog });
    },
    up(bus) {
      const both = bus as FallbackBus;
      return both.publishesOn === 'first' && both.stats().second.live;
    },
    connections: () => redis.connections(),
    runs: rounds(5),
  }));
});
