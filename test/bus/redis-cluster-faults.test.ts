import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createRedisBus } from '../../server/bus/redis/redis.ts';
import type { LinkedBus } from '../../server/bus/linked-bus.ts';
import { hasRedis, ifRedis, startRedisCluster, type TestRedisCluster } from '../support/redis.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';
import { bytesOf, collect, textOf } from './suites/medium.ts';

describe.skipIf(!hasRedis)(`a Redis cluster that fails${ifRedis}`, () => {
  let cluster: TestRedisCluster;
  const open: LinkedBus[] = [];
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bus) => bus.close()));
  });
  afterAll(() => cluster.remove());

  async function join(): Promise<LinkedBus> {
    const bus = createRedisBus(cluster.nodes[0]!.url, { log: silentLog, namespace: '' });
    open.push(bus);
    await until('it is live', () => bus.live);
    return bus;
  }
  const names = Array.from({ length: 60 }, (_, at) => `piece ${at}`);

  test('C3 messages take one node each, and all nodes their share', async () => {
    const [sender, receiver] = [await join(), await join()];
    const inboxes = names.map((name) => collect(receiver, name));
    await Promise.all(inboxes.map(({ ready }) => ready));
    for (const name of names) sender.publish(name, bytesOf(name));
    await until('all have come', () => inboxes.every(({ got }) => got.length === 1));
    const counts = await Promise.all(
      cluster.nodes.map((node) => node.command('PUBSUB', 'SHARDCHANNELS')),
    );
    const sizes = counts.map((channels) => (channels as unknown[]).length);
    expect(Math.min(...sizes)).toBeGreaterThan(5);
    // And the buses' own.
    expect(sizes.reduce((sum, size) => sum + size)).toBe(names.length + open.length);
  });

  test.each([0, 1, 2])(
    'C2 node %i dies and comes back: the whole is not live until it is whole, and then with a gap',
    async (at) => {
      const [sender, receiver] = [await join(), await join()];
      let gaps = 0;
      receiver.onGap(() => (gaps += 1));
      const inboxes = names.map((name) => collect(receiver, name));
      await Promise.all(inboxes.map(({ ready }) => ready));
      await cluster.nodes[at]!.kill9();
      await until('it is noticed', () => !sender.live && !receiver.live);
      await cluster.nodes[at]!.restart();
      await until('both are live', () => sender.live && receiver.live, 30_000);
      await until('it is told', () => gaps === 1);
      for (const name of names) sender.publish(name, bytesOf(name));
      await until('all have come', () => inboxes.every(({ got }) => got.length > 0));
      expect(inboxes.map(({ got }) => textOf(got[0]!))).toEqual(names);
    },
  );

  test('C2 channels that move to another node are heard there, after a gap', async () => {
    const [sender, receiver] = [await join(), await join()];
    let gaps = 0;
    receiver.onGap(() => (gaps += 1));
    const inboxes = names.map((name) => collect(receiver, name));
    await Promise.all(inboxes.map(({ ready }) => ready));
    const [from, to] = cluster.nodes;
    const channels = (await from!.command('PUBSUB', 'SHARDCHANNELS')) as unknown[];
    const moving = channels.map(String).find((channel) => channel.includes('piece'))!;
    const slot = String(await from!.command('CLUSTER', 'KEYSLOT', moving));
    const target = String(await to!.command('CLUSTER', 'MYID'));
    for (const node of [to!, from!, cluster.nodes[2]!]) {
      await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', target);
    }
    await until('it is told', () => gaps > 0);
    await until('both are live', () => sender.live && receiver.live);
    await until('all come', async () => {
      for (const name of names) sender.publish(name, bytesOf(name));
      await new Promise(setImmediate);
      return inboxes.every(({ got }) => got.length > 0);
    });
  });

  test('C3 the node of the URL is gone for good: with its replica in its place the bus is live again', async () => {
    const other = await startRedisCluster({ replica: true });
    onTestFinished(() => other.remove());
    const options = { log: silentLog, namespace: '' };
    const buses = [0, 0].map(() => createRedisBus(other.nodes[0]!.url, options));
    open.push(...buses);
    await until('both are live', () => buses.every(({ live }) => live));
    const inboxes = names.map((name) => collect(buses[0]!, name));
    await Promise.all(inboxes.map(({ ready }) => ready));
    await other.nodes[0]!.kill9();
    await until('it is noticed', () => buses.every(({ live }) => !live));
    await until('both are live', () => buses.every(({ live }) => live), 60_000);
    for (const name of names) buses[1]!.publish(name, bytesOf(name));
    await until('all have come', () => inboxes.every(({ got }) => got.length === 1));
  });
});
