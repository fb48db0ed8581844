import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RefusedKey } from '../../../server/collab/ports.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { createJournalStore, type OwnJournalStore } from '../../../server/store/journal-store.ts';
import { createPieceStore } from '../../../server/store/piece-store.ts';
import { createRefusedStore } from '../../../server/store/refused-store.ts';
import { entryOf, makePiece } from '../../support/pieces.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

let database: TestDatabase;
let sql: Sql;
let journal: OwnJournalStore;

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

async function makeUser(): Promise<string> {
  const id = randomUUID();
  await sql`insert into users (id, email, name) values (${id}, ${id}, 'Somebody')`;
  return id;
}

async function makeKey(): Promise<RefusedKey> {
  return {
    ...{ pieceId: await makePiece(sql), author: await makeUser() },
    ...{ clientId: 4_294_967_295, reason: 'may_not_edit' },
  };
}

const content = (length: number, added = 'x') => ({
  ...{ update: new Uint8Array(length), added, removed: '' },
});

test('R4 what somebody goes on writing takes the place of what was kept before', async () => {
  const store = createRefusedStore(sql, 1_000);
  const key = await makeKey();
  expect(await store.find(key)).toBeNull();
  const id = await store.keep({ ...key, ...content(10, 'a\0b') });
  expect(await store.keep({ ...key, ...content(20) })).toBe(id);
  expect(await store.find(key)).toMatchObject({ id, update: Buffer.alloc(20) });
});

test('R4 one person’s take up no more than their room, and nobody else’s', async () => {
  const store = createRefusedStore(sql, 1_000);
  const key = await makeKey();
  expect(await store.keep({ ...key, ...content(600) })).not.toBeNull();
  expect(await store.keep({ ...key, ...content(900) }), 'it replaces itself').not.toBeNull();
  const second = { ...key, clientId: 2 };
  expect(await store.keep({ ...second, ...content(101) })).toBeNull();
  expect(await store.keep({ ...second, ...content(100) })).not.toBeNull();
  const other = { ...key, author: await makeUser() };
  expect(await store.keep({ ...other, ...content(1_000) })).not.toBeNull();
  const keys = Array.from({ length: 120 }, (_, i) => ({
    ...other,
    clientId: i,
    reason: key.reason,
  }));
  const roomy = createRefusedStore(sql, 1_000_000);
  const kept = await Promise.all(keys.map((each) => roomy.keep({ ...each, ...content(1) })));
  expect(kept.filter((id) => id !== null)).toHaveLength(99);
});

test('nothing is kept of a piece that is gone', async () => {
  const store = createRefusedStore(sql, 1_000);
  const key = { ...(await makeKey()), pieceId: randomUUID() };
  expect(await store.keep({ ...key, ...content(1) })).toBeNull();
});

test('P2 a clientID is stored in the commit of its first words, and stays whose it was first', async () => {
  const pieceId = await makePiece(sql, 'Imported.');
  const store = createPieceStore(sql);
  const imported = (await store.load(pieceId))!.clientIds;
  expect([...imported.values()], 'the server’s, where nobody made it').toEqual([null]);
  const [ann, bob] = [randomUUID(), randomUUID()];
  const by = (userId: string | null, clientId: number) => ({
    ...entryOf(pieceId, `${userId}`),
    bound: [{ clientId, userId }],
  });
  const answer = await journal.append([by(ann, 7), by(null, 4_294_967_295), entryOf(pieceId, 'x')]);
  expect(answer.get(pieceId)).toEqual({ last: 4, rows: 3 });
  await journal.append([by(bob, 7), by(bob, 8)]);
  const known = (await store.load(pieceId))!.clientIds;
  expect([known.get(7), known.get(8), known.get(4_294_967_295)]).toEqual([ann, bob, null]);
  const none = await journal.append([{ ...by(ann, 9), pieceId: randomUUID() }]);
  expect(none.size).toBe(0);
  expect(await sql`select 1 from client_ids where client_id = 9`).toEqual([]);
});
