/** How often each operation was done in a stretch, and what the stretch took. */
export interface Observation<Name extends string> {
  readonly counts: Readonly<Record<Name, number>>;
  readonly total: number;
}

/** Rounds over all costs until they stand still. */
const rounds = 20_000;

/**
 * The cost of each operation, none below zero, with which the totals come out best: least squares of the
 * relative errors, by descent along one cost at a time.
 */
export function fitCosts<Name extends string>(
  names: readonly Name[],
  observations: readonly Observation<Name>[],
): Record<Name, number> {
  const rows = observations.map(({ counts, total }) => names.map((name) => counts[name] / total));
  const costs = names.map(() => 0);
  const errors = rows.map(() => 1);
  for (let round = 0; round < rounds; round++) {
    for (const at of names.keys()) {
      let [slope, curve] = [0, 0];
      for (const [i, row] of rows.entries()) {
        slope += (row[at] ?? 0) * (errors[i] ?? 0);
        curve += (row[at] ?? 0) ** 2;
      }
      if (curve === 0) continue;
      const before = costs[at] ?? 0;
      const after = Math.max(0, before + slope / curve);
      costs[at] = after;
      for (const [i, row] of rows.entries()) {
        errors[i] = (errors[i] ?? 0) - (row[at] ?? 0) * (after - before);
      }
    }
  }
  return Object.fromEntries(names.map((name, at) => [name, costs[at] ?? 0])) as Record<
    Name,
    number
  >;
}

/** By how much the totals are missed with these costs: the mean of the relative errors. */
export function errorOf<Name extends string>(
  costs: Readonly<Record<Name, number>>,
  observations: readonly Observation<Name>[],
): number {
  const names = Object.keys(costs) as Name[];
  const errors = observations.map(({ counts, total }) => {
    const fitted = names.reduce((sum, name) => sum + costs[name] * counts[name], 0);
    return Math.abs(fitted / total - 1);
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
