import { createCluster } from 'redis';
import { clientOptions, type Hear, type Lost, type RedisAddress, type RedisWire } from './wire.ts';

export interface ClusterWire extends RedisWire {
  /** Its nodes that take writes, once it is open. */
  nodes(): RedisAddress[];
}

/** What of a node is connecting. */
interface Node {
  readonly connectPromise?: Promise<{ destroy(): void }>;
  readonly pubSub?: { readonly connectPromise?: Promise<{ destroy(): void }> };
}

/**
 * Connections to all nodes of a cluster, with sharded pub/sub. It is lost as soon as any of them is, and
 * when channels have moved to another node: what was published in between nobody can tell.
 *
 * @param nodes - any of them; each knows the others
 */
export function openCluster(
  address: RedisAddress,
  nodes: readonly RedisAddress[],
  hear: Hear,
  lost: Lost,
): ClusterWire {
  const options = clientOptions(address);
  const cluster = createCluster({
    rootNodes: nodes.map(({ host, port }) => ({ socket: { ...options.socket, host, port } })),
    defaults: options,
  });
  cluster.on('error', lost);
  cluster.on('node-error', lost);
  cluster.on('sharded-channel-moved-error', lost);
  const listener = (frame: Buffer, channel: Buffer) => hear(channel.toString(), frame);

  const watched = new WeakSet<object>();
  function watchMoves(): void {
    for (const { pubSub } of cluster.masters) {
      if (pubSub === undefined || watched.has(pubSub.client)) continue;
      watched.add(pubSub.client);
      pubSub.client.on('sharded-channel-moved', () => lost(new Error('channels have moved')));
    }
  }

  /**
   * The package closes a node's connection with its last subscription, and may do so under a
   * subscription that is just being made, which then never settles (redis 6.3.1). So the one kind waits
   * for the other.
   */
  let subscribing: Promise<unknown> = Promise.resolve();
  let unsubscribing: Promise<unknown> = Promise.resolve();
  let destroyed = false;

  /** A client that is destroyed while it connects connects all the same (redis 6.3.1): it is once more. */
  function end(): void {
    destroyed = true;
    const nodes: readonly Node[] = [...cluster.masters, ...cluster.replicas];
    const connecting = nodes.flatMap((node) => [node.connectPromise, node.pubSub?.connectPromise]);
    cluster.destroy();
    for (const client of connecting) {
      client?.then(
        (connected) => connected.destroy(),
        () => undefined,
      );
    }
  }

  /** Closed with its last subscription, a connection leaves a ping unanswered: nothing is lost by that. */
  async function pingListener(master: (typeof cluster.masters)[number]): Promise<void> {
    const { pubSub } = master;
    if (pubSub === undefined) return;
    try {
      if (pubSub.connectPromise !== undefined) await pubSub.connectPromise;
      else if (pubSub.client.isReady) await pubSub.client.ping();
    } catch (error) {
      if (master.pubSub?.client === pubSub.client) throw error;
    }
  }

  return {
    opened: cluster.connect().then(
      () => {
        if (destroyed) end();
      },
      (error: unknown) => {
        // One node that cannot be reached leaves the others open.
        end();
        throw error;
      },
    ),
    nodes: () => cluster.masters.map(({ host, port }) => ({ ...address, host, port })),
    subscribe(channels) {
      const made = unsubscribing.then(async () => {
        // Channels of one command must be of one slot.
        await Promise.all(channels.map((channel) => cluster.sSubscribe(channel, listener, true)));
        watchMoves();
      });
      subscribing = Promise.allSettled([subscribing, made]);
      return made;
    },
    unsubscribe(channel) {
      const made = subscribing.then(() => cluster.sUnsubscribe(channel, listener, true));
      made.catch(lost);
      unsubscribing = Promise.allSettled([unsubscribing, made]);
    },
    publish: (channel, frame) => cluster.sPublish(channel, frame).then(() => undefined),
    async ping() {
      const answers = cluster.masters.flatMap((master) => [
        cluster.nodeClient(master).then((client) => client.ping()),
        pingListener(master),
      ]);
      await Promise.all<unknown>(answers);
    },
    destroy: end,
  };
}
