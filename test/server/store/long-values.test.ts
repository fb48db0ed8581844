import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { RefusedKey } from '../../../server/collab/ports.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { partBytes } from '../../../server/db/large-bytes.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { insertPiece } from '../../../server/store/new-piece.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { createRefusedStore } from '../../../server/store/refused-store.ts';
import { makePiece } from '../../support/pieces.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { runSeed, seeded } from '../../support/random.ts';
import { silentLog } from '../../support/silent-log.ts';

let database: TestDatabase;
let sql: Sql;
let journal: ReturnType<typeof createJournalStore>;
beforeAll(async () => {
  database = await createDatabase();
  sql = connect(database.url, { log: silentLog, name: 'test' });
  journal = createJournalStore(database.url, { log: silentLog });
});
afterAll(async () => {
  await journal.close();
  await sql.end();
  await database.drop();
});

const nothingLeft = async () =>
  expect(await sql`select count(*) as parts from large_parts`).toEqual([{ parts: 0 }]);

const rowsOf = (pieceId: string, updates: readonly Uint8Array[]) =>
  updates.map((update, i) => ({ pieceId, author: null, at: new Date(1_000 * i), update }));

async function refusedKey(): Promise<RefusedKey> {
  const author = randomUUID();
  await sql`insert into users (id, email, name) values (${author}, ${author}, 'A')`;
  return { pieceId: await makePiece(sql), author, clientId: 7, reason: 'may_not_edit' };
}

const lengths = [
  ...[1, partBytes - 1, partBytes, partBytes + 1, 2 * partBytes, 2 * partBytes + 1],
  5 * partBytes + 7,
];

test.each(lengths)(
  'B1 D1 %i bytes come back as they were written, wherever they stand',
  async (length) => {
    const bytes = randomBytes(length);
    const store = createPieceStore(sql);

    const pieceId = await makePiece(sql);
    await journal.append(rowsOf(pieceId, [bytes]));
    expect((await store.load(pieceId))!.tail.map(({ update }) => bytes.equals(update))).toEqual([
      true,
    ]);
    await store.saveSnapshot(pieceId, 2, bytes);
    const { snapshot, tail } = (await store.load(pieceId))!;
    expect([snapshot?.seq, bytes.equals(snapshot!.state), tail]).toEqual([2, true, []]);

    const refused = createRefusedStore(sql, 10_000_000);
    const key = await refusedKey();
    expect(await refused.keep({ ...key, update: bytes, added: 'a', removed: '' })).not.toBeNull();
    expect(bytes.equals((await refused.find(key))!.update)).toBe(true);

    const doc = new Y.Doc();
    doc.getText('body').insert(0, 'x'.repeat(length));
    const state = Buffer.from(Y.encodeStateAsUpdate(doc));
    const made = randomUUID();
    const first = { state, clientIds: [doc.clientID] };
    await insertPiece(sql, {
      id: made,
      ownerId: null,
      title: '',
      standfirst: '',
      words: 1,
      ...first,
    });
    expect(state.equals((await store.load(made))!.snapshot!.state)).toBe(true);
    expect(state.equals((await store.rowsAfter(made, 0))[0]!.update)).toBe(true);
    await nothingLeft();
  },
);

test('C1 D1 rows of many pieces and lengths keep their order in one commit', async () => {
  const seed = runSeed();
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  const pieces = [await makePiece(sql), await makePiece(sql), await makePiece(sql)];
  for (let round = 0; round < 5; round++) {
    const entries = Array.from({ length: 1 + random.int(60) }, () => {
      const length = random.pick([0, 1, 400, 10_000, partBytes / 3, partBytes + 3]);
      return rowsOf(random.pick(pieces), [randomBytes(random.int(length + 1))])[0]!;
    });
    const before = await Promise.all(pieces.map((id) => createPieceStore(sql).rowsAfter(id, 1)));
    await journal.append(entries);
    for (const [i, id] of pieces.entries()) {
      const written = entries.filter(({ pieceId }) => pieceId === id).map(({ update }) => update);
      const after = (await createPieceStore(sql).rowsAfter(id, 1)).map(({ update }) => update);
      const all = [...before[i]!.map(({ update }) => update), ...written].map((update) =>
        Buffer.from(update),
      );
      expect(Buffer.concat(after).equals(Buffer.concat(all)), `SEED=${seed}`).toBe(true);
      expect(after.map(({ length }) => length)).toEqual(all.map(({ length }) => length));
    }
  }
  await nothingLeft();
});

