import { afterAll, beforeAll, expect, test } from 'vitest';
import { anchorsOf, saveAnchors, type AnchorChange } from '../../../server/threads/thread-store.ts';
import { startTestServer, type TestServer } from '../http/support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('S2 two who look at the same threads at the same moment, in whatever order, do not wait for each other', async () => {
  const { sql } = server;
  const owner = await server.person('Olga Owner');
  const words = Array.from({ length: 40 }, (_, i) => `word${i}`);
  const pieceId = await server.piece(owner, { content: words.join(' ') });
  for (const word of words) {
    const thread = {
      anchor: { quote: `${word}`, suffix: word === 'word39' ? '' : ' ' },
      body: 'x',
    };
    const { statusCode } = await owner.call('POST', `/api/pieces/${pieceId}/threads`, thread);
    expect(statusCode).toBe(201);
  }
  const rows = await anchorsOf(sql, pieceId);
  const changes = rows.map((row): AnchorChange => ({
    id: row.id,
    field: row.field,
    anchor: row,
    seen: null,
    version: null,
  }));
  const orders = [changes, [...changes].reverse()];
  for (let round = 0; round < 30; round++) {
    await Promise.all(orders.map((order) => sql.begin((tx) => saveAnchors(tx, order))));
  }
  const versions = await sql<{ version: number }[]>`
    select anchor_version as version from threads where piece_id = ${pieceId}`;
  const before = rows[0]!.anchorVersion;
  expect(new Set(versions.map(({ version }) => version - before))).toEqual(new Set([60]));
});
