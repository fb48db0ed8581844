import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { connect, connectSaved, createPiece, type StockClient } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { closeCodeOf, closedFor, openRaw } from '../../support/raw-socket.ts';
import { startRunningServer, type TestRunningServer } from '../../support/running-server.ts';
import { adminToken } from '../../support/server-process.ts';
import { until } from '../../support/until.ts';
import { scrape, type Scraped } from './scrape.ts';

let server: TestRunningServer;
let [ann, rae]: TestPerson[] = [];
let pieceId: string;
const clients: StockClient[] = [];
let before: Scraped;

beforeAll(async () => {
  server = await startRunningServer({
    ...{ MAX_TRIES: '3', MAX_SEARCHES: '2', MAX_WAITING_TASKS: '4', MAX_PIECE_BYTES: '200000' },
    ...{ MAX_OPEN_BYTES: '400000', TRUST_PROXY: 'true', IDLE_UNLOAD_MS: '0' },
  });
  [ann, rae] = await Promise.all(['Ann', 'Rae'].map((name) => createPerson(server, name)));
});
afterAll(() => server.stop());
beforeEach(async () => {
  pieceId = await createPiece(server, { content: 'One two three.' });
  await addMember(server, pieceId, ann!, 'writer');
  await addMember(server, pieceId, rae!, 'reader');
  await seldom('nobody is left of the last test', async () => {
    before = await scrape(server);
    return before.of('counterpoint_sockets') === 0 && before.of('counterpoint_rooms') === 0;
  });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy();
});

/** Each look reads all of `/metrics`. */
const seldom = (what: string, look: () => Promise<boolean>) => until(what, look, 15_000, 50);

type Labels = Readonly<Record<string, string>>;
const grown = async (name: string, labels: Labels = {}) =>
  (await scrape(server)).of(name, labels) - before.of(name, labels);
const call = (method: string, path: string, token = adminToken, body?: object, more = {}) =>
  fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
async function joined<C extends StockClient>(client: C): Promise<C> {
  clients.push(client);
  await client.synced();
  return client;
}

describe('what is open', () => {
  test('sockets that have joined, the people behind them, the piece, and its bytes', async () => {
    for (const token of [ann!.token, ann!.token, rae!.token]) {
      await joined(connect(server, pieceId, { token }));
    }
    const { of } = await scrape(server);
    expect(of('counterpoint_sockets', { state: 'joined' })).toBe(3);
    expect(of('counterpoint_people')).toBe(2);
    expect(of('counterpoint_rooms')).toBe(1);
    expect(of('counterpoint_rooms_bytes')).toBeGreaterThan(10);
    expect(of('counterpoint_rooms_limit_bytes')).toBe(400_000);
    expect(of('counterpoint_sockets_limit')).toBe(5_000);
  });

  test('who is looked up joins, and queries that find no connection wait', async () => {
    const sql = postgres(server.databaseUrl, { max: 1, onnotice: () => undefined });
    const sockets: WebSocket[] = [];
    try {
      await sql.begin(async (tx) => {
        await tx`lock table api_tokens in access exclusive mode`;
        for (let i = 0; i < 20; i++) sockets.push(await openRaw(server, pieceId));
        await seldom('all of them ask the database', async () => {
          const { of } = await scrape(server);
          const most = of('counterpoint_database_connections_limit');
          const inUse = of('counterpoint_database_connections_in_use');
          // Statements have two thirds of the connections, transactions the others. What is done beside waits too.
          if (of('counterpoint_sockets', { state: 'joining' }) < 20) return false;
          return inUse === (most * 2) / 3 && of('counterpoint_database_waiting') >= 20 - inUse;
        });
      });
      await seldom('all are in', async () => {
        const { of } = await scrape(server);
        return of('counterpoint_sockets', { state: 'joined' }) === 20;
      });
      await seldom('the pool is at rest', async () => {
        const { of } = await scrape(server);
        const inUse = of('counterpoint_database_connections_in_use');
        return inUse === 0 && of('counterpoint_database_waiting') === 0;
      });
    } finally {
      for (const ws of sockets) ws.terminate();
      await sql.end();
    }
  });
});

test('pieces that are being opened', async () => {
  const sql = postgres(server.databaseUrl, { max: 1, onnotice: () => undefined });
  const [ws] = await sql.begin(async (tx) => {
    await tx`lock table snapshots in access exclusive mode`;
    const opening = [await openRaw(server, pieceId)];
    await seldom('it opens', async () => {
      const { of } = await scrape(server);
      return of('counterpoint_rooms_opening') === 1 && of('counterpoint_rooms') === 0;
    });
    return opening;
  });
  await seldom('it is open', async () => {
    const { of } = await scrape(server);
    return of('counterpoint_rooms_opening') === 0 && of('counterpoint_rooms') === 1;
  });
  ws!.terminate();
  await sql.end();
});

