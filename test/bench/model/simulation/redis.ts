import type { RedisCosts } from '../costs.ts';
import type { Clock } from './clock.ts';

/** A message from a server to all servers that listen to its channel, itself included. */
export interface Message {
  readonly from: number;
  readonly bytes: number;
  readonly to: readonly number[];
  /** Called once for each server that it goes to, its sender left out. */
  readonly heard: (server: number) => void;
}

/**
 * Redis: one thread. When it wakes it reads each connection on which something has come, works off all of
 * it, and writes once to each connection to which something goes: the busier it is, the less a message costs.
 */
export class SimulatedRedis {
  messages = 0;
  deliveries = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** In µs: how long its core worked; and what it could not have saved by waking less often. */
  busy = 0;
  least = 0;
  #waiting: { readonly message: Message; readonly since: number }[] = [];
  #working = false;
  readonly #clock: Clock;
  readonly #costs: RedisCosts;
  readonly #carried: (us: number) => void;

  /** @param carried - a message was handed on so many µs after it had come */
  constructor(clock: Clock, costs: RedisCosts, carried: (us: number) => void) {
    this.#clock = clock;
    this.#costs = costs;
    this.#carried = carried;
  }

  publish(message: Message): void {
    this.messages++;
    this.deliveries += message.to.length;
    this.bytesIn += message.bytes;
    this.bytesOut += message.bytes * message.to.length;
    this.#waiting.push({ message, since: this.#clock.now });
    if (!this.#working) this.#wake();
  }

  #wake(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    this.#working = true;
    const { read, publish, delivery, kilobyte, write } = this.#costs;
    const [from, to] = [new Set<number>(), new Set<number>()];
    let us = 0;
    for (const { message } of messages) {
      from.add(message.from);
      for (const server of message.to) to.add(server);
      us += publish + message.to.length * (delivery + (kilobyte * message.bytes) / 1_000);
    }
    this.least += us;
    us += from.size * read + to.size * write;
    this.busy += us;
    this.#clock.in(us, () => {
      this.#working = false;
      if (this.#waiting.length > 0) this.#wake();
      for (const { message, since } of messages) {
        this.#carried(this.#clock.now - since);
        for (const server of message.to) if (server !== message.from) message.heard(server);
      }
    });
  }
}
