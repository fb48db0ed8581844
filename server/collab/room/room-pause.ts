import { Overloaded } from '../engine.ts';
import type { Member } from '../member.ts';

/**
 * Whether a room's document can be read and written. While a large edit is put in, or the document is
 * rebuilt, it cannot: nobody is read from, and what was read already waits.
 */
export class RoomPause {
  readonly #members: ReadonlySet<Pick<Member, 'wire'>>;
  /** Who waits; null while nobody has to. */
  #waiting: (() => void)[] | null = null;
  #isWhole = true;
  #turn = 0;

  constructor(members: ReadonlySet<Pick<Member, 'wire'>>) {
    this.#members = members;
  }

  /** False while the document is rebuilt or holds a part of an edit. */
  get sound(): boolean {
    return this.#waiting === null;
  }

  /** Whether the document is whole, though people may have to wait: what is committed elsewhere goes in. */
  get whole(): boolean {
    return this.sound || this.#isWhole;
  }

  /** Who lets the room wait just now; another number for each time. Null: nobody. */
  get turn(): number | null {
    return this.sound ? null : this.#turn;
  }

  /** While people wait, the document is not whole any more. */
  break(): void {
    this.#isWhole = false;
  }

  /**
   * Resolves when the document can be read and written. Others have waited for that too, and one of
   * them may have begun to put something in: whoever writes looks again.
   */
  async whenSound(): Promise<void> {
    for (let all = this.#waiting; all !== null; all = this.#waiting) {
      const waiting = all;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  /** Does something when it is sound, now or in the turn in which it becomes so. */
  onceSound(run: () => void): void {
    if (this.#waiting === null) run();
    else this.#waiting.push(run);
  }

  /**
   * Throws `Overloaded` where somebody else lets the room wait. `whole`: the document stays whole, until
   * `break`.
   */
  begin({ whole = false } = {}): void {
    if (!this.sound) throw new Overloaded();
    this.extend();
    this.#isWhole = whole;
  }

  /** Lets the room wait, or go on waiting; the document is not whole. */
  extend(): void {
    if (this.#waiting === null) {
      this.#waiting = [];
      this.#turn++;
    }
    this.#isWhole = false;
    for (const { wire } of this.#members) wire.pause();
  }

  /** `first` is done before anybody goes on. */
  end(first: () => void = () => undefined): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#isWhole = true;
    try {
      first();
    } finally {
      for (const { wire } of this.#members) wire.resume();
      for (const run of waiting) run();
    }
  }
}
