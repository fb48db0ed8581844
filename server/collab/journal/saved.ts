import type { Reach } from '../apply.ts';

/** A message of which it is yet to be found out whether it is saved. */
export interface Outstanding {
  /** What it held: more than one where it stands for several messages. */
  readonly updates: readonly Uint8Array[];
  /** It is saved when the journal has reached a position; infinite: never, and it is forgotten. */
  settle(position: number): void;
}

class Waiting implements Outstanding {
  /** Messages up to this one need … */
  count: number;
  /** … the journal to reach this position, which is not known while it is infinite. */
  position: number;
  /** How far the document has to come before the message is part of it. */
  ahead: Reach | null;
  readonly refused: boolean;
  readonly never: boolean;
  updates: Uint8Array[];

  constructor(
    count: number,
    {
      position = Infinity,
      ahead = null,
      refused = false,
      never = false,
      updates = [],
    }: Partial<Waiting> = {},
  ) {
    this.count = count;
    this.position = position;
    this.ahead = ahead;
    this.refused = refused;
    this.never = never;
    this.updates = updates;
  }

  settle(position: number): void {
    this.position = position;
    this.updates = [];
  }
}

function furthest(one: Reach, other: Reach): Reach {
  const reach = new Map(one);
  for (const [client, end] of other) reach.set(client, Math.max(end, reach.get(client) ?? 0));
  return reach;
}

/**
 * Messages that are kept to be compared when the document has come so far, and bytes of refused ones;
 * of more, none counts. They are compared in one turn: 5,000 keystrokes take some 10 ms.
 */
const mostKept = 5_000;
const mostRefusedBytes = 4 * 1024 * 1024;

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
  #refusedBytes = 0;
  #kept = 0;

  received(position: number): void {
    this.#received++;
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.position === position && position < Infinity) {
      last.count = this.#received;
    } else this.#waiting.push(new Waiting(this.#received, { position }));
  }

  /**
   * A message that builds on edits which are not here yet. Its bytes are in the journal, but nobody
   * could read them there: it is saved when the edits below it are. `update` may be a view.
   */
  receivedAhead(ahead: Reach, update: Uint8Array): void {
    this.#received++;
    if (this.#kept >= mostKept) this.#neverSaved();
    else {
      this.#kept++;
      this.#waiting.push(new Waiting(this.#received, { ahead, updates: [update.slice()] }));
    }
  }

  /** A message of which the document cannot tell whether it holds it. `update` may be a view. */
  receivedInDoubt(update: Uint8Array): Outstanding {
    this.#received++;
    const waiting = new Waiting(this.#received, { updates: [update.slice()] });
    this.#waiting.push(waiting);
    return waiting;
  }

  /**
   * The document has come further. Calls back with each message that it is not behind any more, and
   * returns whether it still is behind some.
   */
  advanced(
    hasReached: (reach: Reach) => boolean,
    reached: (message: Outstanding) => void,
  ): boolean {
    let still = false;
    for (const waiting of this.#waiting) {
      if (waiting.ahead === null) continue;
      if (hasReached(waiting.ahead)) {
        waiting.ahead = null;
        this.#kept -= waiting.updates.length;
        reached(waiting);
      } else still = true;
    }
    return still;
  }

  /**
   * A message that was not made part of the piece. Nothing after it is counted as saved either:
   * `saved` speaks of the first n messages, and this one is not among them. That ends when the
   * document holds it after all, having come as far as `reach`, with the very words of `update`: an
   * owner has applied it, or its author may write now and has sent it again. Null: it never is known
   * to.
   */
  refused(reach: Reach | null, update: Uint8Array): void {
    this.#received++;
    this.#refusedBytes += update.length;
    if (reach === null || this.#refusedBytes > mostRefusedBytes || this.#kept >= mostKept) {
      this.#neverSaved();
      return;
    }
    this.#kept++;
    // A keystroke each would have to be looked at whenever anybody types.
    const last = this.#waiting.at(-1);
    if (last?.refused === true && last.ahead !== null) {
      last.count = this.#received;
      last.ahead = furthest(last.ahead, reach);
      last.updates.push(update.slice());
    } else {
      const updates = [update.slice()];
      this.#waiting.push(new Waiting(this.#received, { ahead: reach, refused: true, updates }));
    }
  }

  #neverSaved(): void {
    const last = this.#waiting.at(-1);
    if (last?.never === true) last.count = this.#received;
    else this.#waiting.push(new Waiting(this.#received, { never: true }));
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
