import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { connect } from '../../server/db/connect.ts';
import type { Sql } from '../../server/db/connect.ts';
import { encodeSync } from '../../shared/protocol/messages.ts';
import { api, refusedOf } from '../engine/people-in-room.ts';
import { Pen } from '../engine/pen.ts';
import { createPiece } from '../support/clients.ts';
import { closedFor } from '../support/raw-socket.ts';
import { startRunningServer, type TestRunningServer } from '../support/running-server.ts';
import { silentLog } from '../support/silent-log.ts';
import { strayDeletions } from './attacks/stray-deletions.ts';
import { expectVerified, expectWritable } from './goes-on.ts';

let server: TestRunningServer;
let sql: Sql;

beforeAll(async () => {
  server = await startRunningServer();
  sql = connect(server.databaseUrl, { log: silentLog, name: 'test' });
});
afterAll(async () => {
  await sql.end();
  await server.stop();
});

async function journalOf(pieceId: string): Promise<{ rows: number; bytes: number }> {
  const [found] = await sql<{ rows: number; bytes: number }[]>`
    select count(*)::int as rows, coalesce(sum(octet_length(update)), 0)::int as bytes
    from journal where piece_id = ${pieceId}`;
  return found!;
}

/** Somebody else types, and it is saved; and the journal gives the piece back. */
async function expectCheapKeys(pieceId: string): Promise<void> {
  const before = await journalOf(pieceId);
  await expectWritable(server, pieceId);
  const after = await journalOf(pieceId);
  expect(after.bytes - before.bytes, 'a key costs what a key costs').toBeLessThan(200);
  await expectVerified(sql, pieceId);
}

test.each([
  ['a million single letters', () => strayDeletions(1, 1_000_000), 'update'],
  ['letters of 500,000 clients', () => strayDeletions(500_000, 1), 'update'],
  ['3,000 single letters', () => strayDeletions(1, 3_000), 'update'],
  ['a million single letters', () => strayDeletions(1, 1_000_000), 'step2'],
] as const)(
  'B3 R3 who deletes %s that nobody wrote is closed, and nothing of it is kept (%#)',
  async (_what, make, step) => {
    const pieceId = await createPiece(server, { content: 'Words.' });
    const before = await journalOf(pieceId);
    expect(await closedFor(server, pieceId, encodeSync(step, make()))).toBe(4400);
    expect(await journalOf(pieceId)).toEqual(before);
    await expectCheapKeys(pieceId);
  },
);

test('B3 what waits in small pieces is bounded too: what is over it is refused, kept, and told', async () => {
  const pieceId = await createPiece(server, { content: 'Words.' });
  const pen = await Pen.open(server, pieceId);
  for (let i = 0; i < 20; i++) pen.post(strayDeletions(1, 500, 1 + i));
  for (let i = 0; i < 20; i++) {
    const author = new Y.Doc();
    author.getText('body').insert(0, 'a');
    const before = Y.encodeStateVector(author);
    author.getText('body').insert(1, 'b'.repeat(10_000));
    pen.post(Y.encodeStateAsUpdate(author, before));
  }
  await pen.heard();
  expect(pen.code).toBeNull();
  expect((await journalOf(pieceId)).bytes).toBeLessThan(128 * 1024);
  await expectCheapKeys(pieceId);
  const refused = await refusedOf(server, pieceId);
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['piece_full']));
  await pen.close();
});

test('B3 a piece that an older build let wait for a million deletions can be opened and written in', async () => {
  const pieceId = await createPiece(server, { content: 'Words.' });
  const { rows } = await journalOf(pieceId);
  for (let i = 0; i < 2; i++) {
    await sql`
      insert into journal (piece_id, seq, author, at, update)
      values (${pieceId}, ${rows + 1 + i}, null, now(), ${strayDeletions(1, 500_000, 1 + i)})`;
  }
  await sql`update journal_heads set seq = ${rows + 2} where piece_id = ${pieceId}`;
  await expectCheapKeys(pieceId);
  await api(server, 'GET', `/pieces/${pieceId}/export?format=json`);
});
