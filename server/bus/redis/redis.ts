import { createHash } from 'node:crypto';
import type { OpenLink } from '../link.ts';
import { createLinkedBus, type LinkedBus, type LinkedBusOptions } from '../linked-bus.ts';
import { readRedisUrl, type RedisAddress, type RedisWire } from './wire.ts';

export interface RedisBusOptions extends LinkedBusOptions {
  /** What tells one installation from others that use the same Redis. */
  readonly namespace: string;
}

/** Published and not answered yet, in bytes: what is more is dropped, as Redis reads nothing. */
const mostUnanswered = 8 * 1024 * 1024;
/** A server's UUID, as text, before each message. */
const idLength = 36;

/**
 * A bus over Redis or Valkey, by pub/sub: `redis://` or, with TLS, `rediss://`. Whether it is a cluster is
 * asked at each connecting; then pub/sub is sharded, so that a message goes to one node instead of all.
 * Redis need not be there: it is tried until it is.
 */
export function createRedisBus(url: string, options: RedisBusOptions): LinkedBus {
  const address = readRedisUrl(url);
  const name = `Redis at ${address.host}:${address.port}`;
  const beat = { every: 400, patience: 700 };
  const deaf = `${name} takes messages and hands none on: servers meet elsewhere until it does`;
  return createLinkedBus({ name, open: linkTo(address, options.namespace), beat, deaf }, options);
}

function linkTo(address: RedisAddress, namespace: string): OpenLink {
  const hash = createHash('sha256').update(namespace).digest('hex').slice(0, 16);
  const prefix = `counterpoint:${hash}:`;
  /** The nodes of the cluster when it was last seen: the one that the URL names may be away for good. */
  let known: readonly RedisAddress[] = [];
  /** In vain, so far; every other goes to the nodes that are known. */
  let attempts = 0;

  return (serverId, { heard, lost }) => {
    const id = Buffer.from(serverId, 'latin1');
    let wire: RedisWire | null = null;
    let ended = false;
    let unanswered = 0;

    const hear = (channel: string, frame: Buffer) => {
      if (frame.length < idLength) return;
      const from = frame.toString('latin1', 0, idLength);
      heard(channel.slice(prefix.length), from, frame.subarray(idLength));
    };
    /** What is opened after the end is ended at once. */
    const use = <Wire extends RedisWire>(opened: Wire): Wire => {
      wire = opened;
      if (ended) opened.destroy();
      return opened;
    };

    async function open(): Promise<void> {
      attempts += 1;
      if (known.length > 0 && attempts % 2 === 0) return openNodes(known);
      // The package is loaded where there is a Redis: it takes a fifth of a second.
      const { openSingle } = await import('./single.ts');
      const single = use(openSingle(address, hear, lost));
      await single.opened;
      const nodes = await single.clusterNodes();
      if (nodes === null) return;
      single.destroy();
      await openNodes(nodes);
    }

    async function openNodes(nodes: readonly RedisAddress[]): Promise<void> {
      const { openCluster } = await import('./cluster.ts');
      const cluster = use(openCluster(address, nodes, hear, lost));
      await cluster.opened;
      known = cluster.nodes();
      attempts = 0;
    }

    const used = (): RedisWire => {
      if (wire === null || ended) throw new Error('The connection to Redis has been ended');
      return wire;
    };
    return {
      opened: open(),
      listen: async (channels) => used().subscribe(channels.map((channel) => prefix + channel)),
      unlisten: (channel) => wire?.unsubscribe(prefix + channel),
      async send(channel, message) {
        const frame = Buffer.concat([id, message]);
        if (unanswered + frame.length > mostUnanswered) throw new Error('Redis does not read');
        unanswered += frame.length;
        try {
          await used().publish(prefix + channel, frame);
        } finally {
          unanswered -= frame.length;
        }
      },
      ping: async () => used().ping(),
      async end() {
        ended = true;
        wire?.destroy();
      },
    };
  };
}
