/** Work that is done a little at a time for each key, in the order in which it came. */
export class Lanes {
  readonly #atOnce: number;
  readonly #lanes = new Map<string, { running: number; readonly waiting: (() => void)[] }>();

  /** `atOnce`: how much of a key's work goes on at the same time. */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Does `work` in its turn; `busy`, and nothing is done, where `most` wait already. */
  async run<T>(key: string, most: number, work: () => Promise<T>): Promise<T | 'busy'> {
    const lane = this.#lanes.get(key) ?? { running: 0, waiting: [] };
    this.#lanes.set(key, lane);
    if (lane.running < this.#atOnce) lane.running++;
    else if (lane.waiting.length >= most) return 'busy';
    // Whoever ends gives its place on, so that nobody who comes meanwhile takes it.
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else if (--lane.running === 0) this.#lanes.delete(key);
    }
  }
}
