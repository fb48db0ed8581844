import type { Log } from '../collab/ports.ts';
import type { BusListener } from './bus.ts';

/** Who listens on which channel of one server. */
export interface Listeners {
  readonly channels: Iterable<string>;
  readonly size: number;
  has(channel: string): boolean;
  /** The same function may be added several times, and is called as often. */
  add(channel: string, listener: BusListener): { remove(): void };
  /** Gives everybody bytes of their own, since they may keep and change them. */
  deliver(channel: string, message: Uint8Array, from: string): void;
}

export function createListeners(log: Log): Listeners {
  const byChannel = new Map<string, Set<{ readonly listener: BusListener }>>();
  return {
    get channels() {
      return byChannel.keys();
    },
    get size() {
      return byChannel.size;
    },
    has: (channel) => byChannel.has(channel),
    add(channel, listener) {
      const entry = { listener };
      const entries = byChannel.get(channel) ?? new Set();
      byChannel.set(channel, entries.add(entry));
      return {
        remove() {
          if (entries.delete(entry) && entries.size === 0) byChannel.delete(channel);
        },
      };
    },
    deliver(channel, message, from) {
      for (const { listener } of [...(byChannel.get(channel) ?? [])]) {
        try {
          // Not `Uint8Array.from`, which goes byte by byte.
          listener(new Uint8Array(message), from);
        } catch (err) {
          // One listener's failure is not the others', nor that of the connection.
          log.error({ err, channel }, 'A message between servers could not be handled');
        }
      }
    },
  };
}
