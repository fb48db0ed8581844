import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { hasRedis, ifRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { recordingLog, silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { faults } from './suites/faults.ts';

describe.skipIf(!hasRedis)(`Redis that fails${ifRedis}`, () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.remove());

  faults('a bus over a Redis that fails', () => ({
    ...redis,
    open: (port) => createRedisBus(`redis://127.0.0.1:${port}`, { log: silentLog, namespace: '' }),
    async disconnect() {
      const list = String(await redis.command('CLIENT', 'LIST'));
      for (const line of list.split('\n').filter((one) => one.includes('name=counterpoint'))) {
        await redis.command('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(line)![1]!);
      }
    },
  }));

  test('an operator reads one line when Redis is lost, and one when it is back, however long that takes', async () => {
    const log = recordingLog();
    const bus = createRedisBus(redis.url, { log, namespace: '' });
    const told = () =>
      log.lines.filter(({ level }) => level !== 'debug').map(({ message }) => message);
    await until('it is live', () => bus.live);
    expect(told()).toEqual([]);
    await redis.kill9();
    await until('several attempts have failed', () => log.lines.length > 4);
    expect(told()).toEqual([
      `Redis at 127.0.0.1:${redis.port} cannot be used; trying until it can`,
    ]);
    await redis.restart();
    await until('it is live', () => bus.live);
    expect(told()[1]).toBe(`Redis at 127.0.0.1:${redis.port} can be used again`);
    await bus.close();
  });
});
