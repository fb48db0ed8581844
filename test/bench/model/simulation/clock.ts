import { Events } from './events.ts';

/** The time of a simulation, in µs, and what is to happen in it. */
export class Clock {
  readonly #events = new Events<() => void>();
  #now = 0;

  get now(): number {
    return this.#now;
  }

  in(us: number, happens: () => void): void {
    this.#events.add(this.#now + us, happens);
  }

  /** All that happens before that time. */
  runUntil(us: number): void {
    while (this.#events.next < us) {
      this.#now = this.#events.next;
      this.#events.take()();
    }
    this.#now = us;
  }
}
