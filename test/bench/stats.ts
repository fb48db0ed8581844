/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The least value that `share` (0 to 1) of all values do not exceed; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  return percentileOfSorted(
    [...values].sort((a, b) => a - b),
    share,
  );
}

/** The same of values that are in order already: millions of them are not sorted for each figure. */
export function percentileOfSorted(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** What several rounds gave. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** NaN of nothing. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { median: NaN, least: NaN, most: NaN };
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
