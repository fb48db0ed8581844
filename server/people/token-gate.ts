import type { Authenticate, SignedIn } from './authenticate.ts';
import { hashToken } from './tokens.ts';
import { tooManyTries, type Tries } from './tries.ts';

/** Tokens that are remembered as good. */
const mostGood = 10_000;

/**
 * Signs in by API token, and slows down who guesses them. A token that was good a moment ago is let
 * through from an address that is being slowed down: a colleague's broken program keeps nobody out.
 */
export class TokenGate {
  readonly #authenticate: Authenticate;
  readonly #tries: Tries;
  /** By hash, so that a dump of memory holds no more tokens than it must. */
  readonly #good = new Set<string>();

  constructor(authenticate: Authenticate, tries: Tries) {
    this.#authenticate = authenticate;
    this.#tries = tries;
  }

  /** Seconds until this token may be tried from this address; null: now. */
  async wait(token: string, address: string): Promise<number | null> {
    return this.#good.has(keyOf(token)) ? null : this.#tries.wait('token', address);
  }

  /** Throws `too_many_tries`. An expired token was somebody's: it is no guess. */
  async signIn(token: string, address: string): Promise<SignedIn | 'unknown' | 'expired'> {
    const wait = await this.wait(token, address);
    if (wait !== null) throw tooManyTries(wait);
    const answer = await this.#authenticate(token);
    if (answer === 'unknown') await this.#tries.failed('token', address);
    if (typeof answer === 'string') this.#good.delete(keyOf(token));
    else this.#remember(keyOf(token));
    return answer;
  }

  #remember(key: string): void {
    if (this.#good.has(key)) return;
    if (this.#good.size >= mostGood) this.#good.clear();
    this.#good.add(key);
  }
}

function keyOf(token: string): string {
  return hashToken(token).toString('base64');
}
