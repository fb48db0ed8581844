import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../errors.ts';

/** Bounds how often one person looks for others, in a minute: a directory is not to be copied out. */
export class Searches {
  readonly #limiter: RateLimiterMemory;

  constructor(perMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  }

  /** Throws `too_many_searches`. */
  async take(userId: string): Promise<void> {
    try {
      await this.#limiter.consume(userId);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const retryAfter = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
      const detail = `Too many searches. Wait ${retryAfter} seconds.`;
      throw new Problem('too_many_searches', detail, { retryAfter });
    }
  }
}
