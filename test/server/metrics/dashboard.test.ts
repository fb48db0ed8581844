import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageFile } from '../../../server/package-root.ts';
import { connectSaved, createPiece } from '../../support/clients.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { readPromql } from './promql.ts';
import { scrape, type Scraped } from './scrape.ts';

const place = z.object({ x: z.int(), y: z.int(), w: z.int().min(1), h: z.int().min(1) });
const panel = z.object({
  ...{ id: z.int(), type: z.enum(['row', 'stat', 'timeseries']), title: z.string().min(1) },
  gridPos: place,
  targets: z
    .array(z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() }))
    .optional(),
});
const dashboard = z.object({ title: z.string(), uid: z.string(), panels: z.array(panel) });
const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          ...{ alert: z.string(), expr: z.string(), for: z.string().optional() },
          labels: z.object({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.object({ summary: z.string() }),
        }),
      ),
    }),
  ),
});

const read = (name: string) => readFileSync(packageFile(`docs/grafana/${name}`), 'utf8');
const { panels } = dashboard.parse(JSON.parse(read('counterpoint.json')));
const alerts = rules.parse(parse(read('alerts.yml'))).groups.flatMap((group) => group.rules);
const shown = panels.flatMap(({ title, targets = [] }) =>
  targets.map((target) => ({ title, ...target })),
);

/** What Grafana puts in. */
const filledIn = (expression: string) =>
  expression.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');
/** What Prometheus adds to whatever it scrapes. */
const addedLabels = ['instance', 'job'];
const addedMetrics = ['up'];

let server: TestRunningServer;
let scraped: Scraped;
beforeAll(async () => {
  server = await startRunningServer();
  const client = connectSaved(server, await createPiece(server, { content: 'Words.' }));
  await client.synced();
  client.body.insert(0, 'More ');
  await client.allSaved();
  client.destroy();
  // Kinds of garbage collection are there once there was one.
  const kept: object[] = [];
  for (let i = 0; i < 100_000; i++) kept.push({ kept: kept.length });
  await fetch(`${server.url}/healthz`);
  scraped = await scrape(server);
});
afterAll(() => server.stop());

/** Labels of a metric on /metrics; null: it is not there. */
function labelsOf(metric: string): Set<string> | null {
  const found = scraped.samples.filter(({ name }) => name === metric);
  if (found.length === 0) return null;
  return new Set(found.flatMap(({ labels }) => Object.keys(labels)));
}

function expectIsThere(expression: string): void {
  const { selectors, grouping } = readPromql(filledIn(expression));
  expect(selectors.length).toBeGreaterThan(0);
  const all = new Set<string>(addedLabels);
  for (const { metric, labels } of selectors) {
    if (addedMetrics.includes(metric)) continue;
    const there = labelsOf(metric);
    expect({ metric, there: there !== null }).toEqual({ metric, there: true });
    for (const label of labels) expect([...there!, ...addedLabels]).toContain(label);
    for (const label of there!) all.add(label);
  }
  for (const label of grouping) expect([...all]).toContain(label);
}

describe('the dashboard and the alerts ask only for metrics and labels that a real server has', () => {
  for (const { title, refId, expr } of shown) {
    test(`panel ${title}, ${refId}`, () => expectIsThere(expr));
  }
  for (const { alert, expr } of alerts) test(alert, () => expectIsThere(expr));

  test('legends name labels that are there', () => {
    for (const { expr, legendFormat } of shown) {
      const { grouping, selectors } = readPromql(filledIn(expr));
      const there = new Set([...grouping, ...addedLabels]);
      for (const { metric } of selectors)
        for (const label of labelsOf(metric) ?? []) there.add(label);
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        expect([...there]).toContain(label);
    }
  });

  test('what is made up is told from what is there', () => {
    for (const expr of [
      'counterpoint_no_such_thing',
      'counterpoint_rooms{made_up="x"}',
      'sum by (made_up) (counterpoint_rooms)',
      'sum(',
    ]) {
      expect(() => expectIsThere(expr)).toThrow();
    }
  });
});

test('every metric of ours is on the dashboard', () => {
  const asked = new Set(
    shown.flatMap(({ expr }) => readPromql(filledIn(expr)).selectors.map(({ metric }) => metric)),
  );
  for (const [name, type] of scraped.types) {
    if (!name.startsWith('counterpoint_')) continue;
    const names = type === 'histogram' ? [`${name}_bucket`, `${name}_count`] : [name];
    expect({ name, shown: names.some((one) => asked.has(one)) }).toEqual({ name, shown: true });
  }
});

test('panels fill the 24 columns, and none lies upon another', () => {
  const taken = new Map<string, string>();
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { title, gridPos } of panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect({ title, on: taken.get(`${x} ${y}`) }).toEqual({ title, on: undefined });
        taken.set(`${x} ${y}`, title);
      }
    }
  }
  const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  expect(taken.size).toBe(24 * rows);
});

test('every alert and every metric of ours, with its labels, stands where operators look', () => {
  const guide = readFileSync(packageFile('docs/operating.md'), 'utf8');
  const told = [...guide.matchAll(/`(counterpoint_\w+)(?:\{([\w,]+)\})?`/g)];
  for (const { alert } of alerts) expect(guide).toContain(`\`${alert}\``);
  for (const [, name] of guide.matchAll(/`(Counterpoint\w+)`/g)) {
    expect(alerts.map(({ alert }) => alert)).toContain(name);
  }
  const names = [...scraped.types.keys()].filter((name) => name.startsWith('counterpoint_'));
  expect(told.map(([, name]) => name).sort()).toEqual(names.sort());
  for (const [, name, labels] of told) {
    const there = labelsOf(name!) ?? labelsOf(`${name}_count`);
    expect({ name, labels: labels?.split(',') ?? [] }).toEqual({ name, labels: [...there!] });
  }
});