describe('why sockets end', () => {
  const bad = Uint8Array.of(255, 255, 255);
  const byServer: readonly [code: number, () => Promise<number>][] = [
    [4400, () => closedFor(server, pieceId, bad)],
    [4401, async () => closeCodeOf(await openRaw(server, pieceId, 'token=nobody'))],
    [4403, takenOff],
    [4404, async () => closeCodeOf(await openRaw(server, randomUUID()))],
    [
      4409,
      async () => closeCodeOf(await openRaw(server, pieceId, `token=${adminToken}&schema=99`)),
    ],
    [1007, async () => closeCodeOf(await speaking(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 255])))],
    [4413, () => closedFor(server, pieceId, new Uint8Array(17 * 1024 * 1024))],
    [1002, async () => closeCodeOf(await speaking(Buffer.from([0x83, 0x80, 0, 0, 0, 0])))],
  ];
  for (const [code, end] of byServer) {
    test(`by the server, with ${code}`, async () => {
      const saw = await end();
      expect(saw).toBe(code);
      const labels = { by: 'server', code: String(code) };
      await seldom('counted', async () => {
        return (await grown('counterpoint_socket_closes_total', labels)) === 1;
      });
      expect(await grown('counterpoint_socket_closes_total')).toBe(1);
    });
  }

  const byClient: readonly [label: string, end: (ws: WebSocket) => void][] = [
    ['1000', (ws) => ws.close(1000)],
    ['1001', (ws) => ws.close(1001)],
    ['1005', (ws) => ws.close()],
    ['1006', (ws) => ws.terminate()],
    ['other', (ws) => ws.close(4400)],
    ['other', (ws) => ws.close(3210, 'as it likes')],
  ];
  for (const [code, end] of byClient) {
    test(`by the client: ${String(end)}`, async () => {
      end(await openRaw(server, pieceId));
      const labels = { by: 'client', code };
      await seldom('counted', async () => {
        return (await grown('counterpoint_socket_closes_total', labels)) === 1;
      });
      expect(await grown('counterpoint_socket_closes_total')).toBe(1);
    });
  }

  async function takenOff(): Promise<number> {
    const reader = await openRaw(server, pieceId, `token=${rae!.token}`);
    await once(reader, 'message');
    const closed = closeCodeOf(reader);
    await call('DELETE', `/api/pieces/${pieceId}/members/${rae!.id}`);
    return closed;
  }

  /** A socket that has sent these bytes as they are. */
  async function speaking(bytes: Buffer): Promise<WebSocket> {
    const ws = await openRaw(server, pieceId);
    (ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(bytes);
    return ws;
  }

  test('before they are sockets: handshakes by their status', async () => {
    await expect(openRaw(server, `${pieceId}/more`)).rejects.toThrow('404');
    const labels = { status: '404' };
    expect(await grown('counterpoint_socket_handshakes_refused_total', labels)).toBe(1);
    expect(await grown('counterpoint_socket_handshakes_refused_total')).toBe(1);
  });
});

describe('R4 refused edits, by reason', () => {
  const reasons: readonly [reason: string, refuse: () => Promise<void>][] = [
    [
      'may_not_edit',
      async () => {
        const reader = await joined(connect(server, pieceId, { token: rae!.token }));
        reader.body.insert(0, 'Mine. ');
      },
    ],
    [
      'piece_locked',
      async () => {
        const writer = await joined(connect(server, pieceId, { token: ann!.token }));
        expect(
          (await call('PATCH', `/api/pieces/${pieceId}`, adminToken, { locked: true })).status,
        ).toBe(200);
        writer.body.insert(0, 'Late. ');
      },
    ],
    [
      'piece_full',
      async () => {
        const writer = await joined(connect(server, pieceId, { token: ann!.token }));
        writer.body.insert(0, 'far too long '.repeat(20_000));
      },
    ],
  ];
  for (const [reason, refuse] of reasons) {
    test(reason, async () => {
      await refuse();
      await seldom('counted', async () => {
        return (await grown('counterpoint_refused_edits_total', { reason })) >= 1;
      });
      const others = await grown('counterpoint_refused_edits_total');
      expect(others).toBe(await grown('counterpoint_refused_edits_total', { reason }));
    });
  }
});

