interface Owned {
  readonly from: number;
  readonly to: number;
  readonly owner: number;
}

/** Whose each edit of a document is: by client, ranges of clocks with a number. */
export class Owners {
  readonly #byClient = new Map<number, Owned[]>();
  readonly #unsorted = new Set<number>();

  /** Where a range is added twice, the first stays. */
  add(client: number, clock: number, len: number, owner: number): void {
    let list = this.#byClient.get(client);
    if (list === undefined) this.#byClient.set(client, (list = []));
    const last = list.at(-1);
    if (last !== undefined && last.to === clock && last.owner === owner) {
      list[list.length - 1] = { from: last.from, to: clock + len, owner };
      return;
    }
    if (last !== undefined && clock < last.to) this.#unsorted.add(client);
    list.push({ from: clock, to: clock + len, owner });
  }

  /** Whether anything in a range is somebody's. */
  owns(client: number, clock: number, len: number): boolean {
    const list = this.#sorted(client);
    const range = list[indexAt(list, clock)];
    return range !== undefined && range.from < clock + len;
  }

  /** A range in parts with their owners; null: nobody's. The parts make up all of the range. */
  parts(
    client: number,
    clock: number,
    len: number,
  ): { readonly from: number; readonly to: number; readonly owner: number | null }[] {
    const list = this.#sorted(client);
    const end = clock + len;
    const found: { from: number; to: number; owner: number | null }[] = [];
    let next = clock;
    for (let i = indexAt(list, clock); next < end; i++) {
      const range = list[i];
      if (range === undefined || range.from >= end) break;
      if (range.from > next) found.push({ from: next, to: range.from, owner: null });
      const from = Math.max(next, range.from);
      next = Math.min(end, range.to);
      found.push({ from, to: next, owner: range.owner });
    }
    if (next < end) found.push({ from: next, to: end, owner: null });
    return found;
  }

  #sorted(client: number): readonly Owned[] {
    const list = this.#byClient.get(client);
    if (list === undefined) return [];
    if (!this.#unsorted.delete(client)) return list;
    const sorted: Owned[] = [];
    // Sorting is stable: of ranges that begin at one clock, the first that was added comes first.
    for (const { from, to, owner } of [...list].sort((a, b) => a.from - b.from)) {
      const start = Math.max(from, sorted.at(-1)?.to ?? 0);
      if (start < to) sorted.push({ from: start, to, owner });
    }
    this.#byClient.set(client, sorted);
    return sorted;
  }
}

/** The first range that ends after a clock. */
function indexAt(list: readonly Owned[], clock: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = list[middle];
    if (range !== undefined && range.to <= clock) low = middle + 1;
    else high = middle;
  }
  return low;
}
