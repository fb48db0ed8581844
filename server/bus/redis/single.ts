import { createClient } from 'redis';
import { clientOptions, type Hear, type Lost, type RedisAddress, type RedisWire } from './wire.ts';

export interface SingleWire extends RedisWire {
  /** The other end's cluster: its nodes that take writes; null where it is none. */
  clusterNodes(): Promise<RedisAddress[] | null>;
}

/** Two connections to one Redis: what comes in by one never waits for what goes out by the other. */
export function openSingle(address: RedisAddress, hear: Hear, lost: Lost): SingleWire {
  const options = clientOptions(address);
  const open = () => {
    const socket = { ...options.socket, host: address.host, port: address.port };
    const client = createClient({ ...options, socket });
    client.on('error', lost);
    return client;
  };
  const [publisher, subscriber] = [open(), open()];
  let destroyed = false;
  const destroy = () => {
    destroyed = true;
    publisher.destroy();
    subscriber.destroy();
  };
  // A client that was destroyed while it connected connects all the same (redis 6.3.1).
  const connect = (client: typeof publisher) =>
    client.connect().then(() => {
      if (destroyed) client.destroy();
    });
  const listener = (frame: Buffer, channel: Buffer) => hear(channel.toString(), frame);

  return {
    opened: Promise.all([connect(publisher), connect(subscriber)]).then(() => undefined),
    async clusterNodes() {
      const info = await publisher.info('cluster');
      if (!info.includes('cluster_enabled:1')) return null;
      const slots = (await publisher.sendCommand(['CLUSTER', 'SLOTS'])) as unknown as SlotRange[];
      return slots.map(([, , [host, port]]) => ({
        ...address,
        // A node that does not know its own name is the one that was asked.
        host: host === null || host === '' || host === '?' ? address.host : host,
        port: Number(port),
      }));
    },
    subscribe: (channels) => subscriber.subscribe([...channels], listener, true),
    unsubscribe(channel) {
      subscriber.unsubscribe(channel, listener, true).catch(lost);
    },
    publish: (channel, frame) => publisher.publish(channel, frame).then(() => undefined),
    ping: () => Promise.all([publisher.ping(), subscriber.ping()]).then(() => undefined),
    destroy,
  };
}

/** First and last slot, and who has them: the first of these takes writes. */
type SlotRange = readonly [number, number, readonly [string | null, number, ...unknown[]]];
