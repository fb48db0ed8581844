import type { Person, Waiting } from './fair-queue.ts';

/** A task that runs, or is to run. */
export interface Running extends Waiting {
  /** When it began, in ms of `performance.now()`. */
  since: number;
  /** It has turned out to take long, and belongs to the other lane. */
  long: boolean;
}

/** Of one person's at once: short ones, and long ones. */
const mostOfOne = { short: 2, long: 1 };

/**
 * Two lanes of threads: most tasks take milliseconds, and those that take long must not hold these
 * up. Every task begins in the short lane, and what is long goes on in the other one. Of each lane
 * one person has a part only, so that the next one always finds a place.
 */
export class Lanes<Job extends Running> {
  readonly #running = new Set<Job>();
  readonly #short: number;
  readonly #long: number;

  constructor(short: number, long: number) {
    this.#short = short;
    this.#long = long;
  }

  get hasLong(): boolean {
    return this.#long > 0;
  }

  mayBegin(job: Job): boolean {
    const most = job.long ? this.#long : this.#short;
    // The last place of a lane that has several is nobody's second, and not the server's own.
    const ofOne = Math.min(job.long ? mostOfOne.long : mostOfOne.short, Math.max(1, most - 1));
    const own = job.person === null ? Math.max(1, ofOne - 1) : ofOne;
    return this.#count(job.long) < most && this.#count(job.long, job.person) < own;
  }

  begin(job: Job): void {
    this.#running.add(job);
  }

  end(job: Job): void {
    this.#running.delete(job);
  }

  /** Where the lane of the long ones has a place for this person; otherwise nothing is changed. */
  goOnAsLong(job: Job): void {
    if (!this.#running.has(job) || job.long) return;
    job.long = true;
    this.#running.delete(job);
    if (!this.mayBegin(job)) job.long = false;
    this.#running.add(job);
  }

  #count(long: boolean, person?: Person): number {
    let count = 0;
    for (const job of this.#running) {
      if (job.long === long && (person === undefined || job.person === person)) count++;
    }
    return count;
  }
}
