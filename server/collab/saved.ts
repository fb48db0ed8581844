/**
 * What one connection may be told is saved (D2). Every sync message that arrives is noted with the
 * journal position of its room at that moment; once the journal has committed that position, the
 * message is durable: its own update is in the journal, or the update that made it old news is.
 */
export class SavedLedger {
  /** Sync messages received on this connection. */
  #received = 0;
  /** Messages up to `count` need the journal to reach `position`; both ascending. */
  #waiting: { count: number; readonly position: number }[] = [];
  #saved = 0;

  received(position: number): void {
    this.#received++;
    const last = this.#waiting.at(-1);
    if (last?.position === position) last.count = this.#received;
    else this.#waiting.push({ count: this.#received, position });
  }

  /**
   * A message that was not made part of the piece. Nothing after it is counted as saved either:
   * `saved` speaks of the first n messages, and this one is not among them.
   */
  refused(): void {
    this.received(Number.POSITIVE_INFINITY);
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
