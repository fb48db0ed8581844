/** Something that is used up and comes back with time: milliseconds of the event loop, bytes. */
export class Bucket {
  readonly #most: number;
  readonly #perMs: number;
  #level: number;
  /** When `#level` was reckoned, in ms of `performance.now()`. */
  #at: number;

  /** `most`: what can be used at once; `perSecond`: what comes back. */
  constructor(most: number, perSecond: number, now = performance.now()) {
    this.#most = most;
    this.#perMs = perSecond / 1_000;
    this.#level = most;
    this.#at = now;
  }

  /** What is left; below zero: what was used before it was there. */
  left(now = performance.now()): number {
    this.#level = Math.min(this.#most, this.#level + (now - this.#at) * this.#perMs);
    this.#at = now;
    return this.#level;
  }

  /** The debt is at most ten times what can be used at once. */
  use(amount: number, now = performance.now()): void {
    this.#level = Math.max(-10 * this.#most, this.left(now) - amount);
  }

  /** Milliseconds until something is left. */
  wait(now = performance.now()): number {
    const left = this.left(now);
    return left > 0 ? 0 : Math.ceil((1 - left) / this.#perMs);
  }

  /** Milliseconds until it is as if nothing had been used. */
  untilFull(now = performance.now()): number {
    return (this.#most - this.left(now)) / this.#perMs;
  }
}
