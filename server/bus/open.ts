import { v4 as uuid } from 'uuid';
import type { Log } from '../collab/ports.ts';
import { mostMessageBytes, type Bus } from './bus.ts';
import { numberBytes, withFallback } from './failover.ts';
import { createHub } from './in-process.ts';
import type { BusStats } from './link.ts';
import { createPostgresBus } from './postgres/postgres.ts';
import { createRedisBus } from './redis/redis.ts';

export interface OpenBusOptions {
  readonly redisUrl: string | null;
  /** Of the database that servers have in common: Postgres itself, not a pooler in transaction mode. */
  readonly databaseUrl: string;
  /** Whether the database is this server's own, so that no other can be on it. */
  readonly embedded: boolean;
  /** What tells this installation from others on the same Redis (`identity.ts`). */
  readonly namespace: string;
  readonly log: Log;
}

/** The bus of a server, with what an operator may want to know of it. */
export interface ServerBus extends Bus {
  /** Whether Redis can be used just now; null where none is configured. */
  readonly redisLive: boolean | null;
  /** Calls back each time that `redisLive` has changed. */
  onRedisChange(listener: (live: boolean) => void): void;
  /** As long as it is on, others that do not hear Redis are reached by Postgres too. */
  publishOnBoth(on: boolean): void;
  /** What has gone over each way. */
  stats(): readonly {
    readonly way: 'in-process' | 'redis' | 'postgres';
    readonly stats: BusStats;
  }[];
}

/**
 * Nothing has to answer for this to return, and nothing needs to be there: ways that are closed are tried
 * until they open.
 */
export function openBus(options: OpenBusOptions): ServerBus {
  const { redisUrl, databaseUrl, embedded, namespace, log } = options;
  const without = {
    redisLive: null,
    onRedisChange: () => undefined,
    publishOnBoth: () => undefined,
  };
  if (redisUrl === null) {
    if (embedded) {
      const bus = createHub().join({ log });
      return extend(bus, { ...without, stats: () => [{ way: 'in-process', stats: bus.stats() }] });
    }
    const bus = createPostgresBus(databaseUrl, { log });
    return extend(bus, { ...without, stats: () => [{ way: 'postgres', stats: bus.stats() }] });
  }

  const shared = { log, serverId: uuid(), mostBytes: mostMessageBytes + numberBytes };
  const redis = createRedisBus(redisUrl, { ...shared, namespace });
  const bus = withFallback(redis, createPostgresBus(databaseUrl, shared), { log });
  return extend(bus, {
    get redisLive() {
      return bus.firstLive;
    },
    onRedisChange: (listener) => bus.onFirstChange(listener),
    publishOnBoth: (on) => bus.publishOnBoth(on),
    stats() {
      const { first, second } = bus.stats();
      return [
        { way: 'redis', stats: first },
        { way: 'postgres', stats: second },
      ];
    },
  });
}

/** `live` and `redisLive` are asked each time. */
function extend(bus: Bus, more: Omit<ServerBus, keyof Bus>): ServerBus {
  return {
    serverId: bus.serverId,
    get live() {
      return bus.live;
    },
    get redisLive() {
      return more.redisLive;
    },
    publish: (channel, message) => bus.publish(channel, message),
    subscribe: (channel, listener) => bus.subscribe(channel, listener),
    onGap: (listener) => bus.onGap(listener),
    close: () => bus.close(),
    onRedisChange: (listener) => more.onRedisChange(listener),
    publishOnBoth: (on) => more.publishOnBoth(on),
    stats: () => more.stats(),
  };
}
