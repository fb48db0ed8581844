import type { Credential, Log } from '../ports.ts';

export interface ExpiryDeps {
  readonly log: Log;
  lastsUntil(credential: Credential): Promise<Date | null | 'ended'>;
  ended(kind: Credential['kind']): void;
}

/** Longer timers fire at once. */
const longestTimerMs = 2 ** 31 - 1;
/** Least time between two looks: the database's clock may be a little behind this one. */
const shortestTimerMs = 200;
const retryMs = 2_000;

/**
 * Watches over what a connection was opened with, and tells when its time is over (P1). At the
 * moment that was known it asks anew, since a session that is used elsewhere lasts longer. While the
 * database cannot be asked, the connection stays: nobody is signed out by an outage.
 */
export class Expiry {
  readonly #deps: ExpiryDeps;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(deps: ExpiryDeps) {
    this.#deps = deps;
  }

  watch(credential: Credential): void {
    this.#schedule(credential, credential.expiresAt);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(credential: Credential, at: Date | null): void {
    if (at === null || this.#stopped) return;
    const wait = Math.max(shortestTimerMs, at.getTime() - Date.now());
    this.#look(credential, Math.min(longestTimerMs, wait));
  }

  #look(credential: Credential, afterMs: number): void {
    this.#timer = setTimeout(() => void this.#ask(credential), afterMs);
    this.#timer.unref();
  }

  async #ask(credential: Credential): Promise<void> {
    try {
      const until = await this.#deps.lastsUntil(credential);
      if (this.#stopped) return;
      if (until === 'ended') this.#deps.ended(credential.kind);
      else this.#schedule(credential, until);
    } catch (err) {
      this.#deps.log.warn({ err }, 'cannot ask whether a session or token still lasts');
      if (!this.#stopped) this.#look(credential, retryMs);
    }
  }
}
