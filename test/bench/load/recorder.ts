/** The figures of one measured stretch of time; what happens outside of it is not counted. */

/** Milliseconds, in the order in which they were met. */
export class Samples {
  private values = new Float64Array(1 << 16);
  private used = 0;

  get count(): number {
    return this.used;
  }

  add(value: number): void {
    if (this.used === this.values.length) {
      const larger = new Float64Array(this.used * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.used++] = value;
  }

  /** The value that `share` (0 to 1) of the samples do not exceed; NaN without samples. */
  quantile(share: number): number {
    const sorted = this.values.slice(0, this.used).sort();
    return sorted[Math.min(this.used - 1, Math.floor(this.used * share))] ?? NaN;
  }
}

export class Recorder {
  /** Whether the stretch has begun and not ended. */
  open = false;
  /** From the sending of a keystroke to its receipt by one other person. */
  readonly delivered = new Samples();
  /** From the sending of a keystroke to the `saved` that covers it. */
  readonly saved = new Samples();
  /** How long after its time a key was pressed: what the generator itself is late. */
  readonly late = new Samples();
}
