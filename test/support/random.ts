/** A seeded random source (mulberry32): the same seed gives the same run. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  pick<T>(list: readonly T[]): T;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number) => Math.floor(next() * below);
  return { next, int, pick: (list) => list[int(list.length)]! };
}

/** `count` of a list at random, where each comes once before any of them comes again. */
export function picks<T>(random: Random, list: readonly T[], count: number): T[] {
  const picked: T[] = [];
  let left: T[] = [];
  while (picked.length < count) {
    if (left.length === 0) left = [...list];
    picked.push(...left.splice(random.int(left.length), 1));
  }
  return picked;
}

/** The run's seed: from `SEED` to repeat a run, else by the clock. Print it with a failure. */
export function runSeed(): number {
  return process.env.SEED ? Number(process.env.SEED) : Date.now() % 1_000_000_007;
}
