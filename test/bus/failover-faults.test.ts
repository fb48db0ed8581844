import { v4 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mostMessageBytes } from '../../server/bus/bus.ts';
import { numberBytes, withFallback, type FallbackBus } from '../../server/bus/failover.ts';
import { createPostgresBus } from '../../server/bus/postgres/postgres.ts';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/postgres.ts';
import { startProxy } from '../support/proxy.ts';
import { hasRedis, ifRedis, startRedis, type TestRedis } from '../support/redis.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { bytesOf, collect, textOf, type Inbox } from './suites/medium.ts';

describe.skipIf(!hasRedis)(`Redis, with Postgres beside it${ifRedis}`, () => {
  let redis: TestRedis;
  let postgres: OwnPostgres;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    redis = await startRedis();
    postgres = await startOwnPostgres();
  });
  afterEach(async () => {
    redis.resume();
    await postgres.resume();
    await Promise.all([redis.restart(), postgres.restart()]);
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(async () => {
    await redis.remove();
    await postgres.remove();
  });

  async function join(redisPort = redis.port): Promise<FallbackBus & { gaps(): number }> {
    const mostBytes = mostMessageBytes + numberBytes;
    const options = { log: silentLog, namespace: '', mostBytes, serverId: uuid() };
    const bus = withFallback(
      createRedisBus(`redis://127.0.0.1:${redisPort}`, options),
      createPostgresBus(postgres.url, options),
      { log: silentLog },
    );
    let gaps = 0;
    bus.onGap(() => (gaps += 1));
    ends.push(() => bus.close());
    await until('both ways are live', () => isUp(bus));
    return Object.assign(bus, { gaps: () => gaps });
  }
  const isUp = (bus: FallbackBus) => bus.publishesOn === 'first' && bus.stats().second.live;
  const numbers = ({ got }: Inbox) => got.map((message) => Number(textOf(message)));
  const rising = (list: readonly number[]) =>
    list.every((number, at) => at === 0 || number > list[at - 1]!);

  /** Publishes 1, 2, 3 … one every few ms, until it is told to end; then tells how many. */
  function typing(bus: FallbackBus): () => number {
    let count = 0;
    const timer = setInterval(() => bus.publish('room', bytesOf(String((count += 1)))), 3);
    return () => {
      clearInterval(timer);
      return count;
    };
  }

  const mishaps: Record<string, { hurt: () => unknown; heal: () => unknown }> = {
    'Redis is killed and comes back': { hurt: () => redis.kill9(), heal: () => redis.restart() },
    'Redis stands still and goes on': { hurt: () => redis.pause(), heal: () => redis.resume() },
    'Postgres is killed and comes back': {
      hurt: () => postgres.kill9(),
      heal: () => postgres.restart(),
    },
    'Postgres stands still and goes on': {
      hurt: () => postgres.pause(),
      heal: () => postgres.resume(),
    },
  };
  for (const [mishap, { hurt, heal }] of Object.entries(mishaps)) {
    test(`C3 ${mishap}: messages go on coming meanwhile, in order and once, and the bus stays live`, async () => {
      const [sender, receiver] = [await join(), await join()];
      const inbox = collect(receiver, 'room');
      // Who neither listens nor publishes on a way has no need to know of it.
      const own = collect(sender, 'room');
      expect(await Promise.all([inbox.ready, own.ready])).toEqual([true, true]);
      const end = typing(sender);
      await until('messages come', () => inbox.got.length > 20);
      await hurt();
      const before = inbox.got.length;
      await until('they go on coming', () => inbox.got.length > before + 100);
      await until('it is noticed', () => !isUp(sender) && !isUp(receiver));
      expect([sender.live, receiver.live]).toEqual([true, true]);
      await heal();
      await until('both are as before', () => [sender, receiver].every(isUp));
      const last = end();
      await until('the last has come', () => numbers(inbox).at(-1) === last);
      expect(rising(numbers(inbox))).toBe(true);
      // What was on its way at the moment of a change may be missing: some, of hundreds.
      expect(last - inbox.got.length).toBeLessThan(last / 10);
      expect(receiver.gaps()).toBeGreaterThan(1);
    });
  }

  test('C3 what is published before anybody knows that Redis stands still comes by Postgres', async () => {
    const [sender, receiver] = [await join(), await join()];
    const inbox = collect(receiver, 'room');
    await inbox.ready;
    redis.pause();
    for (let at = 1; at <= 50; at += 1) sender.publish('room', bytesOf(String(at)));
    expect(sender.publishesOn).toBe('first');
    await until('all have come', () => inbox.got.length === 50);
    redis.resume();
    await until('Redis is back', () => isUp(sender) && isUp(receiver));
    sender.publish('room', bytesOf('51'));
    await until('the next has come', () => numbers(inbox).at(-1) === 51);
    // Those that Redis held come by it as well.
    expect(numbers(inbox)).toEqual(Array.from({ length: 51 }, (_, at) => at + 1));
  });

  test('C3 with neither it is not live, and it comes back with either', async () => {
    const [sender, receiver] = [await join(), await join()];
    const inbox = collect(receiver, 'room');
    await inbox.ready;
    for (const back of [redis, postgres]) {
      await Promise.all([redis.kill9(), postgres.kill9()]);
      await until('both know', () => !sender.live && !receiver.live);
      sender.publish('room', bytesOf('0'));
      expect(await collect(receiver, 'other').ready).toBe(false);
      const before = receiver.gaps();
      await back.restart();
      await until('both are live', () => sender.live && receiver.live);
      await until('it is told', () => receiver.gaps() > before);
      sender.publish('room', bytesOf('1'));
      await until('it has come', () => numbers(inbox).includes(1));
      expect(numbers(inbox)).not.toContain(0);
      await Promise.all([redis.restart(), postgres.restart()]);
      await until('all is as before', () => isUp(sender) && isUp(receiver));
    }
  });

  test('C3 a server that is cut off from Redis is heard, and hears those that publish on both', async () => {
    const proxy = await startProxy(redis.port);
    ends.push(() => proxy.close());
    const [sender, cut] = [await join(), await join(proxy.port)];
    const changes: boolean[] = [];
    cut.onFirstChange((live) => changes.push(live));
    const [there, here] = [collect(cut, 'room'), collect(sender, 'room')];
    await Promise.all([there.ready, here.ready]);
    proxy.silence();
    await until('it is noticed', () => changes.includes(false));
    expect([cut.live, cut.firstLive, sender.firstLive]).toEqual([true, false, true]);
    sender.publishOnBoth(true);
    expect(sender.publishesOn).toBe('both');
    for (let at = 1; at <= 50; at += 1) {
      sender.publish('room', bytesOf(String(at)));
      cut.publish('room', bytesOf(String(at)));
    }
    await until('all have come', () => there.got.length === 50 && here.got.length === 50);
    proxy.resume();
    await until('it is back', () => isUp(cut));
    for (let at = 51; at <= 100; at += 1) sender.publish('room', bytesOf(String(at)));
    await until('all have come', () => numbers(there).at(-1) === 100);
    const all = Array.from({ length: 100 }, (_, at) => at + 1);
    expect(numbers(there)).toEqual(all);
    sender.publishOnBoth(false);
    expect(sender.publishesOn).toBe('first');
  });

  test('buses of two servers cannot be put together', async () => {
    const options = { log: silentLog, namespace: '' };
    const two = [
      createRedisBus(redis.url, options),
      createPostgresBus(postgres.url, options),
    ] as const;
    ends.push(() => Promise.all(two.map((bus) => bus.close())));
    expect(() => withFallback(...two, { log: silentLog })).toThrow(RangeError);
  });
});
