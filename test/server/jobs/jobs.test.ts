import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { connect, type Sql } from '../../../server/db/connect.ts';
import { hasPgBouncer, startPgBouncer, type PgBouncer } from '../../support/pgbouncer.ts';
import { createDatabase, databaseUrl, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';
import { until } from '../../support/until.ts';
import { gate, newKind, numbered, openJobs } from './support.ts';

const ways = hasPgBouncer ? (['direct', 'through PgBouncer'] as const) : (['direct'] as const);

describe.each(ways)('C5 jobs, %s', (way) => {
  let database: TestDatabase;
  let pooler: PgBouncer | null = null;
  let url: string;
  let sql: Sql;
  beforeAll(async () => {
    database = await createDatabase();
    url = database.directUrl;
    sql = connect(url, { log: silentLog, name: 'test' });
    if (way === 'direct') return;
    pooler = await startPgBouncer(inject('postgresUrl'));
    const { pathname } = new URL(url);
    url = `${databaseUrl(pooler.url, pathname.slice(1))}?pgbouncer=true`;
  });
  afterAll(async () => {
    await sql.end();
    await pooler?.stop();
    await database.drop();
  });

  /** So that nobody has to wait for it: all that is to be done later, of a kind, is to be done now. */
  const letTimePass = (kind: string) => sql`
    update boss_job set start_after = now() - interval '1 s' where name = ${kind} and state < 'active'`;
  const states = async (kind: string) => {
    const rows = await sql<{ state: string }[]>`
      select state from boss_job where name = ${kind} order by created_on, state`;
    return rows.map(({ state }) => state);
  };

  test('of several servers each job is done by one', async () => {
    const kind = await newKind(sql, 'shared');
    const done: number[] = [];
    const servers = Array.from({ length: 3 }, () => openJobs(url));
    for (const { jobs } of servers) jobs.handle(kind, async ({ n }) => void done.push(n));
    const all = Array.from({ length: 60 }, (_, n) => numbered(n));
    await Promise.all(servers.map(({ jobs }) => jobs.add(kind, all)));
    await Promise.all(servers.map(({ jobs }) => jobs.runDue()));
    expect([...done].sort((a, b) => a - b)).toEqual(all.map(({ payload }) => payload.n));
    expect(await states(kind.name)).toEqual(all.map(() => 'completed'));
  });

  test('of one key one job is done at a time and one waits, whoever adds more', async () => {
    const kind = await newKind(sql, 'keyed');
    const [here, there] = [openJobs(url), openJobs(url)];
    const held = gate();
    const begun: string[] = [];
    here.jobs.handle(kind, async () => {
      begun.push('here');
      await held.opened;
    });
    there.jobs.handle(kind, async () => void begun.push('there'));
    await here.jobs.add(kind, [numbered(1), numbered(1)]);
    const first = here.jobs.runDue();
    await until('it has begun', () => begun.length > 0);
    for (const { jobs } of [here, there]) await jobs.add(kind, [numbered(1)]);
    expect((await states(kind.name)).sort()).toEqual(['active', 'created']);
    await there.jobs.runDue();
    expect(begun).toEqual(['here']);
    expect(there.log.lines).toEqual([]);
    held.open();
    await first;
    expect(begun).toEqual(['here', 'here']);
  });

  test('a job is done from its time on', async () => {
    const kind = await newKind(sql, 'later');
    const { jobs } = openJobs(url);
    const done: number[] = [];
    jobs.handle(kind, async ({ n }) => void done.push(n));
    await jobs.add(kind, [numbered(1, 3_600_000), numbered(2)]);
    const [row] = await sql<{ after: number }[]>`
      select extract(epoch from start_after - created_on)::float8 as after from boss_job
      where name = ${kind.name} and singleton_key = '1'`;
    expect(row?.after).toBeCloseTo(3_600, 0);
    await jobs.runDue();
    expect(done).toEqual([2]);
    await letTimePass(kind.name);
    await jobs.runDue();
    expect(done).toEqual([2, 1]);
  });

  test('what fails is tried again, each time after twice as long, and then given up and told', async () => {
    const kind = await newKind(sql, 'failing');
    const { jobs, log } = openJobs(url);
    jobs.handle(kind, async () => {
      throw new Error('It cannot be done');
    });
    await jobs.add(kind, [numbered(1)]);
    for (const least of [8, 16]) {
      await jobs.runDue();
      const [row] = await sql<{ state: string; pause: number }[]>`
        select state, extract(epoch from start_after - now())::float8 as pause from boss_job
        where name = ${kind.name}`;
      expect(row?.state).toBe('retry');
      // The library adds up to as much again, so that not all come back at once.
      expect(row?.pause).toBeGreaterThan(least - 5);
      expect(row?.pause).toBeLessThanOrEqual(2 * least);
      await letTimePass(kind.name);
    }
    await jobs.runDue();
    const [row] = await sql`select state, output->>'message' as why from boss_job
      where name = ${kind.name}`;
    expect(row).toEqual({ state: 'failed', why: 'It cannot be done' });
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'error']);
    expect(log.lines.at(-1)).toMatchObject({
      message: 'a job has failed for the last time, and is given up',
      fields: { kind: kind.name, n: 1 },
    });
  });

  test('what fails while one of its key waits to be tried again is told as what becomes of it', async () => {
    const kind = await newKind(sql, 'failing twice');
    const { jobs, log } = openJobs(url);
    const failed: number[] = [];
    jobs.handle(kind, async ({ n }) => {
      failed.push(n);
      throw new Error('It cannot be done');
    });
    await jobs.add(kind, [{ ...numbered(1), key: 'same' }]);
    await jobs.runDue();
    await jobs.add(kind, [{ ...numbered(2), key: 'same' }]);
    await jobs.runDue();
    expect(failed).toEqual([1, 2]);
    expect(await states(kind.name)).toEqual(['retry', 'failed']);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'error']);
  });

  test('servers that add the same jobs in another order do not wait for each other for good', async () => {
    const kind = await newKind(sql, 'in any order');
    const [one, other] = [openJobs(url), openJobs(url)];
    const all = Array.from({ length: 900 }, (_, n) => numbered(n, 60_000));
    for (let round = 0; round < 10; round++) {
      await sql`delete from boss_job where name = ${kind.name}`;
      await Promise.all([one.jobs.add(kind, all), other.jobs.add(kind, all.toReversed())]);
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from boss_job where name = ${kind.name}`;
      expect(row).toEqual({ count: all.length });
    }
  });

  test('what has ended is deleted in its time, also by a server that has just started', async () => {
    const kind = await newKind(sql, 'ended');
    const { jobs } = openJobs(url);
    jobs.handle(kind, async () => undefined);
    await jobs.add(
      kind,
      [1, 2, 3].map((n) => numbered(n)),
    );
    await jobs.runDue();
    const age = (state: string, key: string, by: string) => sql`
      update boss_job set state = ${state}, completed_on = now() - ${by}::interval
      where name = ${kind.name} and singleton_key = ${key}`;
    await age('completed', '1', '2 hours');
    await age('failed', '2', '6 days');
    await age('failed', '3', '8 days');
    const archived = async () => {
      const rows = await sql<{ key: string }[]>`
        select singleton_key as key from boss_archive where name = ${kind.name} order by key`;
      return rows.map(({ key }) => key);
    };
    const started = openJobs(url);
    await started.jobs.runDue();
    expect(await states(kind.name)).toEqual(['failed']);
    expect(await archived()).toEqual(['1', '3']);
    await sql`update boss_archive set archived_on = now() - '25 hours'::interval`;
    // Once an hour; nothing of it is in the table of jobs any more.
    await started.jobs.runDue();
    expect(await archived()).toEqual(['1', '3']);
    await openJobs(url).jobs.runDue();
    expect(await archived()).toEqual([]);
  });

  test('what waits is done however long all servers were away, also beside what one of them has left', async () => {
    const kind = await newKind(sql, 'long ago');
    const { jobs } = openJobs(url);
    const done: number[] = [];
    jobs.handle(kind, async ({ n }) => void done.push(n));
    await jobs.add(
      kind,
      [1, 2, 3].map((n) => numbered(n)),
    );
    await sql`
      update boss_job set created_on = created_on - '1 year'::interval,
        start_after = start_after - '1 year'::interval, keep_until = keep_until - '1 year'::interval
      where name = ${kind.name}`;
    await sql`
      update boss_job set state = 'active', started_on = start_after
      where name = ${kind.name} and singleton_key = '1'`;
    await jobs.runDue();
    await letTimePass(kind.name);
    await jobs.runDue();
    expect(done.toSorted()).toEqual([1, 2, 3]);
  });

  test('who has had a job for too long loses it to another, and its end is not taken', async () => {
    const kind = await newKind(sql, 'overdue', { leaseSeconds: 0 });
    const [slow, other] = [openJobs(url), openJobs(url)];
    const held = gate();
    let begun = false;
    slow.jobs.handle(kind, async () => {
      begun = true;
      await held.opened;
    });
    await slow.jobs.add(kind, [numbered(1)]);
    const first = slow.jobs.runDue();
    await until('it has begun', () => begun);
    await other.jobs.runDue();
    expect(await states(kind.name)).toEqual(['retry']);
    expect(other.log.lines).toMatchObject([
      { message: 'jobs were not done in time by who had them', fields: { kind: kind.name } },
    ]);
    held.open();
    await first;
    expect(await states(kind.name)).toEqual(['retry']);
    expect(slow.log.lines).toMatchObject([
      { level: 'warn', message: 'a job took longer than it may: another server has it' },
    ]);
  });

  test('who dies with a job each time does not have it tried for ever', async () => {
    const kind = await newKind(sql, 'deadly', { leaseSeconds: 0, retries: 0 });
    const [dies, other] = [openJobs(url), openJobs(url)];
    const never = gate();
    onTestFinished(never.open);
    let begun = false;
    dies.jobs.handle(kind, async () => {
      begun = true;
      await never.opened;
    });
    await dies.jobs.add(kind, [numbered(1)]);
    const first = dies.jobs.runDue();
    await until('it has begun', () => begun);
    await other.jobs.runDue();
    expect(await states(kind.name)).toEqual(['failed']);
    expect(other.log.lines.at(-1)).toMatchObject({ level: 'error', message: 'jobs are given up' });
    never.open();
    await first;
  });

  test('where the end of a job cannot be noted, it is told, and done again', async () => {
    const kind = await newKind(sql, 'unnoted');
    const { jobs, log } = openJobs(url);
    jobs.handle(kind, async () => {
      await sql`alter table boss_job rename to boss_job_away`;
    });
    await jobs.add(kind, [numbered(1)]);
    // It asks for the next one, too.
    await expect(jobs.runDue()).rejects.toThrow('boss_job');
    await sql`alter table boss_job_away rename to boss_job`;
    expect(log.lines[0]).toMatchObject({
      ...{ level: 'warn', message: 'a job has ended, which could not be noted' },
    });
    expect(await states(kind.name)).toEqual(['active']);
  });

  test('stopping waits for what has begun, and begins nothing more', async () => {
    const kind = await newKind(sql, 'stopping');
    const { jobs } = openJobs(url);
    const held = gate();
    const begun: number[] = [];
    jobs.handle(kind, async ({ n }) => {
      begun.push(n);
      await held.opened;
    });
    await jobs.add(kind, [numbered(1), numbered(2)]);
    const running = jobs.runDue();
    await until('it has begun', () => begun.length > 0);
    let stopped = false;
    const stopping = jobs.stop().then(() => (stopped = true));
    expect(await states(kind.name)).toContain('active');
    expect(stopped).toBe(false);
    held.open();
    await Promise.all([stopping, running]);
    expect(begun).toHaveLength(1);
    expect((await states(kind.name)).sort()).toEqual(['completed', 'created']);
  });
});