test('B1 no more of a long value than a part is written out, or read, in one go', async () => {
  const bytes = randomBytes(4 * partBytes);
  const store = createPieceStore(sql);
  const pieceId = await makePiece(sql);
  const refused = createRefusedStore(sql, 10_000_000);
  const key = await refusedKey();
  const written = vi.spyOn(Buffer.prototype, 'toString');
  const read = vi.spyOn(Buffer, 'from');
  await journal.append(rowsOf(pieceId, [bytes, bytes]));
  await store.load(pieceId);
  await store.saveSnapshot(pieceId, 2, bytes);
  await store.load(pieceId);
  await refused.keep({ ...key, update: bytes, added: '', removed: '' });
  await refused.find(key);
  const out = written.mock.results.map(({ value }) => (value as string).length);
  const back = read.mock.calls.map(([given]: readonly unknown[]) => (given as string).length ?? 0);
  written.mockRestore();
  read.mockRestore();
  // Hex has two letters a byte, and a row some bytes around it.
  const most = 2 * partBytes + 200;
  expect([...out, ...back].filter((length) => length > partBytes).length).toBeGreaterThan(20);
  expect(Math.max(...out)).toBeLessThanOrEqual(most);
  expect(Math.max(...back)).toBeLessThanOrEqual(most);
});

test('B1 D6 a snapshot of a few parts is read with the first statement, as of one moment with its tail', async () => {
  const store = createPieceStore(sql);
  const pieceId = await makePiece(sql);
  const [row, other] = [randomBytes(10), randomBytes(partBytes + 1)];
  await journal.append(rowsOf(pieceId, [row]));
  let transactions = 0;
  const counting = new Proxy(sql, {
    get(target, key) {
      if (key === 'begin') transactions++;
      return Reflect.get(target, key) as unknown;
    },
  });
  const load = () => createPieceStore(counting).load(pieceId);
  for (const [parts, read] of [
    [4, 0],
    [5, 1],
  ] as const) {
    const bytes = randomBytes(parts * partBytes);
    await sql`delete from snapshots where piece_id = ${pieceId}`;
    await store.saveSnapshot(pieceId, 1, bytes);
    transactions = 0;
    const { snapshot, tail } = (await load())!;
    expect([snapshot?.seq, bytes.equals(snapshot!.state), transactions]).toEqual([1, true, read]);
    expect(tail.map(({ update }) => row.equals(update))).toEqual([true]);
  }
  // Another long value beside it is read as before, and the snapshot with it.
  const bytes = randomBytes(2 * partBytes);
  await sql`delete from snapshots where piece_id = ${pieceId}`;
  await store.saveSnapshot(pieceId, 1, bytes);
  await journal.append(rowsOf(pieceId, [other]));
  const { snapshot, tail } = (await load())!;
  expect(bytes.equals(snapshot!.state)).toBe(true);
  expect([row, other].map((one, i) => one.equals(tail[i]!.update))).toEqual([true, true]);
});

test('D1 what is not committed leaves nothing behind, and the next append goes through', async () => {
  const pieceId = await makePiece(sql);
  const bytes = randomBytes(2 * partBytes);
  const [row] = rowsOf(pieceId, [bytes]);
  const broken = { ...row!, bound: [{ clientId: -1e300, userId: null }] };
  await expect(journal.append([broken])).rejects.toThrow();
  await nothingLeft();
  expect((await journal.append([row!])).get(pieceId)).toEqual({ last: 2, rows: 1 });
  await nothingLeft();
});

test('an append of a piece that is gone is absent from the answer', async () => {
  const known = await makePiece(sql);
  const bytes = randomBytes(partBytes);
  const answer = await journal.append([
    ...rowsOf(randomUUID(), [bytes]),
    ...rowsOf(known, [bytes]),
  ]);
  expect([...answer]).toEqual([[known, { last: 2, rows: 1 }]]);
  await nothingLeft();
});
