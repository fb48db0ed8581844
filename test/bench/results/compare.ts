/** What a change made of the figures: those of this run against those of an earlier one (`--json`). */
import { readFileSync } from 'node:fs';
import { about, ratios, type Figure } from '../figures.ts';
import { printTable } from '../report.ts';
import { median } from '../stats.ts';

export interface Change {
  readonly scenario: string;
  readonly name: string;
  readonly server: string;
  readonly before: number;
  readonly now: number;
  /** Now by before; of the ratio to the reference as well, from which the machine's drift is gone. */
  readonly change: number;
  readonly relative: number;
}

export function printChanges(file: string, figures: readonly Figure[]): void {
  const earlier = (JSON.parse(readFileSync(file, 'utf8')) as { figures: Figure[] }).figures;
  const changes = changesOf(earlier, figures);
  console.log(
    `\nAgainst ${file}. Trust the last column: it is relative to the reference's change.\n`,
  );
  printTable([
    ['scenario', 'figure', 'server', 'before', 'now', 'change', 'by the reference’s'],
    ...changes.map(({ scenario, name, server, before, now, change, relative }) => [
      ...[scenario, name, server, before.toFixed(1), now.toFixed(1)],
      ...[percent(change), percent(relative)],
    ]),
  ]);
}

/** Of every figure that both runs have. */
export function changesOf(earlier: readonly Figure[], later: readonly Figure[]): Change[] {
  const seen = new Set<string>();
  const changes: Change[] = [];
  for (const { scenario, name, server } of later) {
    const key = [scenario, name, server].join('\n');
    const what = { scenario, name };
    const before = about(earlier, what, server);
    if (seen.has(key) || before.length === 0) continue;
    seen.add(key);
    const now = about(later, what, server);
    const relativeOf = (own: readonly Figure[], all: readonly Figure[]) =>
      middle(ratios(own, about(all, what, 'reference')));
    changes.push({
      ...{ scenario, name, server, before: middle(before), now: middle(now) },
      change: middle(now) / middle(before),
      relative: server === 'reference' ? NaN : relativeOf(now, later) / relativeOf(before, earlier),
    });
  }
  return changes;
}

const middle = (figures: readonly Figure[]) => median(figures.map((figure) => figure.value));

function percent(ratio: number): string {
  if (!Number.isFinite(ratio)) return '–';
  const change = (ratio - 1) * 100;
  return `${change > 0 ? '+' : ''}${change.toFixed(1)} %`;
}
