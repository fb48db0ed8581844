import { afterAll, beforeAll, describe } from 'vitest';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { hasRedis, ifRedis, startRedisCluster, type TestRedisCluster } from '../support/redis.ts';
import { silentLog } from '../support/silent-log.ts';
import { contract } from './suites/contract.ts';

describe.skipIf(!hasRedis)(`a Redis cluster${ifRedis}`, () => {
  let cluster: TestRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.remove());

  contract('a bus over a Redis cluster', () => ({
    join: (namespace = '') => createRedisBus(cluster.nodes[0]!.url, { log: silentLog, namespace }),
    async connections() {
      const counts = await Promise.all(cluster.nodes.map((node) => node.connections()));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    runs: 20,
  }));
});
