/** The tables at the end of a run. */
import { about, judge, promises, ratios, type Figure, type Promised } from './figures.ts';
import { serverNames, type ServerName } from './servers/server.ts';
import { median } from './stats.ts';

/** Prints everything; returns whether all promises that were measured are kept. */
export function report(figures: readonly Figure[]): boolean {
  console.log('\nMedians, and in brackets the rounds. × is the median ratio to the reference.\n');
  printTable(figureRows(figures));
  const verdicts = promises.map((promised) => judge(promised, figures)).filter((v) => v !== null);
  console.log('\nPromises\n');
  printTable([
    ['scenario', 'figure', 'promised', 'measured', ''],
    ...verdicts.map(({ promised, measured, kept, doubtful }) => [
      promised.scenario,
      promised.name,
      boundOf(promised),
      short(measured),
      (kept ? 'ok' : 'MISSED') + (doubtful ? '*' : ''),
    ]),
  ]);
  for (const doubt of new Set(figures.map((figure) => figure.doubt))) {
    if (doubt !== null) console.log(`\n* ${doubt}`);
  }
  return verdicts.every((verdict) => verdict.kept);
}

function boundOf({ most, least, by }: Promised): string {
  const bound = most === undefined ? `≥ ${least}` : `≤ ${most}`;
  return by === null ? bound : `${bound} × ${by}`;
}

function figureRows(figures: readonly Figure[]): string[][] {
  const servers = serverNames.filter((name) => figures.some((figure) => figure.server === name));
  const rows = [['scenario', 'figure', ...servers]];
  const seen = new Set<string>();
  for (const figure of figures) {
    const key = `${figure.scenario} ${figure.name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const cells = servers.map((server) => cell(figures, figure, server));
    rows.push([figure.scenario, figure.name, ...cells]);
  }
  return rows;
}

/** `12.3 [12.1 12.3 13.0] 0.61×`, with a star where a round is doubtful. */
function cell(figures: readonly Figure[], what: Figure, server: ServerName): string {
  const own = about(figures, what, server);
  if (own.length === 0) return '–';
  const middle = short(median(own.map((figure) => figure.value)));
  const rounds = own.map((figure) => short(figure.value) + (figure.doubt === null ? '' : '*'));
  const relative = ratios(own, about(figures, what, 'reference')).map((figure) => figure.value);
  const ratio = server === 'reference' ? NaN : median(relative);
  return [
    middle + (own.length === 1 && own[0]?.doubt != null ? '*' : ''),
    own.length > 1 ? ` [${rounds.join(' ')}]` : '',
    Number.isFinite(ratio) ? ` ${short(ratio)}×` : '',
  ].join('');
}

function short(value: number): string {
  return Number.isFinite(value) ? value.toFixed(Math.abs(value) < 10 ? 2 : 1) : '–';
}

export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  for (const row of rows) {
    console.log(
      row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}
