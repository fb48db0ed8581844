/** The results file: what was measured last of each figure, with its spread over the rounds. */
import { about, ratios, type Figure, type Subject } from '../figures.ts';
import type { ServerName } from '../servers/server.ts';
import { spreadOf, type Spread } from '../stats.ts';

/** As `Spread`, where the file may not know it: null. */
export interface KeptSpread {
  readonly median: number | null;
  readonly least: number | null;
  readonly most: number | null;
}

export interface Result extends KeptSpread {
  readonly scenario: Subject;
  readonly server: ServerName;
  readonly name: string;
  /** The same by the reference's of the same round; null for the reference, and where it has none. */
  readonly byReference: KeptSpread | null;
  readonly rounds: number;
  readonly doubt: string | null;
  /** The day, and the machine. */
  readonly measured: string;
  readonly on: string;
}

export interface Results {
  readonly results: readonly Result[];
}

/** The figures of one run, each with its spread. */
export function resultsOf(figures: readonly Figure[], measured: string, on: string): Result[] {
  const results = new Map<string, Result>();
  for (const { scenario, server, name } of figures) {
    const own = about(figures, { scenario, name }, server);
    const base = server === 'reference' ? [] : about(figures, { scenario, name }, 'reference');
    const relative = ratios(own, base).map((figure) => figure.value);
    const result: Result = {
      ...{ scenario, server, name },
      ...finite(spreadOf(own.map((figure) => figure.value))),
      byReference: relative.length === 0 ? null : finite(spreadOf(relative)),
      rounds: own.length,
      doubt: own.find((figure) => figure.doubt !== null)?.doubt ?? null,
      ...{ measured, on },
    };
    results.set(keyOf(result), result);
  }
  return [...results.values()];
}

/** JSON knows no NaN and no Infinity. */
function finite({ median, least, most }: Spread): KeptSpread {
  const or = (value: number) => (Number.isFinite(value) ? value : null);
  return { median: or(median), least: or(least), most: or(most) };
}

/** What was measured now in place of what was before; what was not, stays. */
export function merged(before: Results, now: readonly Result[]): Results {
  const all = new Map(before.results.map((result) => [keyOf(result), result]));
  for (const result of now) all.set(keyOf(result), result);
  return { results: [...all.values()] };
}

export function find(
  { results }: Results,
  scenario: Subject,
  name: string,
  server: ServerName,
): Result | null {
  return results.find((some) => keyOf(some) === keyOf({ scenario, name, server })) ?? null;
}

function keyOf({ scenario, name, server }: Pick<Result, 'scenario' | 'name' | 'server'>): string {
  return [scenario, name, server].join('\n');
}
