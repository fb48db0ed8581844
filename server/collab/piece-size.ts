export interface PieceSizeOptions {
  /** The most bytes that a piece may have, as it would be stored. */
  readonly max: number;
  /** What it has at most, as it was stored. */
  readonly atMost: number;
  /** Its size in bytes; it takes some 100 ms where it is 16 MiB. */
  readonly measure: () => number;
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
  #atMost: number;
  #measureAgainFrom = 0;

  constructor(options: PieceSizeOptions) {
    this.#options = options;
    this.#atMost = options.atMost;
  }

  takes(bytes: number): boolean {
    const { max, measure, now } = this.#options;
    const from = now();
    if (this.#atMost + bytes > max && from >= this.#measureAgainFrom) {
      this.#atMost = measure();
      const to = now();
      this.#measureAgainFrom = to + (share - 1) * (to - from);
    }
    return this.#atMost + bytes <= max;
  }

  grew(bytes: number): void {
    this.#atMost += bytes;
  }
}
