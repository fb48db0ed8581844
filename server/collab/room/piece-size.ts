export interface PieceSizeOptions {
  /** The most bytes that a piece may have, as it would be stored. */
  readonly max: number;
  /** What it has at most. */
  readonly atMost: () => number;
  /** Whether it has no less. */
  readonly isExact: () => boolean;
  /**
   * Makes it exact, off the event loop; it takes some seconds where it is 16 MiB. Those who ask for it
   * at a time share one measuring.
   */
  readonly measure: (person: string) => Promise<void>;
  /** In ms. */
  readonly now: () => number;
}

/** Measuring takes at most one part in so many of the time. */
const share = 10;

/**
 * How large a piece is, and whether it takes more (R4). An update is never smaller than what it adds,
 * so the sum of updates is a bound; the piece is measured only where that bound is passed.
 */
export class PieceSize {
  readonly #options: PieceSizeOptions;
  /** How many wait for it to be measured. */
  #measuring = 0;
  #measureAgainFrom = -Infinity;

  constructor(options: PieceSizeOptions) {
    this.#options = options;
  }

  /** Whether it takes so many bytes more, as far as is known. */
  takes(bytes: number): boolean {
    return this.#options.atMost() + bytes <= this.#options.max;
  }

  /** Whether measuring could tell that it takes so many more, though it seems not to. */
  isInDoubt(bytes: number): boolean {
    const { isExact, now } = this.#options;
    if (this.takes(bytes) || isExact()) return false;
    return this.#measuring > 0 || now() >= this.#measureAgainFrom;
  }

  /**
   * Resolves when it is known how large the piece is. Rejects where that could not be found out.
   * `person`: who waits for it.
   */
  async measured(person: string): Promise<void> {
    const { measure, now } = this.#options;
    const from = now();
    this.#measuring++;
    try {
      await measure(person);
    } finally {
      const to = now();
      this.#measuring--;
      this.#measureAgainFrom = Math.max(this.#measureAgainFrom, to + (share - 1) * (to - from));
    }
  }
}
