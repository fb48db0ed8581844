import type { Authenticate, NoSignIn, SignedIn } from '../sign-in/authenticate.ts';
import { Lanes } from './lanes.ts';
import { hashToken } from './tokens.ts';
import { networkOf, tooManyTries, type Tries } from '../sign-in/tries.ts';

/** Tokens that are remembered, as good and as nobody's, each. */
const mostRemembered = 10_000;
/** Tokens of one address that nobody knows yet and that are looked up at the same time. */
const atOnce = 8;
/** Such tokens that wait for that; of an address that guesses, and of another. */
const mostWaiting = { guessing: 100, other: 2_000 };

/**
 * Signs in by API token, and slows down who guesses them (P3). 256 random bits are not guessed: what
 * is to be guarded is the database, so that an address which guesses is limited in what it costs,
 * and not in getting in with a token that is good. That takes one look by its hash, and it is a few
 * at a time for each address. A token that was somebody's once is no guess.
 */
export class TokenGate {
  readonly #authenticate: Authenticate;
  readonly #tries: Tries;
  /** By hash, so that a dump of memory holds no more tokens than it must. */
  readonly #good = new Recent(mostRemembered);
  readonly #nobodys = new Recent(mostRemembered);
  readonly #lanes = new Lanes(atOnce);

  constructor(authenticate: Authenticate, tries: Tries) {
    this.#authenticate = authenticate;
    this.#tries = tries;
  }

  /**
   * Seconds until this token may be tried from this address; null: now. Looks it up only for an
   * address that guesses. Rejects when the database cannot be asked.
   */
  async wait(token: string, address: string): Promise<number | null> {
    const key = keyOf(token);
    const wait = this.#good.has(key) ? null : await this.#tries.wait('token', address);
    if (wait === null) return null;
    const answer = await this.#look(token, key, address, wait);
    return answer === 'unknown' || answer === 'busy' ? wait : null;
  }

  /** Throws `too_many_tries`. */
  async signIn(token: string, address: string): Promise<SignedIn | NoSignIn> {
    const key = keyOf(token);
    if (this.#good.has(key)) return this.#ask(token, key);
    const wait = await this.#tries.wait('token', address);
    const answer = await this.#look(token, key, address, wait);
    if (answer === 'busy') throw tooManyTries(wait ?? 1);
    if (answer !== 'unknown') return answer;
    await this.#tries.failed('token', address);
    if (wait !== null) throw tooManyTries(wait);
    return answer;
  }

  async #look(token: string, key: string, address: string, wait: number | null) {
    // It may have been made since, so that this is believed only of an address that guesses.
    if (wait !== null && this.#nobodys.has(key)) return 'unknown';
    const waiting = wait === null ? mostWaiting.other : mostWaiting.guessing;
    return this.#lanes.run(networkOf(address), waiting, () => this.#ask(token, key));
  }

  async #ask(token: string, key: string): ReturnType<Authenticate> {
    const answer = await this.#authenticate(token);
    if (typeof answer === 'string') this.#good.delete(key);
    else this.#good.add(key);
    if (answer === 'unknown') this.#nobodys.add(key);
    else this.#nobodys.delete(key);
    return answer;
  }
}

/** The last keys that were added. */
class Recent {
  readonly #most: number;
  readonly #keys = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.#most) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.#keys.delete(key);
  }
}

function keyOf(token: string): string {
  return hashToken(token).toString('base64');
}
