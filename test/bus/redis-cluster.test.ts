import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCluster } from '../../server/bus/redis/cluster.ts';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { readRedisUrl } from '../../server/bus/redis/wire.ts';
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

  test('C2 a beat that is on its way while the last channel of a node is left is no loss', async () => {
    const address = readRedisUrl(cluster.nodes[0]!.url);
    const reasons: string[] = [];
    const lost = ({ message }: Error) => void reasons.push(message);
    const wire = openCluster(address, [address], () => undefined, lost);
    await wire.opened;
    for (let round = 0; round < 60; round += 1) {
      const channel = `round ${round}`;
      await wire.subscribe([channel]);
      wire.unsubscribe(channel);
      for (let turn = 0; turn < round % 20; turn += 1) await new Promise(setImmediate);
      await wire.ping();
    }
    wire.destroy();
    expect(reasons).toEqual([]);
  });
});
