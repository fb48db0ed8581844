import { deadMs } from './watch.ts';

/** How often it is noted that this process moves, in ms. */
const noteMs = 250;
/**
 * A process that has stood still for so long, in ms, may have been taken for dead by others: until then
 * they had heard nothing new from it for up to 2 s.
 */
const stillMs = deadMs - 2_000;

/** A moment by both clocks: one of them stands still while a machine sleeps, the other may be set. */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

export const systemClock = (): Moment => ({ steady: performance.now(), wall: Date.now() });

/**
 * Whether this process has stood still so long (SIGSTOP, a paused container, a suspended machine, an event
 * loop that was held up) that others may have taken its server away, which it has not seen yet.
 *
 * A database that cannot be asked is no reason for doubt: there, nobody can take anybody away.
 */
export class Standstill {
  readonly #now: () => Moment;
  readonly #timer: NodeJS.Timeout;
  #noted: Moment;
  /** When the last look began that found the server in its place. */
  #inPlace: Moment;
  #stood = false;

  constructor(now = systemClock) {
    this.#now = now;
    this.#noted = this.#inPlace = now();
    this.#timer = setInterval(() => this.#note(), noteMs);
    this.#timer.unref();
  }

  now(): Moment {
    return this.#now();
  }

  /** A look that began then has found this server in its place. */
  foundInPlace(began: Moment): void {
    this.#note();
    this.#inPlace = began;
    if (this.#since(began) < deadMs) this.#stood = false;
  }

  get inDoubt(): boolean {
    this.#note();
    return this.#stood && this.#since(this.#inPlace) >= deadMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asked for as well as timed: after a standstill the timers come first, and what was sent meanwhile next. */
  #note(): void {
    if (this.#since(this.#noted) >= stillMs) this.#stood = true;
    this.#noted = this.#now();
  }

  #since({ steady, wall }: Moment): number {
    const now = this.#now();
    return Math.max(now.steady - steady, now.wall - wall);
  }
}
