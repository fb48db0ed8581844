import type * as Y from 'yjs';
import { ItemAuthors, letterAt, throughDelta, type Letter, type Told } from './item-authors.ts';

/** Who wrote a letter. `userId` null: the server; undefined: not known. `at` null: lately. */
export interface Written {
  readonly userId: string | null | undefined;
  readonly at: string | null;
}

export interface WhoWroteOptions {
  readonly body: Y.Text;
  /** Asks the server who wrote the text as it is. */
  ask(): Promise<readonly Told[]>;
  /** Whose a clientID is, as presence says; undefined where it does not. */
  userOf(client: number): string | undefined;
}

/**
 * The server reads the whole journal for an answer: between two of them is so many times what the last
 * one took, and so much in ms at least.
 */
const timesTaken = 10;
const askEveryMs = 1_000;

/**
 * Tells who wrote a letter of a live text. The server is asked only of letters that it has not told of,
 * and of each of these: whose the clientID is moved it perhaps, and has not written it (A1). Only of
 * what the server does not have yet is that all that is known.
 */
export class WhoWrote {
  readonly #options: WhoWroteOptions;
  readonly #known = new ItemAuthors();
  #asking: Promise<void> | null = null;
  /** From when on the server may be asked again. */
  #nextAt = -Infinity;

  constructor(options: WhoWroteOptions) {
    this.#options = options;
  }

  /** Null: there is no letter. Rejects where nothing is known and the server cannot be asked. */
  async at(index: number): Promise<Written | null> {
    const letter = letterAt(this.#options.body, index);
    if (letter === null) return null;
    const known = this.#known.of(letter);
    if (known !== null) return known;
    await this.#ask(letter);
    return this.#known.of(letter) ?? { userId: this.#userOf(letter), at: null };
  }

  #userOf({ client }: Letter): string | null | undefined {
    return this.#options.userOf(client) ?? this.#known.userOf(client);
  }

  async #ask(letter: Letter): Promise<void> {
    this.#asking ??= this.#askInTime().finally(() => {
      this.#asking = null;
    });
    try {
      await this.#asking;
    } catch (error) {
      // Without a network, presence and earlier answers still tell of most.
      if (this.#userOf(letter) === undefined) throw error;
    }
  }

  async #askInTime(): Promise<void> {
    const wait = this.#nextAt - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const begun = Date.now();
    try {
      await this.#fetch();
    } finally {
      const now = Date.now();
      this.#nextAt = now + Math.max(askEveryMs, timesTaken * (now - begun));
    }
  }

  /**
   * While the answer is on its way the text goes on changing, and the answer is of one of the texts
   * that were here meanwhile: the latest that is as long as the one that was told of. One that is of
   * none (others' words are still on their way to here) is passed over.
   */
  async #fetch(): Promise<void> {
    const { body } = this.#options;
    const changes: { delta: Y.YTextEvent['delta']; length: number }[] = [];
    const note = (event: Y.YTextEvent) =>
      void changes.push({ delta: event.delta, length: body.length });
    const lengthBefore = body.length;
    body.observe(note);
    let told: readonly Told[];
    try {
      told = await this.#options.ask();
    } finally {
      body.unobserve(note);
    }
    const length = told.at(-1)?.to ?? 0;
    const latest = changes.findLastIndex((change) => change.length === length);
    if (latest < 0 && lengthBefore !== length) return;
    const later = changes.slice(latest + 1);
    const now = later.reduce((parts, { delta }) => throughDelta(parts, delta), told);
    this.#known.take(body, now);
  }
}
