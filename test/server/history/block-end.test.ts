import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { packPiece } from '../../../server/history/packer.ts';
import { historyOf } from '../../../server/history/questions.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { verifyPieces } from '../../../server/store/verify.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { historyConnection, record, twoPeople } from './recorded.ts';

let database: TestDatabase;
let sql: Sql;
beforeAll(async () => {
  database = await createDatabase();
  sql = connect(database.url, historyConnection);
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** The first keystrokes of two people, each a row behind that of the piece's beginning. */
async function recordTwo(count: number, ids: readonly [string, string]) {
  const seed = runSeed();
  const random = seeded(seed);
  const { keystrokes } = await twoPeople(random, count);
  const people = ids.map((n) => `01900000-0000-7000-8000-00000000000${n}`);
  const { pieceId } = await record(sql, database.url, keystrokes, people, random);
  return { seed, pieceId };
}

test('the history that goes by the end of the last full block is that of all rows, and the end is kept while it is the last', async () => {
  const { seed, pieceId } = await recordTwo(8_600, ['1', '2']);
  const snapshots = async () =>
    (await sql<{ seq: number }[]>`select seq from snapshots order by seq`).map(({ seq }) => seq);
  const verified = async () => {
    for await (const { problems } of verifyPieces(sql)) expect(problems).toEqual([]);
  };
  const history = await historyOf(sql, pieceId);

  await packPiece(sql, pieceId, { unfilled: false });
  expect(await snapshots()).toEqual([1, 8_000]);
  expect(await historyOf(sql, pieceId), `SEED=${seed}`).toEqual(history);
  // It is by the kept end that it goes: with another, it would be another.
  const blank = Y.encodeStateAsUpdate(new Y.Doc());
  await sql`create table kept as select * from snapshots`;
  await sql`update snapshots set state = ${blank} where seq = 8000`;
  expect(await historyOf(sql, pieceId)).not.toEqual(history);
  await sql`delete from snapshots`;
  expect(await historyOf(sql, pieceId)).toEqual(history);
  await sql`insert into snapshots select * from kept`;

  await verified();
  const store = createPieceStore(sql);
  const opened = new Y.Doc();
  for (const { update } of await store.rowsAfter(pieceId, 0)) Y.applyUpdate(opened, update);
  await store.saveSnapshot(pieceId, 8_601, Y.encodeStateAsUpdate(opened));
  expect(await snapshots()).toEqual([8_000, 8_601]);
  await packPiece(sql, pieceId, { unfilled: true });
  await verified();
  expect(await historyOf(sql, pieceId)).toEqual(history);
});

test('of a quiet piece no history is left to compute, also where its last block is a single row', async () => {
  const { seed, pieceId } = await recordTwo(4_000, ['3', '4']);
  const history = await historyOf(sql, pieceId);
  await packPiece(sql, pieceId, { unfilled: true });
  const packs = await sql`
    select seq, stretches is not null as told from journal where piece_id = ${pieceId} order by seq`;
  expect([...packs]).toEqual([
    { seq: 4_000, told: true },
    { seq: 4_001, told: true },
  ]);
  expect(await historyOf(sql, pieceId), `SEED=${seed}`).toEqual(history);
  // A second time there is nothing to do.
  expect(await packPiece(sql, pieceId, { unfilled: true })).toEqual({ before: 2, after: 2 });
});
