import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judge, names, type Figure, type Promised } from '../figures.ts';
import { changesOf } from '../results/compare.ts';
import { documentFile, documents, formatted, readResults } from '../results/files.ts';
import { merged, resultsOf, type Results } from '../results/results.ts';
import { withTables } from '../results/tables.ts';
import type { ServerName } from '../servers/server.ts';
import { spreadOf } from '../stats.ts';

function figures(server: ServerName, values: readonly number[], doubt: string | null = null) {
  return values.map((value, i): Figure => ({
    ...{ scenario: 'desk 5', name: names.cpu, server, value, doubt },
    round: i + 1,
  }));
}

describe('documents', () => {
  test.each(documents)('%s says what the results file says', async (name) => {
    const file = documentFile(name);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('<!-- bench: ');
    expect(await formatted(withTables(text, readResults()), file)).toBe(text);
  });

  test('a table shows the median, the rounds, and what is doubtful', () => {
    const results: Results = {
      results: resultsOf(
        [...figures('ours', [10, 12, 11]), ...figures('reference', [20, 20, 22], 'a stall')],
        'today',
        'here',
      ),
    };
    const table = withTables('<!-- bench: servers -->\n<!-- bench: end -->', results);
    expect(table).toContain('| 11 µs (10–12) | 20 µs* (20–22) | – |');
    expect(table).not.toContain('people typing');
  });

  test('a marker of no table is refused', () => {
    const text = '<!-- bench: nothing -->\n<!-- bench: end -->';
    expect(() => withTables(text, { results: [] })).toThrow('nothing');
  });
});

describe('results', () => {
  test('have their spread, of the ratios round by round as well', () => {
    const both = [...figures('ours', [10, 30, 20]), ...figures('reference', [20, 20, 40])];
    const [ours, reference] = resultsOf(both, 'today', 'here');
    expect(ours).toMatchObject({ median: 20, least: 10, most: 30, rounds: 3, doubt: null });
    expect(ours!.byReference).toEqual({ median: 0.5, least: 0.5, most: 1.5 });
    expect(reference!.byReference).toBeNull();
  });

  test('a line that was measured is replaced whole, so that it can be compared; others stay', () => {
    const other = { ...figures('ours', [9])[0]!, name: names.p99 };
    const run = [...figures('ours', [1]), ...figures('hocuspocus', [5]), other];
    const before = merged({ results: [] }, resultsOf(run, 'a', 'x'));
    expect(before.results).toHaveLength(3);
    const all = merged(before, resultsOf(figures('ours', [2]), 'b', 'y')).results;
    expect(all.map(({ server, name, measured }) => [server, name, measured])).toEqual([
      ['ours', names.cpu, 'b'],
      ['ours', names.p99, 'a'],
    ]);
  });

  test('nothing is no figure, and does not become 0', () => {
    expect(spreadOf([])).toEqual({ median: NaN, least: NaN, most: NaN });
    const [result] = resultsOf(figures('ours', [NaN]), 'today', 'here');
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ median: null, least: null });
  });
});

describe('promises', () => {
  const promised: Promised = { scenario: 'desk 5', name: names.cpu, by: 'reference', most: 0.75 };
  const both = (ours: number[]) => [
    ...figures('ours', ours),
    ...figures('reference', [100, 100, 100]),
  ];

  test('go by the median of the rounds’ ratios', () => {
    expect(judge(promised, both([70, 75, 200]))).toMatchObject({ measured: 0.75, kept: true });
    expect(judge(promised, both([70, 76, 200]))?.kept).toBe(false);
    expect(
      judge(
        { scenario: 'desk 5', name: names.cpu, by: 'reference', least: 3 },
        both([290, 310, 300]),
      )?.kept,
    ).toBe(true);
  });

  test('are not judged where one of both was not measured, and not kept by what is no number', () => {
    expect(judge(promised, figures('ours', [1]))).toBeNull();
    expect(judge(promised, both([NaN, NaN, NaN]))?.kept).toBe(false);
    const atLeast: Promised = { scenario: 'desk 5', name: names.cpu, by: 'reference', least: 3 };
    const byNothing = [...figures('ours', [80]), ...figures('reference', [0], 'void')];
    expect(judge(atLeast, byNothing)).toMatchObject({ kept: false, doubtful: true });
  });
});

test('a change is told as it is, and without what the machine did to both servers', () => {
  const run = (ours: number, reference: number) => [
    ...figures('ours', [ours]),
    ...figures('reference', [reference]),
  ];
  const [ours, reference] = changesOf(run(80, 100), run(120, 200));
  expect(ours).toMatchObject({ before: 80, now: 120, change: 1.5 });
  expect(ours!.relative).toBeCloseTo(0.75);
  expect(reference!.relative).toBeNaN();
  expect(changesOf([], run(1, 2))).toEqual([]);
});
