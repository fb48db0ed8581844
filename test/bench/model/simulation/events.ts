/** What is to happen, by time: a binary heap. Of two things at one time, whichever came first goes first. */
export class Events<What> {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #whats: What[] = [];
  #order = 0;

  /** @param at - in µs, never before what was taken last */
  add(at: number, what: What): void {
    const order = this.#order++;
    let i = this.#times.length;
    this.#times.push(at);
    this.#orders.push(order);
    this.#whats.push(what);
    for (; i > 0;) {
      const parent = (i - 1) >> 1;
      const time = this.#times[parent]!;
      if (time < at || (time === at && this.#orders[parent]! < order)) break;
      this.#set(i, time, this.#orders[parent]!, this.#whats[parent]!);
      i = parent;
    }
    this.#set(i, at, order, what);
  }

  /** When the next thing happens; Infinity: nothing does. */
  get next(): number {
    return this.#times[0] ?? Infinity;
  }

  take(): What {
    const [first] = this.#whats;
    const [at, order, what] = [this.#times.pop(), this.#orders.pop(), this.#whats.pop()];
    if (first === undefined || at === undefined || order === undefined || what === undefined) {
      throw new RangeError('nothing is to happen');
    }
    const size = this.#times.length;
    if (size === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(child + 1, child)) child++;
      const time = this.#times[child]!;
      if (at < time || (at === time && order < this.#orders[child]!)) break;
      this.#set(i, time, this.#orders[child]!, this.#whats[child]!);
      i = child;
    }
    this.#set(i, at, order, what);
    return first;
  }

  #isBefore(a: number, b: number): boolean {
    const [left, right] = [this.#times[a]!, this.#times[b]!];
    return left < right || (left === right && this.#orders[a]! < this.#orders[b]!);
  }

  #set(i: number, time: number, order: number, what: What): void {
    this.#times[i] = time;
    this.#orders[i] = order;
    this.#whats[i] = what;
  }
}
