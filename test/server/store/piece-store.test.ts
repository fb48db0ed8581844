import { randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { insertPiece } from '../../../server/store/new-piece.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { entryOf, makePiece } from '../../support/pieces.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
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

const snapshotsOf = (id: string) =>
  sql`select seq from snapshots where piece_id = ${id} order by seq`;

test('D7 a new piece has its first content as row 1 and as a snapshot, and its owner', async () => {
  const userId = randomUUID();
  await sql`insert into users (id, email, name) values (${userId}, 'a@example.org', 'A')`;
  const id = randomUUID();
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'First.\n');
  const state = Y.encodeStateAsUpdate(doc);
  const piece = {
    id,
    ownerId: userId,
    title: 'T',
    standfirst: 'S',
    words: 1,
    state,
    clientIds: [doc.clientID],
  };
  await insertPiece(sql, piece);
  const store = createPieceStore(sql);
  expect(await store.load(id)).toEqual({
    snapshot: { seq: 1, state: Buffer.from(state) },
    clientIds: new Map([[doc.clientID, userId]]),
    tail: [],
    locked: false,
  });
  expect(await store.rowsAfter(id, 0)).toMatchObject([{ seq: 1, author: userId }]);
  expect(await sql`select user_id, role from members where piece_id = ${id}`).toEqual([
    { user_id: userId, role: 'owner' },
  ]);
  expect((await journal.append([entryOf(id, 'next')])).get(id)).toEqual({ last: 2, rows: 1 });
});

test('B2 how much is stored of a piece is told without reading it: snapshot and tail', async () => {
  const store = createPieceStore(sql);
  const id = await makePiece(sql);
  expect(await store.sizeOf(randomUUID())).toBe(0);
  await journal.append([entryOf(id, 'some words'), entryOf(id, 'more')]);
  const sizes = async () => {
    const stored = await store.load(id);
    const parts = [stored!.snapshot?.state, ...stored!.tail.map(({ update }) => update)];
    return parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
  };
  expect(await store.sizeOf(id)).toBe(await sizes());
  // Above 2 kB Postgres stores it elsewhere, and compressed.
  await store.saveSnapshot(id, 1, new Uint8Array(100_000));
  expect(await store.sizeOf(id)).toBe(await sizes());
});

test('D7 a piece that cannot be made whole is not made at all', async () => {
  const id = randomUUID();
  const stranger = randomUUID();
  const rest = {
    title: '',
    standfirst: '',
    words: 0,
    state: new Uint8Array([0, 0]),
    clientIds: [],
  };
  await expect(insertPiece(sql, { id, ownerId: stranger, ...rest })).rejects.toMatchObject({
    code: '23503',
  });
  expect(await createPieceStore(sql).load(id)).toBeNull();
  await sql
    .begin(async (tx) => {
      await insertPiece(tx, { id, ownerId: null, ...rest });
      throw new Error('changed my mind');
    })
    .catch(() => undefined);
  expect(await createPieceStore(sql).load(id)).toBeNull();
});

test('D6 a load is the latest snapshot and the rows after it; without one, all rows', async () => {
  const store = createPieceStore(sql);
  const id = await makePiece(sql);
  await journal.append(['a', 'b', 'c'].map((text) => entryOf(id, text)));
  await store.saveSnapshot(id, 3, Buffer.from('abc'));
  const loaded = await store.load(id);
  expect(loaded?.snapshot).toEqual({ seq: 3, state: Buffer.from('abc') });
  expect(loaded?.tail).toMatchObject([{ seq: 4, update: Buffer.from('c') }]);
  await sql`delete from snapshots where piece_id = ${id}`;
  const bare = await store.load(id);
  expect(bare?.snapshot).toBeNull();
  expect(bare?.tail.map((row) => row.seq)).toEqual([1, 2, 3, 4]);
});

test('a piece that is unknown or deleted does not load', async () => {
  const store = createPieceStore(sql);
  expect(await store.load(randomUUID())).toBeNull();
  const id = await makePiece(sql);
  await sql`update pieces set deleted_at = now() where id = ${id}`;
  expect(await store.load(id)).toBeNull();
});

test('D6 a snapshot drops older ones and no history, and never one that is newer', async () => {
  const store = createPieceStore(sql);
  const id = await makePiece(sql);
  await journal.append(['a', 'b', 'c'].map((text) => entryOf(id, text)));
  await store.saveSnapshot(id, 3, Buffer.from('3'));
  expect(await snapshotsOf(id)).toEqual([{ seq: 3 }]);
  await store.saveSnapshot(id, 2, Buffer.from('2'));
  expect(await snapshotsOf(id)).toEqual([{ seq: 3 }]);
  expect(await store.rowsAfter(id, 0)).toHaveLength(4);
});

test('D6 a snapshot that claims more than the journal holds is refused', async () => {
  const store = createPieceStore(sql);
  const id = await makePiece(sql);
  await expect(store.saveSnapshot(id, 2, Buffer.from('x'))).rejects.toThrow(/ahead of its journal/);
  expect(await snapshotsOf(id)).toEqual([{ seq: 1 }]);
  await expect(store.saveSnapshot(randomUUID(), 1, Buffer.from('x'))).rejects.toThrow(/No piece/);
});

test('D6 a load among appends and snapshots always joins without a gap', async () => {
  const store = createPieceStore(sql);
  const id = await makePiece(sql);
  let done = false;
  const writing = (async () => {
    for (let round = 0; round < 150; round += 1) {
      const { last } = (await journal.append([entryOf(id, 'x'), entryOf(id, 'y')])).get(id)!;
      if (round % 3 === 0) await store.saveSnapshot(id, last, Buffer.from(String(last)));
    }
    done = true;
  })();
  let seen = 0;
  while (!done) {
    const { snapshot, tail } = (await store.load(id))!;
    expect(tail.map((row) => row.seq)).toEqual(tail.map((_, index) => snapshot!.seq + 1 + index));
    const last = snapshot!.seq + tail.length;
    expect(last).toBeGreaterThanOrEqual(seen);
    seen = last;
  }
  await writing;
});
