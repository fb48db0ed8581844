/** Counts of frames by direction and type, such as `sent 1`, the measure of the self-check. */
export type Counts = Readonly<Record<string, number>>;

export class Tally {
  private readonly counts = new Map<string, number>();

  /** The type is the first byte after the prefix: all types of the protocol are below 128. */
  sent(frame: Uint8Array, prefixLength: number): void {
    this.add(`sent ${frame[prefixLength]}`);
  }

  received(frame: Uint8Array, prefixLength: number): void {
    this.add(`received ${frame[prefixLength]}`);
  }

  counted(): Counts {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => a.localeCompare(b)));
  }

  private add(key: string): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}
