import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connectSaved, createPiece } from '../../support/clients.ts';
import { seeded } from '../../support/random.ts';
import { closeCodeOf, openRaw } from '../../support/raw-socket.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { adminToken } from '../../support/server-process.ts';
import { parseMetrics, scrape, type Scraped } from './scrape.ts';

let server: TestRunningServer;
let pieceId: string;
beforeAll(async () => {
  server = await startRunningServer({ MAX_TRIES: '1000000' });
  pieceId = await createPiece(server, { content: 'Words.' });
  const client = connectSaved(server, pieceId);
  await client.synced();
  client.body.insert(0, 'More ');
  await client.allSaved();
  client.destroy();
});
afterAll(() => server.stop());

test('the exposition format is Prometheus’ own, and says so', async () => {
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const { types, samples } = parseMetrics(await answer.text());
  const series = samples.map(({ name, labels }) => name + JSON.stringify(Object.entries(labels)));
  expect(new Set(series).size).toBe(series.length);
  for (const { name } of samples) {
    const base = name.replace(/_(bucket|sum|count)$/, '');
    expect({ name, typed: types.has(name) || types.get(base) === 'histogram' }).toEqual({
      ...{ name, typed: true },
    });
  }
});

test('names are in base units, and what is counted ends in _total', async () => {
  const { types } = await scrape(server);
  const ours = [...types].filter(([name]) => name.startsWith('counterpoint_'));
  expect(ours.length).toBeGreaterThan(25);
  for (const [name, type] of ours) {
    expect({ name, total: name.endsWith('_total') }).toEqual({ name, total: type === 'counter' });
    expect(name).not.toMatch(/_(ms|milliseconds|kb|mb|kib|mib|percent)(_|$)/);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});

test('the buckets of a histogram grow, and the last one is its count', async () => {
  const { types, samples, of } = await scrape(server);
  for (const [name, type] of types) {
    if (type !== 'histogram') continue;
    const counts = samples.filter((sample) => sample.name === `${name}_count`);
    for (const { labels, value } of counts) {
      const buckets = samples.filter(
        (sample) =>
          sample.name === `${name}_bucket` &&
          Object.entries(labels).every(([label, its]) => sample.labels[label] === its),
      );
      const values = buckets.map((bucket) => bucket.value);
      expect(values).toEqual([...values].sort((a, b) => a - b));
      expect(of(`${name}_bucket`, { ...labels, le: '+Inf' })).toBe(value);
    }
  }
});

const seeds = [1, 2, 3];
test('the values of labels are few, whatever strangers and members send', async () => {
  const sent = new Set<string>();
  const sizes: number[] = [];
  for (const seed of seeds) {
    const { next, junk } = senders(seed, sent);
    for (let i = 0; i < 150; i++) await next();
    await sayNonsense(junk);
    sizes.push(valuesOf(await scrape(server)).size);
  }
  const values = valuesOf(await scrape(server));
  for (const value of values) for (const junk of sent) expect(value).not.toContain(junk);
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const documented = Object.keys(paths).map((path) => path.replace(/\{(\w+)\}/g, ':$1'));
  const hidden = ['none', '/', '/pieces/:id', '/pieces/:id/history', '/assets/*', '/openapi.json'];
  const { samples } = await scrape(server);
  for (const { labels } of samples) {
    if (labels.route !== undefined) expect([...documented, ...hidden]).toContain(labels.route);
    if (labels.status !== undefined) expect(labels.status).toMatch(/^[2-5]\d\d$/);
    if (labels.method !== undefined) expect(methods).toContain(labels.method);
  }
  // Routes and statuses that had not been met; nothing that grows with what is sent.
  expect(sizes.at(-1)! - sizes[0]!).toBeLessThan(30);
}, 120_000);

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'any'];
const sentMethods = [...methods.slice(0, -1), 'OPTIONS', 'PROPFIND', 'SEARCH'];

/** Requests of any kind, each with something in it that nobody has sent before. */
function senders(seed: number, sent: Set<string>) {
  const random = seeded(seed);
  let count = 0;
  const junk = () => {
    const made = `junk${seed}x${count++}x${random.int(1e9)}`;
    sent.add(made);
    return made;
  };
  const paths = [
    () => `/${junk()}`,
    () => `/api/${junk()}`,
    () => `/api/pieces/${junk()}`,
    () => `/api/pieces/${pieceId}?q=${junk()}`,
    () => `/api/pieces/${junk()}/members/${junk()}`,
    () => `/api/versions/${junk()}`,
    () => `/assets/${junk()}.js`,
    () => `/pieces/${junk()}`,
    () => `/api/pieces/%${junk()}`,
    () => `/collab/${junk()}`,
    () => `/metrics/${junk()}`,
  ];
  const next = async () => {
    const method = random.pick(sentMethods);
    const mayHaveBody = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
    const answer = await fetch(server.url + random.pick(paths)(), {
      method,
      headers: {
        ...(random.next() < 0.5 ? { authorization: `Bearer ${adminToken}` } : {}),
        ...(random.next() < 0.2 ? { authorization: `Bearer ${junk()}` } : {}),
        ...(mayHaveBody ? { 'content-type': 'application/json' } : {}),
        'x-request-id': junk(),
      },
      ...(mayHaveBody ? { body: JSON.stringify({ title: junk() }) } : {}),
    });
    await answer.arrayBuffer();
  };
  return { next, junk };
}

/** Sockets that end in ways that nobody has named. */
async function sayNonsense(junk: () => string): Promise<void> {
  for (const query of [`token=${junk()}`, `token=${adminToken}&schema=${junk()}`]) {
    await closeCodeOf(await openRaw(server, pieceId, query));
  }
  for (const code of [3000, 3777, 4123, 4999]) {
    const ws = await openRaw(server, pieceId);
    const closed = closeCodeOf(ws);
    ws.close(code, junk());
    await closed;
  }
  const refused = new WebSocket(`${server.url.replace('http', 'ws')}/other/${junk()}`);
  await new Promise((resolve) => refused.once('error', resolve));
}

function valuesOf({ samples }: Scraped): Set<string> {
  return new Set(samples.flatMap(({ labels }) => Object.values(labels)));
}
