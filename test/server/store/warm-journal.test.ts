import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { makePiece } from '../../support/pieces.ts';
import { createDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

test('D2 once the journal is warmed up, the first keystroke waits for no connection', async () => {
  const database = await createDatabase();
  const sql = connect(database.directUrl, { log: silentLog, name: 'test' });
  const journal = createJournalStore(database.directUrl, { log: silentLog });
  onTestFinished(async () => {
    await journal.close();
    await sql.end();
    await database.drop();
  });
  const backends = () => sql<{ pid: number; query: string }[]>`
    select pid, query from pg_stat_activity
    where datname = current_database() and application_name = 'counterpoint journal'`;
  expect(await backends()).toEqual([]);

  await journal.warmUp();
  const [warm, ...more] = await backends();
  expect(more).toEqual([]);
  expect(warm?.query).toContain('insert into journal');

  const pieceId = await makePiece(sql);
  const row = { pieceId, author: null, at: new Date(), update: Uint8Array.of(0, 0) };
  expect((await journal.append([row])).get(pieceId)).toMatchObject({ rows: 1 });
  expect((await backends()).map(({ pid }) => pid)).toEqual([warm?.pid]);
});

test('D2 where the database cannot be reached, warming up ends, and the first append is tried by itself', async () => {
  const journal = createJournalStore('postgres://nobody@127.0.0.1:1/none', { log: silentLog });
  onTestFinished(() => journal.close());
  await journal.warmUp();
  const row = { pieceId: 'piece', author: null, at: new Date(), update: Uint8Array.of(0, 0) };
  await expect(journal.append([row])).rejects.toThrow();
});
