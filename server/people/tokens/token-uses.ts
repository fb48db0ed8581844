import type { Log } from '../../collab/ports.ts';
import type { Queryable } from '../../db/connect.ts';

interface Use {
  readonly at: Date;
  readonly what: string;
  readonly from: string;
}

/** A use is in the database at most so much later, in ms. */
const writeAfterMs = 5_000;
/** Tokens whose last use waits to be written. */
const mostWaiting = 10_000;

/**
 * What each token was last used for, and from where. Written some seconds later for all tokens in one
 * statement: a write for each call would cost more than the call. While the database is away it
 * waits; a server that is killed forgets a few seconds of it.
 */
export class TokenUses {
  readonly #sql: Queryable;
  readonly #log: Log;
  #waiting = new Map<string, Use>();
  #timer: NodeJS.Timeout | null = null;

  constructor(sql: Queryable, log: Log) {
    this.#sql = sql;
    this.#log = log;
  }

  /** `what` is such as `GET /api/pieces/:id`; `from` is an IP address. */
  note(tokenId: string, what: string, from: string): void {
    if (this.#waiting.size >= mostWaiting && !this.#waiting.has(tokenId)) return;
    this.#waiting.set(tokenId, { at: new Date(), what, from });
    this.#later();
  }

  /** Writes what waits. Never rejects: what cannot be written is tried again. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const uses = this.#waiting;
    this.#waiting = new Map();
    if (uses.size === 0) return;
    try {
      await this.#write(uses);
    } catch (err) {
      this.#log.warn({ err }, 'cannot write what tokens were used for');
      for (const [id, use] of uses) if (!this.#waiting.has(id)) this.#waiting.set(id, use);
      this.#later();
    }
  }

  /** Another server may have seen a later use. */
  async #write(uses: ReadonlyMap<string, Use>): Promise<void> {
    const rows = [...uses].map(([id, { at, what, from }]) => [id, at.toISOString(), what, from]);
    await this.#sql`
      update api_tokens t
      set last_used_at = used.at::timestamptz, last_used_for = used.what, last_used_from = used.origin
      from (values ${this.#sql(rows)}) as used (id, at, what, origin)
      where t.id = used.id::uuid
        and coalesce(t.last_used_at < used.at::timestamptz, true)`;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => void this.flush(), writeAfterMs).unref();
  }
}
