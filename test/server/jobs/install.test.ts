import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { migrate } from '../../../server/db/migrate.ts';
import { openDatabase } from '../../../server/db/open.ts';
import { jobKinds } from '../../../server/jobs/kinds.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';
import { newKind, numbered, openJobs } from './support.ts';

const role = `few_rights_${process.pid}_${randomBytes(3).toString('hex')}`;
const dropped: TestDatabase[] = [];

async function asAdmin(url: string, ...statements: string[]): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  for (const statement of statements) await sql.unsafe(statement);
  await sql.end();
}

beforeAll(() => asAdmin(inject('postgresUrl'), `create role ${role} login password 'few'`));
afterAll(async () => {
  for (const database of dropped) await database.drop();
  await asAdmin(inject('postgresUrl'), `drop role ${role}`);
});

/** A database that was prepared by its admin; its URL for the role, with a search path. */
async function prepared(how: { empty: boolean }, schema: string, ...statements: string[]) {
  const database = await createDatabase(how);
  dropped.push(database);
  const name = new URL(database.directUrl).pathname.slice(1);
  await asAdmin(
    database.directUrl,
    `revoke create, temporary on database "${name}" from public`,
    `revoke create on schema public from public`,
    ...statements,
  );
  const url = new URL(database.directUrl);
  [url.username, url.password] = [role, 'few'];
  const quoted = encodeURIComponent(`-c search_path="${schema.replaceAll(' ', '\\ ')}"`);
  return { admin: database.directUrl, url: `${url.href}?options=${quoted}` };
}

async function opened(url: string) {
  const db = await openDatabase({ databaseUrl: url, dataDir: '/nowhere', log: silentLog });
  onTestFinished(() => db.close());
  return db;
}

async function expectThatJobsAreDone(db: Awaited<ReturnType<typeof opened>>, url: string) {
  const { jobs } = openJobs(url);
  const done: number[] = [];
  jobs.handle({ ...jobKinds[0]! }, async (payload) => void done.push((payload as { n: number }).n));
  await jobs.add({ ...jobKinds[0]! }, [numbered(1)]);
  await jobs.runDue();
  expect(done).toEqual([1]);
  const [row] = await db.sql`select state from boss_job`;
  expect(row).toEqual({ state: 'completed' });
}

test.each(['counterpoint', 'News Room'])(
  'a role that may make no schema has jobs in the one that it was given: %s',
  async (schema) => {
    const { url } = await prepared(
      { empty: true },
      schema,
      `create schema "${schema}" authorization ${role}`,
    );
    const db = await opened(url);
    await expectThatJobsAreDone(db, db.url);
    const schemas = await db.sql<{ name: string }[]>`
      select distinct n.nspname as name from pg_class c join pg_namespace n on n.oid = relnamespace
      where relname like 'boss%'`;
    expect(schemas.map(({ name }) => name)).toEqual([schema]);
  },
);

test('a role that may only read and write has jobs where its admin has migrated', async () => {
  const { url } = await prepared(
    { empty: false },
    'public',
    `grant select, insert, update, delete on all tables in schema public to ${role}`,
  );
  const db = await opened(url);
  await expectThatJobsAreDone(db, db.url);
});

test('a role that may not make the tables is told so in one line', async () => {
  const { url, admin } = await prepared(
    { empty: false },
    'public',
    `grant select, insert, update, delete on all tables in schema public to ${role}`,
  );
  await asAdmin(
    admin,
    `drop table boss_version, boss_queue, boss_schedule, boss_subscription, boss_job, boss_archive cascade`,
    `drop function boss_create_queue, boss_delete_queue`,
    `drop type boss_job_state`,
  );
  await expect(opened(url)).rejects.toThrow(
    /^The database .* cannot be used: permission denied for schema public; give .* the right, or set DATABASE_URL to the role that owns the tables$/,
  );
});

test('servers that start together make the tables once, and later ones what is new', async () => {
  const database = await createDatabase({ empty: true });
  dropped.push(database);
  const started = Array.from({ length: 4 }, () => migrate(database.directUrl, { log: silentLog }));
  await Promise.all(started);
  const db = await opened(database.directUrl);
  const queues = async () => {
    const rows = await db.sql<{ name: string }[]>`select name from boss_queue`;
    return rows.map(({ name }) => name).sort();
  };
  const known = jobKinds.map(({ name }) => name);
  expect(await queues()).toEqual([...known].sort());
  await newKind(db.sql, 'new');
  expect(await queues()).toEqual([...known, 'new'].sort());
});

test('tables of another version of the library are not touched', async () => {
  const database = await createDatabase();
  dropped.push(database);
  await asAdmin(database.directUrl, 'update boss_version set version = 25');
  await expect(migrate(database.directUrl, { log: silentLog })).rejects.toThrow(
    "The database's jobs are of another version (25, and this one is 24)",
  );
});
