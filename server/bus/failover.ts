import type { Bus } from './bus.ts';
import { checkSize } from './bus.ts';
import type { BusStats } from './link.ts';
import type { LinkedBus } from './linked-bus.ts';
import { createListeners } from './listeners.ts';
import { createHedge } from './hedge.ts';
import type { Log } from '../collab/ports.ts';

/** A message's number by its sender (uint48), before it: both buses have to carry that much more. */
export const numberBytes = 6;

/** In ms: after the first has come back, others may still be coming back to it. */
const settling = 1_000;
/** And longer than that, in ms, nobody waits for the second to have nothing on its way. */
const mostSettling = 2_000;

export interface FallbackBus extends Bus {
  /** As long as it is on, everything is published on both: another server does not hear the first. */
  publishOnBoth(on: boolean): void;
  readonly firstLive: boolean;
  /** Where what is published just now goes. */
  readonly publishesOn: 'first' | 'second' | 'both';
  /** Calls back each time that `firstLive` has changed. */
  onFirstChange(listener: (live: boolean) => void): void;
  stats(): { readonly first: BusStats; readonly second: BusStats };
}

/**
 * Two buses as one: it listens on both, publishes on the first while that is live, and else on the second.
 * What the first has not taken over soon, or may have lost, goes out on the second as well, so nothing
 * waits until the first is known to be away. A message that comes by both ways is delivered once, and one
 * that a later one of its sender has overtaken not at all: order is promised, delivery is not.
 *
 * `ready` is true where all that is live listens. Another server may still publish on a first bus that is
 * live to it and not here, until `publishOnBoth` tells it.
 *
 * @throws RangeError where the two are not of one server
 */
export function withFallback(
  first: LinkedBus,
  second: LinkedBus,
  options: { readonly log: Log },
): FallbackBus {
  const { serverId } = first;
  if (second.serverId !== serverId) throw new RangeError('The two buses are of different servers');
  const listeners = createListeners(options.log);
  /** By channel: what ends listening, and the last number that was delivered of each sender. */
  const heard = new Map<string, Heard>();
  const gapListeners: (() => void)[] = [];
  let number = 0;
  let both = false;
  /** When the first became live; null: it is not. */
  let liveSince: number | null = null;
  let onTheWay = 0;

  const hedge = createHedge(sendSecond);
  const gap = () => gapListeners.forEach((listener) => listener());
  first.onGap(gap);
  second.onGap(gap);
  first.onChange((live) => {
    liveSince = live ? performance.now() : null;
    if (live) return;
    hedge.flush();
    // Others go on publishing on it until they know.
    if (second.live) gap();
  });

  function sendSecond(channel: string, frame: Uint8Array): void {
    onTheWay += 1;
    void second.send(channel, frame).then(() => (onTheWay -= 1));
  }

  /** Going back to the first at once would let its messages overtake those that the second still carries. */
  function onFirst(): boolean {
    if (liveSince === null) return false;
    const ms = performance.now() - liveSince;
    return !second.live || ms > mostSettling || (ms > settling && onTheWay === 0);
  }

  function receive(channel: string, frame: Uint8Array, from: string): void {
    const known = heard.get(channel);
    if (known === undefined || frame.length < numberBytes) return;
    const at = Buffer.from(frame.buffer, frame.byteOffset).readUIntBE(0, numberBytes);
    if (at <= (known.last.get(from) ?? 0)) return;
    known.last.set(from, at);
    listeners.deliver(channel, frame.subarray(numberBytes), from);
  }

  function listenTo(channel: string): Heard {
    const live = [first, second].filter((bus) => bus.live);
    const subscriptions = [first, second].map((bus) => ({
      bus,
      subscription: bus.subscribe(channel, (frame, from) => receive(channel, frame, from)),
    }));
    const needed = subscriptions.filter(({ bus }) => live.includes(bus));
    const ready = Promise.all(needed.map(({ subscription }) => subscription.ready));
    return {
      last: new Map(),
      ready: ready.then((all) => all.length > 0 && all.every(Boolean)),
      end: () => subscriptions.forEach(({ subscription }) => subscription.end()),
    };
  }

  return {
    serverId,
    get live() {
      return first.live || second.live;
    },
    get firstLive() {
      return first.live;
    },
    get publishesOn() {
      if (!onFirst()) return 'second';
      return both ? 'both' : 'first';
    },
    publish(channel, message) {
      checkSize(message);
      number += 1;
      const frame = Buffer.allocUnsafe(numberBytes + message.length);
      frame.writeUIntBE(number, 0, numberBytes);
      frame.set(message, numberBytes);
      if (!onFirst()) {
        hedge.flush();
        sendSecond(channel, frame);
      } else if (both) {
        hedge.flush();
        first.publish(channel, frame);
        sendSecond(channel, frame);
      } else {
        hedge.watch(channel, frame, first.send(channel, frame));
      }
    },
    subscribe(channel, listener) {
      const entry = listeners.add(channel, listener);
      const known = heard.get(channel) ?? listenTo(channel);
      heard.set(channel, known);
      return {
        ready: known.ready,
        end() {
          entry.remove();
          if (listeners.has(channel) || heard.get(channel) !== known) return;
          heard.delete(channel);
          known.end();
        },
      };
    },
    onGap: (listener) => void gapListeners.push(listener),
    onFirstChange: (listener) => first.onChange(listener),
    publishOnBoth(on) {
      both = on;
    },
    stats: () => ({ first: first.stats(), second: second.stats() }),
    async close() {
      hedge.end();
      await Promise.all([first.close(), second.close()]);
    },
  };
}

interface Heard {
  readonly last: Map<string, number>;
  readonly ready: Promise<boolean>;
  end(): void;
}
