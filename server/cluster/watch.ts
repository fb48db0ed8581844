/** A server that has said nothing for so long has ended, in ms. */
export const deadMs = 5_000;
/** Between two looks at the servers, in ms; where it was longer, it was this one that stood still. */
const mostBetweenMs = 1_500;

export interface Watched {
  readonly id: string;
  /** When it last said that it lives, by the clock of the database, as text. */
  readonly seenAt: string;
}

/**
 * Which servers have said nothing for too long. Told by what this server has seen itself, look by look: a
 * database that was away, or whose clock was moved, makes nobody dead.
 */
export class Watch<T extends Watched> {
  /** What each said last, and since when it is known to have said nothing new, in ms. */
  readonly #last = new Map<string, { readonly seenAt: string; readonly since: number }>();
  #lookedAt = -Infinity;

  /** The servers that are to be taken for dead. `now`: ms of `performance.now()`. */
  silent(others: readonly T[], now: number): T[] {
    if (now - this.#lookedAt > mostBetweenMs) this.#last.clear();
    this.#lookedAt = now;
    for (const id of [...this.#last.keys()]) {
      if (!others.some((other) => other.id === id)) this.#last.delete(id);
    }
    return others.filter(({ id, seenAt }) => {
      const last = this.#last.get(id);
      if (last?.seenAt === seenAt) return now - last.since >= deadMs;
      this.#last.set(id, { seenAt, since: now });
      return false;
    });
  }
}
