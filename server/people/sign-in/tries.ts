import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { isIPv6 } from 'node:net';
import { Problem } from '../../errors.ts';

/** A try that has begun; it counts as failed unless it is said to have succeeded. */
export interface Try {
  /** Where it comes from: an address, or the network of one. */
  readonly from: string;
  /** Whether this account has been signed in to from there before. */
  readonly known: boolean;
  succeeded(): Promise<void>;
}

/** What is being guessed. Each is counted by itself: a wrong token costs nobody their password. */
export type Guessed = 'sign-in' | 'invite' | 'token' | 'oidc' | 'metrics';

const seconds = 60;
/** Pairs of account and address that are remembered as having fitted. */
const mostKnown = 10_000;

/**
 * Slows guessing down (P3): at most `perMinute` failed tries a minute from one address, and for one
 * account. Tries that succeed do not count, so an office behind one address signs in as it likes.
 *
 * The window is fixed: nobody is kept out for more than a minute after the last guess. A person at
 * an address from which they have signed in before is counted apart from all others, so that
 * somebody who keeps guessing elsewhere does not keep them out at all.
 *
 * Kept in this process: with several servers, each allows as many. Rejected: @fastify/rate-limit,
 * which counts requests, whether or not they fail, and does not see WebSockets.
 */
export class Tries {
  readonly #addresses: RateLimiterMemory;
  readonly #accounts: RateLimiterMemory;
  readonly #known = new Set<string>();

  constructor(perMinute: number) {
    const how = { points: perMinute, duration: seconds };
    this.#addresses = new RateLimiterMemory({ ...how, keyPrefix: 'address' });
    this.#accounts = new RateLimiterMemory({ ...how, keyPrefix: 'account' });
  }

  /**
   * Begins a try, counted from now on, so that tries at the same time count too. `account` is null
   * where the secret itself says whose it is. Throws `too_many_tries`.
   */
  async begin(what: Guessed, address: string, account: string | null): Promise<Try> {
    const network = networkOf(address);
    const from = `${what} ${network}`;
    const pair = `${what} ${account} ${network}`;
    const known = account !== null && this.#known.has(pair);
    const to = account === null ? null : known ? pair : `${what} ${account}`;
    await take(this.#addresses, from);
    if (to !== null) await take(this.#accounts, to);
    return {
      from: network,
      known,
      succeeded: async () => {
        await this.#addresses.reward(from);
        if (to === null) return;
        await this.#accounts.reward(to);
        this.#remember(pair);
      },
    };
  }

  /** Seconds until this address may guess again; null: it may. Begins no try. */
  async wait(what: Guessed, address: string): Promise<number | null> {
    const found = await this.#addresses.get(`${what} ${networkOf(address)}`);
    if (found === null || found.remainingPoints > 0) return null;
    return secondsOf(found);
  }

  /** A failed try that needed no beginning. */
  async failed(what: Guessed, address: string): Promise<void> {
    await this.#addresses.penalty(`${what} ${networkOf(address)}`);
  }

  #remember(pair: string): void {
    this.#known.delete(pair);
    this.#known.add(pair);
    if (this.#known.size <= mostKnown) return;
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      return;
    }
  }
}

async function take(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooManyTries(secondsOf(refused));
  }
}

export function tooManyTries(retryAfter: number): Problem {
  return new Problem('too_many_tries', `Too many failed tries. Wait ${retryAfter} seconds.`, {
    retryAfter,
  });
}

function secondsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1_000));
}

/** One IPv6 customer has 2^64 addresses at least: they count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':');
  if (tail !== undefined) while (groups.length < 4) groups.push('0');
  return groups.slice(0, 4).join(':');
}
