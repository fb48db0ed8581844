import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { answersInTime } from '../../../server/http/health.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { entryOf, makePiece } from '../../support/pieces.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

let database: TestDatabase;
let sql: Sql;
let name: string;
beforeAll(async () => {
  database = await createDatabase();
  name = new URL(database.directUrl).pathname.slice(1);
  sql = connect(database.directUrl, { log: silentLog, name: 'test', max: 1 });
  await sql`create table written (n int)`;
});
afterEach(() => writable());
afterAll(async () => {
  await sql.end();
  await database.drop();
});

/** What connects from now on is to a database that takes no writes, as to a standby. */
const readOnly = () =>
  sql.unsafe(`alter database "${name}" set default_transaction_read_only = on`);
/** The next connection is to a primary; those that are open stay what they are. */
const writable = () => sql.unsafe(`alter database "${name}" reset default_transaction_read_only`);

function pool(max = 1): Sql {
  const made = connect(database.directUrl, { log: silentLog, name: 'test', max });
  onTestFinished(() => made.end());
  return made;
}

const pidOf = async (one: Sql) => (await one<{ pid: number }[]>`select pg_backend_pid() as pid`)[0];

describe('D4 a connection that takes no writes is retired, and the next is tried', () => {
  test('of single statements', async () => {
    await readOnly();
    const one = pool();
    await expect(one`insert into written values (1)`).rejects.toMatchObject({ code: '25006' });
    await writable();
    await expect
      .poll(() =>
        one`insert into written values (1)`.then(
          () => 'written',
          () => 'not',
        ),
      )
      .toBe('written');
  });

  test('of what is written as text', async () => {
    await readOnly();
    const one = pool();
    await pidOf(one);
    await writable();
    await expect(one.unsafe('insert into written values (2)')).rejects.toMatchObject({
      code: '25006',
    });
    await one.unsafe('insert into written values (2)');
  });

  test('of transactions', async () => {
    await readOnly();
    const one = pool();
    const write = () => one.begin((tx) => tx`insert into written values (3)`);
    await expect(write()).rejects.toMatchObject({ code: '25006' });
    await writable();
    await write();
    await write();
  });

  test('of the journal', async () => {
    const pieceId = await makePiece(sql);
    await readOnly();
    const journal = createJournalStore(database.directUrl, { log: silentLog });
    onTestFinished(() => journal.close());
    await expect(journal.append([entryOf(pieceId, 'x')])).rejects.toMatchObject({ code: '25006' });
    await writable();
    const answer = await journal.append([entryOf(pieceId, 'x')]);
    expect(answer.get(pieceId)).toMatchObject({ rows: 1 });
  });

  test('that nobody writes through: looking whether it takes writes is enough', async () => {
    await readOnly();
    const one = pool();
    expect(await answersInTime(one)).toBe(false);
    await writable();
    expect(await answersInTime(one)).toBe(true);
  });

  test('and what it is being asked is answered to the end', async () => {
    await readOnly();
    const one = pool(2);
    const slow = one`select 1 as n from pg_sleep(0.5)`.execute();
    await expect(one`insert into written values (4)`).rejects.toMatchObject({ code: '25006' });
    await writable();
    await expect(slow).resolves.toMatchObject([{ n: 1 }]);
    await one`insert into written values (4)`;
  });

  test('no more often than once a second while there is no other: reading goes on', async () => {
    await readOnly();
    const one = pool();
    const pids = new Set<number | undefined>();
    const before = performance.now();
    for (let n = 0; n < 20; n++) {
      await expect(one`insert into written values (5)`).rejects.toMatchObject({ code: '25006' });
      pids.add((await pidOf(one))?.pid);
    }
    const seconds = (performance.now() - before) / 1_000;
    expect(pids.size).toBeLessThanOrEqual(2 + Math.floor(seconds));
  });
});
