import { Problem } from '../errors.ts';

/** Seconds after which who has too much waiting may try again. */
const retryAfter = 5;
/** What one person may have waiting for one piece, besides what runs. */
const mostWaiting = 8;

interface Waiting {
  readonly person: string;
  start(): void;
}

interface Line {
  readonly waiting: Waiting[];
  /** Whose turn it was, the latest last. */
  readonly served: Set<string>;
}

/**
 * Runs what is asked for one thing, such as a piece, one after the other. The next is the first of
 * whoever's turn is the longest ago, so that who asks for much waits for their own (B2).
 */
export class OneAtATime {
  readonly #lines = new Map<string, Line>();

  /**
   * @param signal - aborted, what has not begun is dropped, with all that it holds, and rejects with
   *   `timeout`: nobody waits for it
   * @throws the problem `too_many_tasks` where this person has too much waiting
   */
  async run<T>(
    thing: string,
    person: string,
    work: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    await this.#turn(thing, person, signal);
    try {
      return await work();
    } finally {
      this.#next(thing);
    }
  }

  #turn(thing: string, person: string, signal: AbortSignal | undefined): Promise<void> | undefined {
    const line = this.#lines.get(thing);
    if (signal?.aborted) throw nobodyWaits();
    if (line === undefined) {
      this.#lines.set(thing, { waiting: [], served: new Set([person]) });
      return;
    }
    if (line.waiting.filter((one) => one.person === person).length >= mostWaiting) {
      const detail = `${mostWaiting} of your edits of it wait for their turn. Wait for their answers.`;
      throw new Problem('too_many_tasks', detail, { retryAfter });
    }
    return new Promise((resolve, reject) => {
      const drop = () => {
        line.waiting.splice(line.waiting.indexOf(own), 1);
        reject(nobodyWaits());
      };
      const own: Waiting = {
        person,
        start: () => {
          signal?.removeEventListener('abort', drop);
          resolve();
        },
      };
      line.waiting.push(own);
      signal?.addEventListener('abort', drop, { once: true });
    });
  }

  #next(thing: string): void {
    const line = this.#lines.get(thing);
    if (line === undefined) return;
    const first = longestAgo(line);
    if (first === undefined) {
      this.#lines.delete(thing);
      return;
    }
    line.waiting.splice(line.waiting.indexOf(first), 1);
    line.served.delete(first.person);
    line.served.add(first.person);
    first.start();
  }
}

function longestAgo({ waiting, served }: Line): Waiting | undefined {
  const turns = [...served];
  let best: Waiting | undefined;
  for (const one of waiting) {
    if (best === undefined || turns.indexOf(one.person) < turns.indexOf(best.person)) best = one;
  }
  return best;
}

/** Nobody reads this: who asked is gone. */
function nobodyWaits(): Problem {
  return new Problem('timeout', 'The client has gone before its answer.');
}
