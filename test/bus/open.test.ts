import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBus, type ServerBus } from '../../server/bus/open.ts';
import { databaseIdentity } from '../../server/bus/identity.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/db/connect.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { hasRedis, ifRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { recordingLog, silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { bytesOf, collect } from './suites/medium.ts';

/** Meant past a pooler, which loses LISTEN (pooler.test.ts). */
let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase({ empty: true });
});
afterAll(() => database.drop());

const open = (more: { redisUrl?: string; embedded?: boolean; namespace?: string }): ServerBus =>
  openBus({
    ...{ redisUrl: null, databaseUrl: database.directUrl, embedded: false, namespace: '' },
    ...{ log: silentLog, ...more },
  });
const ways = (bus: ServerBus) => bus.stats().map(({ way }) => way);

async function meet(buses: readonly [ServerBus, ServerBus]): Promise<void> {
  await until('all ways are live', () =>
    buses.every((bus) => bus.stats().every(({ stats }) => stats.live)),
  );
  const inbox = collect(buses[1], 'a');
  expect(await inbox.ready).toBe(true);
  buses[0].publish('a', bytesOf('hello'));
  await until('it has come', () => inbox.got.length === 1);
  expect(inbox.got[0]!.from).toBe(buses[0].serverId);
  const [sent, came] = buses.map((bus) => bus.stats().map(({ stats }) => stats));
  expect(sent!.reduce((sum, { published }) => sum + published, 0)).toBeGreaterThan(0);
  expect(came!.reduce((sum, { received }) => sum + received, 0)).toBeGreaterThan(0);
  for (const stats of came!) {
    expect(stats).toMatchObject({ channels: 1, gaps: 1, dropped: 0 });
    expect(stats.echoMs).toBeGreaterThan(0);
  }
  await Promise.all(buses.map((bus) => bus.close()));
}

test('C3 a server with an embedded database is alone, and opens no connection for it', async () => {
  const bus = open({ embedded: true });
  expect(ways(bus)).toEqual(['in-process']);
  expect([bus.live, bus.redisLive]).toEqual([true, null]);
  expect(await collect(bus, 'a').ready).toBe(true);
  bus.publish('a', bytesOf('to nobody'));
  await bus.close();
});

test('C3 without Redis servers on one database meet there', async () => {
  const buses = [open({}), open({})] as const;
  expect(buses.map(ways)).toEqual([['postgres'], ['postgres']]);
  expect(buses[0].redisLive).toBe(null);
  await meet(buses);
});

test('C3 Redis that is away at the start is no reason not to start: servers meet in Postgres', async () => {
  const log = recordingLog();
  const shared = { databaseUrl: database.directUrl, embedded: false, namespace: '', log };
  const away = () => openBus({ ...shared, redisUrl: 'redis://127.0.0.1:1' });
  const buses = [away(), away()] as const;
  expect(buses.map(ways)).toEqual([
    ['redis', 'postgres'],
    ['redis', 'postgres'],
  ]);
  await until('both are live', () => buses.every(({ live }) => live));
  const inbox = collect(buses[1], 'a');
  expect(await inbox.ready).toBe(true);
  buses[0].publish('a', bytesOf('hello'));
  await until('it has come', () => inbox.got.length === 1);
  expect(buses[0].redisLive).toBe(false);
  const told = log.lines.filter(({ level }) => level !== 'debug').map(({ message }) => message);
  const line = 'Redis at 127.0.0.1:1 cannot be used; trying until it can';
  expect(told).toEqual([line, line]);
  await Promise.all(buses.map((bus) => bus.close()));
});

describe.skipIf(!hasRedis)(`with Redis${ifRedis}`, () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.remove());

  test('C3 with Redis servers meet in both', async () => {
    const changes: boolean[] = [];
    const buses = [open({ redisUrl: redis.url }), open({ redisUrl: redis.url })] as const;
    buses[0].onRedisChange((live) => changes.push(live));
    expect(ways(buses[0])).toEqual(['redis', 'postgres']);
    await meet(buses);
    expect(changes[0]).toBe(true);
  });
});

test('a database is told from every other, and is the same to all who ask', async () => {
  const other = await createDatabase({ empty: true });
  const pools = [database.url, database.url, other.url].map((url) =>
    connect(url, { log: silentLog, name: 'identity' }),
  );
  const [one, again, another] = await Promise.all(pools.map((sql) => databaseIdentity(sql)));
  expect(one).toMatch(/^\d+\/\d+$/);
  expect(again).toBe(one);
  expect(another).not.toBe(one);
  await Promise.all(pools.map((sql) => sql.end()));
  await other.drop();
});

describe('REDIS_URL', () => {
  const read = (REDIS_URL: string) => readConfig({ REDIS_URL });

  test.each(['redis://cache', 'rediss://user:p%40ss@cache.example:6380/2', 'redis://[::1]:7000'])(
    '%s is taken',
    (url) => {
      expect(read(url)).toMatchObject({ ok: true, config: { redisUrl: url } });
    },
  );
  test.each(['cache:6379', 'http://cache', 'unix:///run/redis.sock', 'redis//cache', 'rediss'])(
    '%s ends the start with one line',
    (url) => {
      expect(read(url)).toEqual({
        ok: false,
        problems: ['REDIS_URL: must be a redis:// or rediss:// URL'],
      });
    },
  );
  test('none and an empty one are none', () => {
    for (const env of [{}, { REDIS_URL: '' }]) {
      expect(readConfig(env)).toMatchObject({ ok: true, config: { redisUrl: null } });
    }
  });
});
