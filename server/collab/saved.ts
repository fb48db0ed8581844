import type { Reach } from './apply.ts';

interface Waiting {
  /** Messages up to this one need … */
  count: number;
  /** … the journal to reach this position, which is not known while `ahead` is not null. */
  position: number;
  /** How far the document has to come before the message is part of it. */
  ahead: Reach | null;
  readonly refused: boolean;
}

function furthest(one: Reach, other: Reach): Reach {
  const reach = new Map(one);
  for (const [client, end] of other) reach.set(client, Math.max(end, reach.get(client) ?? 0));
  return reach;
}

/**
 * What one connection may be told is saved (D2). Every sync message that arrives is noted with the
 * journal position of its room at that moment; once the journal has committed that position, the
 * message is durable: its own update is in the journal, or the update that made it old news is.
 */
export class SavedLedger {
  /** Sync messages received on this connection. */
  #received = 0;
  /** In the order of the messages. */
  readonly #waiting: Waiting[] = [];
  #saved = 0;

  received(position: number): void {
    this.#received++;
    const last = this.#waiting.at(-1);
    if (last?.ahead === null && last.position === position) last.count = this.#received;
    else this.#waiting.push({ count: this.#received, position, ahead: null, refused: false });
  }

  /**
   * A message that builds on edits which are not here yet. Its bytes are in the journal, but nobody
   * could read them there: it is saved when the edits below it are.
   */
  receivedAhead(ahead: Reach, refused = false): void {
    this.#received++;
    const position = Number.POSITIVE_INFINITY;
    this.#waiting.push({ count: this.#received, position, ahead, refused });
  }

  /**
   * The document has come further, and the journal will hold it at `position`. Returns whether some
   * message still is ahead of it.
   */
  advanced(hasReached: (reach: Reach) => boolean, position: number): boolean {
    let still = false;
    for (const waiting of this.#waiting) {
      if (waiting.ahead === null) continue;
      if (hasReached(waiting.ahead)) {
        waiting.ahead = null;
        waiting.position = position;
      } else still = true;
    }
    return still;
  }

  /**
   * A message that was not made part of the piece. Nothing after it is counted as saved either:
   * `saved` speaks of the first n messages, and this one is not among them. That ends when the
   * document holds it after all, having come as far as `reach`: an owner has applied it, or its
   * author may write now and has sent it again. Null: it never is known to.
   */
  refused(reach: Reach | null = null): void {
    if (reach === null) {
      this.received(Number.POSITIVE_INFINITY);
      return;
    }
    // A keystroke each would have to be looked at whenever anybody types.
    const last = this.#waiting.at(-1);
    if (last?.refused === true && last.ahead !== null) {
      this.#received++;
      last.count = this.#received;
      last.ahead = furthest(last.ahead, reach);
    } else {
      this.receivedAhead(reach, true);
    }
  }

  /** The count to report now that `position` is committed; null where it has not grown. */
  committed(position: number): number | null {
    let count = this.#saved;
    while (this.#waiting[0] !== undefined && this.#waiting[0].position <= position) {
      count = this.#waiting.shift()?.count ?? count;
    }
    if (count === this.#saved) return null;
    this.#saved = count;
    return count;
  }
}
