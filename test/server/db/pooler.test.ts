import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { cancel } from '../../../server/db/cancel.ts';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { openDatabase } from '../../../server/db/open.ts';
import { probe } from '../../../server/db/opening/probe.ts';
import { createJournalStore } from '../../../server/store/journal-store.ts';
import { hasPgBouncer, startPgBouncer, type PgBouncer } from '../../support/pgbouncer.ts';
import { entryOf, makePiece } from '../../support/pieces.ts';
import { createDatabase, databaseUrl, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

/** How operators set it up: with and without a word about what clients send at start. */
const setUps = {
  'as it comes': {},
  'that passes over what it does not know': {
    ignore_startup_parameters: 'extra_float_digits,options,statement_timeout,search_path',
  },
  'in session mode': { pool_mode: 'session', default_pool_size: '100' },
} as const;

let database: TestDatabase;
let name: string;
beforeAll(async () => {
  database = await createDatabase();
  name = new URL(database.directUrl).pathname.slice(1);
});
afterAll(async () => {
  const sql = postgres(inject('postgresUrl'), { max: 1 });
  await sql.unsafe(`drop database "${name}" with (force)`);
  await sql.end();
});

test('a Postgres itself is known as none', async () => {
  expect((await probe(database.directUrl, silentLog)).pooled).toBe(false);
});

describe.skipIf(!hasPgBouncer).each(Object.entries(setUps))('PgBouncer %s', (_name, settings) => {
  let pooler: PgBouncer;
  let url: string;
  beforeAll(async () => {
    pooler = await startPgBouncer(inject('postgresUrl'), { settings });
    url = databaseUrl(pooler.url, name);
  });
  afterAll(() => pooler.stop());

  async function opened(more: object = {}) {
    const given = { databaseUrl: url, dataDir: '/nowhere', log: silentLog, ...more };
    const db = await openDatabase(given);
    onTestFinished(() => db.close());
    return db;
  }

  test('is found out by itself, and what needs a session has no way but by name', async () => {
    expect((await probe(url, silentLog)).pooled).toBe(true);
    expect((await opened()).directUrl).toBeNull();
    const direct = (await opened({ databaseDirectUrl: database.directUrl })).directUrl;
    expect(direct).not.toBeNull();
    expect(await probe(direct ?? '', silentLog)).toMatchObject({ pooled: false });
  });

  test('every statement and transaction has our settings, and leaves none to others', async () => {
    const { sql } = await opened({ statementTimeout: 4_321 });
    const ask = (on: Pick<Sql, 'unsafe'>) =>
      on.unsafe<{ timeout: string; path: string; zone: string }[]>(`
        select current_setting('statement_timeout') as timeout,
          current_setting('search_path') as path, current_setting('TimeZone') as zone`);
    const ours = [{ timeout: '4321ms', path: 'public', zone: 'UTC' }];
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? ask(sql) : sql.begin((tx) => ask(tx)))),
    );
    for (const rows of all) expect(rows).toEqual(ours);
    const plain = postgres(url, { max: 1, prepare: false });
    onTestFinished(() => plain.end());
    expect(await ask(plain as unknown as Sql)).toMatchObject([{ timeout: '0' }]);
  });

  test('more clients than connections are served, with the same statements again and again', async () => {
    const pools = await Promise.all(Array.from({ length: 4 }, () => opened()));
    const answers = await Promise.all(
      pools.flatMap(({ sql }) =>
        Array.from({ length: 100 }, (_, n) => sql<{ n: number }[]>`select ${n}::int as n`),
      ),
    );
    expect(answers.map(([row]) => row?.n)).toEqual(
      pools.flatMap(() => Array.from({ length: 100 }, (_, n) => n)),
    );
  });

  test('a statement that fails, is cancelled or too long rejects by itself, and the next is answered', async () => {
    const { sql } = await opened({ statementTimeout: 500 });
    await expect(sql`select 1 / 0`).rejects.toMatchObject({ code: '22012' });
    await expect(sql`select pg_sleep(20)`).rejects.toMatchObject({ code: '57014' });
    const long = sql`select pg_sleep(0.4)`.execute();
    await sleep(100);
    cancel(long);
    await expect(long).rejects.toMatchObject({ code: '57014' });
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }]);
  });

  test('rows come page by page, also where nobody wants the rest', async () => {
    const { sql } = await opened();
    const rows: number[] = [];
    const numbers = () => sql<{ n: number }[]>`select n from generate_series(1, 10) as n`;
    for await (const page of numbers().cursor(3)) rows.push(...page.map(({ n }) => n));
    expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (let n = 0; n < 30; n += 1) {
      for await (const [first] of numbers().cursor(1)) {
        expect(first?.n).toBe(1);
        break;
      }
    }
    expect(await sql`select 2 as n`).toEqual([{ n: 2 }]);
  });

  test('D2 what is answered has been committed', async () => {
    const { sql } = await opened();
    const pieceId = await makePiece(sql);
    const found = await probe(url, silentLog);
    const journal = createJournalStore(found.url, { log: silentLog });
    onTestFinished(() => journal.close());
    const direct = connect(database.directUrl, { log: silentLog, name: 'test', max: 1 });
    onTestFinished(() => direct.end());
    for (let n = 0; n < 20; n += 1) {
      const answer = await journal.append([entryOf(pieceId, `x${n}`)]);
      const [row] = await direct<{ last: number }[]>`
        select max(seq)::int as last from journal where piece_id = ${pieceId}`;
      expect(row?.last).toBe(answer.get(pieceId)?.last);
    }
  });
});
