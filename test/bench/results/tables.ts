/** Tables of the documents, made from the results file. */
import { names, promises, type Subject } from '../figures.ts';
import type { ServerName } from '../servers/server.ts';
import { find, type KeptSpread, type Result, type Results } from './results.ts';
import { compared, discussed, shown, type Row } from './rows.ts';

/** Between `<!-- bench: <name> -->` and `<!-- bench: end -->`, with an empty line at each side. */
const block = /(<!-- bench: (\w+) -->\n)[\s\S]*?(<!-- bench: end -->)/g;

const tables: Readonly<Record<string, (results: Results) => string[][]>> = {
  servers: comparedTable,
  app: (results) => promisedTable(shown, results),
  discussion: (results) => promisedTable(discussed, results),
  all: fullTable,
};

/** The text with all its tables made anew. @throws Error for a marker of no table */
export function withTables(text: string, results: Results): string {
  return text.replace(block, (_all, begin: string, name: string, end: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`no table is called ${name}`);
    return `${begin}\n${markdown(table(results))}\n\n${end}`;
  });
}

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const columns: readonly ServerName[] = ['ours', 'reference', 'hocuspocus'];

function comparedTable(results: Results): string[][] {
  const head = ['', 'Counterpoint', 'y-websocket-server', 'Hocuspocus'];
  const rows = compared
    .map((row) => [row.label, ...columns.map((server) => cellOf(row, results, server))])
    // What has never been measured has no line.
    .filter(([, ...cells]) => cells.some((cell) => cell !== '–'));
  return [head, ...rows];
}

function promisedTable(rows: readonly Row[], results: Results): string[][] {
  const lines = rows.map((row) => [row.label, promiseOf(row), cellOf(row, results, 'ours')]);
  return [['', 'promised', 'measured'], ...lines.filter(([, , cell]) => cell !== '–')];
}

function promiseOf({ scenario, figures, unit }: Row): string {
  const promised = promises.find(
    (some) => some.scenario === scenario && some.name === figures.at(-1),
  );
  return promised?.most === undefined ? '' : `${promised.most.toLocaleString('en')} ${unit}`;
}

/** `0.8 / 28.6 ms (27.0–31.2)`: the figures of the row, and how far the rounds of the last lie apart. */
function cellOf(row: Row, results: Results, server: ServerName): string {
  const whom = server === 'hocuspocus' ? (row.hocuspocus ?? server) : server;
  const found = row.figures.map((name) => find(results, row.scenario, name, whom));
  const last = found.at(-1) ?? null;
  if (last === null || found.some((result) => result === null)) return '–';
  const number = numberOf(row.digits ?? 0);
  const values = found.map((result) => number(result?.median ?? null)).join(' / ');
  if (row.none === true && last.median === 0) return 'none';
  const doubt = last.doubt === null ? '' : '*';
  return `${values}${row.unit === '×' ? ' ×' : ` ${row.unit}`}${doubt}${spreadText(last, number)}`;
}

function spreadText({ least, most }: KeptSpread, number: (value: number | null) => string): string {
  if (least === null || most === null || number(least) === number(most)) return '';
  return ` (${number(least)}–${number(most)})`;
}

function numberOf(digits: number): (value: number | null) => string {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return (value) => (value === null ? '?' : value.toLocaleString('en', options));
}

/** Every figure that the file has, with its spread. */
function fullTable({ results }: Results): string[][] {
  const head = ['load', 'figure', 'server', 'median', 'rounds', '× reference', 'measured'];
  return [head, ...results.map(fullRow)];
}

function fullRow(result: Result): string[] {
  const subject: Subject = result.scenario;
  const number = numberOf(result.name === names.capacity ? 0 : 2);
  const { byReference } = result;
  return [
    subject,
    result.name,
    result.server,
    number(result.median) + (result.doubt === null ? '' : '*'),
    `${result.rounds}${spreadText(result, number)}`,
    byReference === null
      ? ''
      : `${numberOf(2)(byReference.median)}${spreadText(byReference, numberOf(2))}`,
    result.measured,
  ];
}
