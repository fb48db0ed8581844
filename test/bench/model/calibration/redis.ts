/** What publishing costs a real Redis: processor time of its one process, by messages and subscribers. */
import { createClient } from 'redis';
import { startRedis } from '../../../support/redis.ts';
import { treeSeconds } from '../../load/proc.ts';
import type { RedisCosts } from '../costs.ts';
import { fitCosts } from './fit.ts';

/** Messages at a time, each on a channel of its own; who hears each of them; and their bytes. */
const shapes = [
  { at: 1, subscribers: 1, bytes: 400 },
  { at: 1, subscribers: 4, bytes: 400 },
  { at: 1, subscribers: 32, bytes: 400 },
  { at: 16, subscribers: 1, bytes: 400 },
  { at: 16, subscribers: 4, bytes: 400 },
  { at: 64, subscribers: 4, bytes: 400 },
  { at: 4, subscribers: 4, bytes: 8_000 },
  { at: 4, subscribers: 32, bytes: 32_000 },
] as const;
const stretchMs = 1_500;
const names = ['read', 'publish', 'delivery', 'kilobyte', 'write'] as const;

export async function calibrateRedis(): Promise<RedisCosts> {
  const redis = await startRedis();
  try {
    const pid = Number(/process_id:(\d+)/.exec(String(await redis.command('INFO', 'server')))?.[1]);
    const observations = [];
    for (const shape of shapes) observations.push(await observe(redis.url, pid, shape));
    return fitCosts(names, observations);
  } finally {
    await redis.remove();
  }
}

async function observe(
  url: string,
  pid: number,
  { at, subscribers, bytes }: (typeof shapes)[number],
) {
  const channels = Array.from({ length: at }, (_, i) => `counterpoint:bench:piece:${i}`);
  let heard = 0;
  let wanted = Infinity;
  let complete = () => {};
  const hear = () => {
    heard++;
    if (heard === wanted) complete();
  };
  const publisher = await open(url);
  const others = await Promise.all(Array.from({ length: subscribers }, () => open(url)));
  try {
    for (const client of others) await client.subscribe(channels, hear, true);
    const message = Buffer.alloc(bytes, 'x');
    const turn = async () => {
      const all = new Promise<void>((resolve) => (complete = resolve));
      wanted = heard + at * subscribers;
      await Promise.all(channels.map((channel) => publisher.publish(channel, message)));
      if (heard < wanted) await all;
    };
    for (let i = 0; i < 20; i++) await turn();
    const before = treeSeconds(pid);
    const end = performance.now() + stretchMs;
    let turns = 0;
    for (; performance.now() < end; turns++) await turn();
    const deliveries = turns * at * subscribers;
    return {
      counts: {
        read: turns,
        publish: turns * at,
        delivery: deliveries,
        kilobyte: (deliveries * bytes) / 1_000,
        write: turns * subscribers,
      },
      total: (treeSeconds(pid) - before) * 1e6,
    };
  } finally {
    for (const client of [publisher, ...others]) client.destroy();
  }
}

async function open(url: string) {
  const client = createClient({ url, maintNotifications: 'disabled' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
