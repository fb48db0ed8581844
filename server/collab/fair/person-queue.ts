import { Overloaded } from '../engine.ts';

/** Does one thing of each person after the other; different persons do not wait for each other (B2). */
export class PersonQueue {
  readonly #last = new Map<string, Promise<void>>();
  #stopped = false;

  /** Nothing is begun any more, and what is under way should end. */
  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Resolves and rejects as `work` does; rejects with `Overloaded` where it is not begun any more. */
  async run(personId: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(personId) ?? Promise.resolve();
    const mine = before.then(() => {
      if (this.#stopped) throw new Overloaded();
      return work();
    });
    // The next one waits for this one's end, however it ends.
    const ended = mine.catch(() => undefined);
    this.#last.set(personId, ended);
    try {
      await mine;
    } finally {
      if (this.#last.get(personId) === ended) this.#last.delete(personId);
    }
  }
}
