import { v4 as uuid } from 'uuid';
import type { Log } from '../collab/ports.ts';
import { checkSize, type Bus } from './bus.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type { BusStats } from './link.ts';

/** A bus that can tell what it has carried. */
export interface InProcessBus extends Bus {
  stats(): BusStats;
}

/**
 * Where servers of one process meet. A server that is alone in it publishes to nobody, which costs a
 * comparison. There are never gaps.
 */
export interface Hub {
  join(options: { readonly log: Log; readonly serverId?: string }): InProcessBus;
}

export function createHub(): Hub {
  /** The listeners of each server, and what is called for each message that it gets. */
  const servers = new Map<string, { readonly listeners: Listeners; count(bytes: number): void }>();

  return {
    join({ log, serverId = uuid() }) {
      const listeners = createListeners(log);
      let open = true;
      let [published, publishedBytes, received, receivedBytes] = [0, 0, 0, 0];
      servers.set(serverId, {
        listeners,
        count(bytes) {
          received += 1;
          receivedBytes += bytes;
        },
      });

      return {
        serverId,
        get live() {
          return open;
        },
        publish(channel, message) {
          checkSize(message);
          if (!open || servers.size < 2) return;
          published += 1;
          publishedBytes += message.length;
          // The caller may go on to change it before it is delivered.
          const sent = Uint8Array.from(message);
          queueMicrotask(() => {
            for (const [id, server] of servers) {
              if (id === serverId || !server.listeners.has(channel)) continue;
              server.count(sent.length);
              server.listeners.deliver(channel, sent, serverId);
            }
          });
        },
        subscribe(channel, listener) {
          const entry = listeners.add(channel, listener);
          return { ready: Promise.resolve(open), end: () => entry.remove() };
        },
        onGap: () => undefined,
        async close() {
          open = false;
          servers.delete(serverId);
        },
        stats: () => ({
          live: open,
          ...{ published, publishedBytes, received, receivedBytes, dropped: 0, gaps: 0 },
          echoMs: null,
          channels: listeners.size,
        }),
      };
    },
  };
}
