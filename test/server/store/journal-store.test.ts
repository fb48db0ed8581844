import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { entryOf, makePiece } from '../../support/pieces.ts';
import { createDatabase, startOwnPostgres, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createDatabase();
  sql = connect(database.url, { log: silentLog, name: 'test' });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

function journalAt(url: string, deadlineMs = 10_000) {
  const store = createJournalStore(url, { log: silentLog, deadlineMs });
  onTestFinished(() => store.close());
  return store;
}

test('D1 an append comes back as it was written: bytes, author, time, order', async () => {
  const journal = journalAt(database.url);
  const [first, second] = [await makePiece(sql), await makePiece(sql)];
  const author = randomUUID();
  const at = new Date('2026-11-23T01:02:03.456Z');
  const updates = [randomBytes(300), Buffer.alloc(0), Buffer.from([0, 255, 92, 34, 44, 125])];
  const answer = await journal.append([
    { pieceId: first, author, at, update: updates[0]! },
    { pieceId: second, author: null, at, update: updates[1]! },
    // A view into a larger buffer, as the codec makes them.
    { pieceId: first, author: null, at, update: Buffer.concat([updates[2]!, at0]).subarray(0, 6) },
  ]);
  expect(answer.get(first)).toEqual({ last: 3, rows: 2 });
  expect(answer.get(second)).toEqual({ last: 2, rows: 1 });
  expect(await createPieceStore(sql).rowsAfter(first, 1)).toEqual([
    { seq: 2, author, at, update: updates[0] },
    { seq: 3, author: null, at, update: updates[2] },
  ]);
  expect(await createPieceStore(sql).rowsAfter(second, 1)).toEqual([
    { seq: 2, author: null, at, update: updates[1] },
  ]);
});
const at0 = Buffer.from('rest');

test('a piece that the database does not know is absent from the answer, the others are saved', async () => {
  const journal = journalAt(database.url);
  const known = await makePiece(sql);
  const unknown = randomUUID();
  const answer = await journal.append([entryOf(unknown, 'a'), entryOf(known, 'b')]);
  expect([...answer]).toEqual([[known, { last: 2, rows: 1 }]]);
  expect(await sql`select from journal where piece_id = ${unknown}`).toHaveLength(0);
  expect(await journal.append([])).toEqual(new Map());
});

test('C1 servers that append to the same pieces at once give gapless numbers in commit order', async () => {
  const stores = Array.from({ length: 4 }, () => journalAt(database.url));
  const pieces = await Promise.all(Array.from({ length: 6 }, () => makePiece(sql)));
  const rounds = 60;
  const watching = watchSequences(pieces[0]!);
  await Promise.all(
    stores.map(async (store, server) => {
      for (let round = 0; round < rounds; round += 1) {
        // Each server has the pieces in an order of its own, which invites deadlocks.
        const order = [...pieces].sort(() => Math.random() - 0.5).slice(0, 4);
        const entries = order.flatMap((id) => [
          entryOf(id, `${server}.${round}.0`),
          entryOf(id, `${server}.${round}.1`),
        ]);
        const answer = await store.append(entries);
        expect(answer.size).toBe(order.length);
      }
    }),
  );
  await watching.stop();
  for (const id of pieces) await expectOrdered(id);
});

/** A reader never sees a row while one before it is missing. */
function watchSequences(pieceId: string) {
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      const [seen] = await sql<{ last: number; rows: number }[]>`
        select coalesce(max(seq), 0) as last, count(*) as rows
        from journal where piece_id = ${pieceId}`;
      expect(seen!.rows).toBe(seen!.last);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await looking;
    },
  };
}

/** Gapless, the head agrees, and each server's entries keep the order they were given in. */
async function expectOrdered(id: string): Promise<void> {
  const rows = await createPieceStore(sql).rowsAfter(id, 0);
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  const heads = await sql`select seq from journal_heads where piece_id = ${id}`;
  expect(heads).toEqual([{ seq: rows.length }]);
  const marks = rows
    .slice(1)
    .map((row) => Buffer.from(row.update).toString().split('.').map(Number));
  for (const server of [0, 1, 2, 3]) {
    const own = marks.filter((mark) => mark[0] === server).map((mark) => mark[1]! * 2 + mark[2]!);
    expect(own).toEqual([...own].sort((a, b) => a - b));
  }
}

test('C1 an append that waits for another transaction numbers on from what that one left', async () => {
  const journal = journalAt(database.url);
  const id = await makePiece(sql);
  let waiting: Promise<Map<string, { last: number; rows: number }>> | undefined;
  await sql.begin(async (tx) => {
    await tx`update journal_heads set seq = seq + 1 where piece_id = ${id}`;
    await tx`insert into journal (piece_id, seq, at, update) values (${id}, 2, now(), '\\x00')`;
    waiting = journal.append([entryOf(id, 'late')]);
    await until('the append waits', async () => {
      const rows = await sql`
        select from pg_stat_activity
        where application_name = 'counterpoint journal' and wait_event_type = 'Lock'
          and datname = current_database()`;
      return rows.length > 0;
    });
  });
  expect((await waiting)?.get(id)).toEqual({ last: 3, rows: 1 });
  expect((await createPieceStore(sql).rowsAfter(id, 2)).map((row) => row.seq)).toEqual([3]);
});

test('D4 an append fails while the database is down or hangs, and the next goes through', async () => {
  const server = await startOwnPostgres();
  onTestFinished(() => server.remove());
  await migrate(server.url, { log: silentLog });
  const pool = connect(server.url, { log: silentLog, name: 'test', max: 1 });
  onTestFinished(() => pool.end({ timeout: 1 }));
  const id = await makePiece(pool);
  const journal = journalAt(server.url, 1_000);
  await journal.append([entryOf(id, 'before')]);

  await server.kill9();
  await expect(journal.append([entryOf(id, 'down')])).rejects.toThrow();
  await server.restart();
  await until('an append goes through', () =>
    journal.append([entryOf(id, 'up')]).catch(() => null),
  );

  await server.pause();
  const asked = performance.now();
  await expect(journal.append([entryOf(id, 'hangs')])).rejects.toMatchObject({
    code: 'JOURNAL_TIMEOUT',
  });
  expect(performance.now() - asked).toBeLessThan(1_500);
  await server.resume();
  await until('an append goes through', () =>
    journal.append([entryOf(id, 'on')]).catch(() => null),
  );
  // The one that hung may have been committed after all: then it is there, in its place.
  const rows = await createPieceStore(pool).rowsAfter(id, 0);
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.length).toBeGreaterThanOrEqual(4);
});

test('an append that the database refuses is rejected, and the connection is used on', async () => {
  const journal = journalAt(database.url);
  const id = await makePiece(sql);
  const bad = { ...entryOf(id, 'x'), author: 'nobody' };
  await expect(journal.append([bad])).rejects.toMatchObject({ code: '22P02' });
  expect((await journal.append([entryOf(id, 'y')])).get(id)).toEqual({ last: 2, rows: 1 });
});