describe('B2 429s, by the bound that was met', () => {
  const metric = 'counterpoint_too_many_requests_total';

  test('too_many_tries, at the API and at the handshake of a socket', async () => {
    const from = { 'x-forwarded-for': '192.0.2.77' };
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++)
      statuses.push((await call('GET', '/api/me', 'wrong', undefined, from)).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(await grown(metric, { kind: 'too_many_tries' })).toBe(1);
    const wrongOnes = async () => (await call('GET', '/api/me', 'wrong')).status === 429;
    await seldom('this address has guessed enough', wrongOnes);
    before = await scrape(server);
    await expect(openRaw(server, pieceId, 'token=wrong')).rejects.toThrow('429');
    expect(await grown(metric, { kind: 'too_many_tries' })).toBe(1);
    const labels = { status: '429' };
    expect(await grown('counterpoint_socket_handshakes_refused_total', labels)).toBe(1);
    expect(await grown(metric)).toBe(1);
  });

  test('too_many_searches', async () => {
    const search = () => call('GET', `/api/pieces/${pieceId}/candidates?q=nobody`);
    for (let i = 0; i < 2; i++) expect((await search()).status).toBe(200);
    expect((await search()).status).toBe(429);
    expect(await grown(metric, { kind: 'too_many_searches' })).toBe(1);
    expect(await grown(metric)).toBe(1);
  });

  test('too_many_tasks; tasks that wait for a thread, and for how long', async () => {
    const content = `${'A paragraph of some words. '.repeat(40)}\n\n`.repeat(60);
    const asked = Array.from({ length: 30 }, () =>
      call('POST', '/api/pieces', ann!.token, { content }),
    );
    await until('some wait', async () => {
      const { of } = await scrape(server);
      const labels = { pool: 'requests' };
      return (
        of('counterpoint_worker_tasks_waiting', labels) > 0 &&
        of('counterpoint_worker_tasks_running', labels) > 0 &&
        of('counterpoint_worker_oldest_wait_seconds', labels) > 0
      );
    });
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    const refused = statuses.filter((status) => status === 429).length;
    expect(refused).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 201).length).toBe(30 - refused);
    expect(await grown(metric, { kind: 'too_many_tasks' })).toBe(refused);
    expect(await grown(metric)).toBe(refused);
    const labels = { pool: 'requests' };
    expect(await grown('counterpoint_worker_tasks_total', labels)).toBeGreaterThanOrEqual(
      30 - refused,
    );
    expect(await grown('counterpoint_worker_wait_seconds_total', labels)).toBeGreaterThan(0);
    expect((await scrape(server)).of('counterpoint_worker_tasks_waiting', labels)).toBe(0);
  });

  test('too_much_open', async () => {
    const content = 'Words that fill a piece. '.repeat(7_000);
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) {
      const made = await call('POST', '/api/pieces', ann!.token, { content, format: 'text' });
      ids.push(((await made.json()) as { id: string }).id);
    }
    const sockets = await Promise.all(ids.map((id) => openRaw(server, id, `token=${ann!.token}`)));
    const closed = await Promise.race(sockets.map(closeCodeOf));
    expect(closed).toBe(1013);
    const answers = await Promise.all(
      ids.map((id) => call('GET', `/api/pieces/${id}/export`, ann!.token)),
    );
    const refused = answers.filter(({ status }) => status === 429).length;
    expect(refused).toBeGreaterThan(0);
    expect(await grown(metric, { kind: 'too_much_open' })).toBe(refused);
    expect(
      await grown('counterpoint_socket_closes_total', { by: 'server', code: '1013' }),
    ).toBeGreaterThan(0);
    for (const ws of sockets) ws.terminate();
  });
});

describe('what is done', () => {
  test('requests, by the template of their route and the status', async () => {
    const route = '/api/pieces/:id';
    const labels = { method: 'GET', route, status: '200' };
    const metric = 'counterpoint_http_request_duration_seconds_count';
    const count = async (more: Labels) => {
      const { samples } = await scrape(server);
      const found = samples.filter(
        ({ name, labels }) =>
          name === metric && Object.entries(more).every(([key, value]) => labels[key] === value),
      );
      return found.reduce((sum, { value }) => sum + value, 0);
    };
    const missing = { method: 'GET', route, status: '404' };
    const [had, hadNot] = [await count(labels), await count(missing)];
    for (let i = 0; i < 3; i++) await call('GET', `/api/pieces/${pieceId}`);
    await call('GET', `/api/pieces/${randomUUID()}`);
    expect(await count(labels)).toBe(had + 3);
    expect(await count(missing)).toBe(hadNot + 1);
  });

  test('D3 commits and what they hold, each with its duration', async () => {
    const writer = await joined(connectSaved(server, pieceId, { token: ann!.token }));
    await writer.allSaved();
    before = await scrape(server);
    for (let i = 0; i < 10; i++) {
      writer.body.insert(0, 'x');
      await writer.allSaved();
    }
    expect(await grown('counterpoint_commits_total')).toBe(10);
    expect(await grown('counterpoint_committed_updates_total')).toBe(10);
    expect(await grown('counterpoint_commit_duration_seconds_count')).toBe(10);
    expect(await grown('counterpoint_commit_duration_seconds_sum')).toBeGreaterThan(0);
    const { of } = await scrape(server);
    expect(of('counterpoint_unsaved_updates')).toBe(0);
    expect(of('counterpoint_unsaved_oldest_age_seconds')).toBe(0);
  });

  test('the delay of the event loop, while something blocks it', async () => {
    // A scrape begins the measurement anew, and what blocks before the first sample after it, of one every
    // 50 ms, is not in it: only a later block is sure to be told.
    const blocked = async () => {
      const until = performance.now() + 300;
      while (performance.now() < until);
      const { of } = await scrape(server);
      return of('nodejs_eventloop_lag_max_seconds');
    };
    await expect.poll(blocked, { interval: 200 }).toBeGreaterThan(0.2);
    expect((await scrape(server)).of('process_cpu_seconds_total')).toBeGreaterThan(0);
  });
});
