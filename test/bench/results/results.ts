/** The results file: what was measured last of each figure, with its spread over the rounds. */
import { about, names, ratios, type Figure, type Subject } from '../figures.ts';
import { scenarioNames } from '../options.ts';
import { serverNames, type ServerName } from '../servers/server.ts';
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

/**
 * What was measured now in place of what was before. A line is replaced with all its servers, also those
 * that were not measured now: what stands in a line can be compared.
 */
export function merged(before: Results, now: readonly Result[]): Results {
  const lines = new Set(now.map(lineOf));
  const kept = before.results.filter((result) => !lines.has(lineOf(result)));
  return { results: [...kept, ...now].sort((a, b) => placeOf(a) - placeOf(b)) };
}

const everyName: readonly string[] = Object.values(names);

/** A file that is always in one order shows what has changed: by load, then figure, then server. */
function placeOf({ scenario, name, server }: Result): number {
  const desks = ['desk 5', 'desk 12', 'desk 20'];
  const load = [...desks, ...scenarioNames].indexOf(scenario);
  return (load * everyName.length + everyName.indexOf(name)) * 10 + serverNames.indexOf(server);
}

export function find(
  { results }: Results,
  scenario: Subject,
  name: string,
  server: ServerName,
): Result | null {
  return results.find((some) => keyOf(some) === keyOf({ scenario, name, server })) ?? null;
}

function lineOf({ scenario, name }: Pick<Result, 'scenario' | 'name'>): string {
  return [scenario, name].join('\n');
}

function keyOf(result: Pick<Result, 'scenario' | 'name' | 'server'>): string {
  return [lineOf(result), result.server].join('\n');
}
