export interface MeterOptions {
  /** What somebody may take at once. */
  readonly burst: number;
  /** What comes back to them each second. */
  readonly perSecond: number;
  /** In ms. */
  readonly now?: () => number;
}

interface Account {
  /** Below zero: taken in advance. */
  left: number;
  at: number;
}

/** Accounts from which on those that are full again are forgotten. */
const manyAccounts = 1_000;

/** What each person takes of something dear (B2). Who takes more than their share waits, and nobody else. */
export class Meter {
  readonly #options: MeterOptions;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();

  constructor(options: MeterOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Takes an amount, and returns for how many ms whoever takes it has to wait first. 0: not at all.
   * What is asked for at a time should be less than `burst`, or what follows waits for all of it.
   */
  take(person: string, amount: number): number {
    const { burst, perSecond } = this.#options;
    const account = this.#accountOf(person);
    const wait = account.left >= 0 ? 0 : (-account.left / perSecond) * 1_000;
    account.left = Math.min(burst, account.left) - amount;
    return wait;
  }

  #accountOf(person: string): Account {
    const now = this.#now();
    const { burst, perSecond } = this.#options;
    const known = this.#accounts.get(person);
    if (known !== undefined) {
      known.left = Math.min(burst, known.left + ((now - known.at) / 1_000) * perSecond);
      known.at = now;
      return known;
    }
    if (this.#accounts.size >= manyAccounts) this.#forget(now);
    const account = { left: burst, at: now };
    this.#accounts.set(person, account);
    return account;
  }

  #forget(now: number): void {
    const { burst, perSecond } = this.#options;
    for (const [person, { left, at }] of this.#accounts) {
      if (left + ((now - at) / 1_000) * perSecond >= burst) this.#accounts.delete(person);
    }
  }
}
