import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { startOwnPostgres, type OwnPostgres } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';

let server: OwnPostgres;
beforeAll(async () => {
  server = await startOwnPostgres();
});
beforeEach(() => server.restart());
afterAll(() => server.remove());

function pool(max = 3) {
  const sql = connect(server.url, { log: silentLog, name: 'test', max });
  onTestFinished(() => sql.end({ timeout: 1 }));
  return sql;
}

test('D4 the pool answers within half a second of the database being back', async () => {
  const sql = pool();
  expect(await sql`select 2::bigint as n`).toEqual([{ n: 2 }]);
  const running = sql`select pg_sleep(20)`.then(
    () => 'answered',
    () => 'rejected',
  );
  await sql`select 1`;
  await server.kill9();
  expect(await running).toBe('rejected');
  await expect(sql`select 1`).rejects.toThrow();
  await server.restart();
  const back = performance.now();
  await until('it answers', () => sql`select 1`.catch(() => null), 500);
  expect(performance.now() - back).toBeLessThan(500);
});

test('D4 a burst of queries while the database is down is rejected, none is left hanging', async () => {
  const sql = pool(2);
  await sql`select 1`;
  await server.kill9();
  const burst = await Promise.allSettled(Array.from({ length: 50 }, () => sql`select 1`));
  expect(burst.every((one) => one.status === 'rejected')).toBe(true);
});

test.for(['in a query', 'between queries', 'in a savepoint'])(
  'a transaction that loses its connection %s rejects, and ends nothing else',
  async (moment) => {
    const sql = pool();
    let queried = 0;
    const { promise: lost, resolve: tellLost } = defer();
    const work = sql.begin(async (tx) => {
      await tx`select 1`;
      queried += 1;
      if (moment === 'in a query') await tx`select pg_sleep(20)`;
      if (moment === 'in a savepoint') await tx.savepoint((inner) => inner`select pg_sleep(20)`);
      await lost;
      await tx`select 1`;
      queried += 1;
    });
    const outcome = work.then(
      () => 'committed',
      () => 'rejected',
    );
    await until('it has begun', () => queried === 1);
    await server.kill9();
    tellLost();
    expect(await outcome).toBe('rejected');
    await server.restart();
    await until('it answers', () => sql`select 1`.catch(() => null), 1_000);
    expect(await sql.begin((tx) => tx`select 3 as n`)).toEqual([{ n: 3 }]);
    expect(queried).toBe(1);
  },
);

test('transactions past the limit wait their turn, and a failed one is rolled back', async () => {
  const sql = pool(2);
  await sql`create table if not exists counted (n int)`;
  await sql`truncate counted`;
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, (_, n) =>
      sql.begin(async (tx) => {
        await tx`insert into counted values (${n})`;
        if (n % 2 === 1) throw new Error('no');
      }),
    ),
  );
  expect(all.filter((one) => one.status === 'rejected')).toHaveLength(5);
  expect(await sql`select n from counted order by n`).toEqual([0, 2, 4, 6, 8].map((n) => ({ n })));
});

function defer() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
