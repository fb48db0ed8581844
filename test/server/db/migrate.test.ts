import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../server/db/connect.ts';
import { migrate } from '../../../server/db/migrate.ts';
import { createDatabase } from '../../support/postgres.ts';
import { silentLog } from '../../support/silent-log.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-migrate-'));
afterAll(() => rm(root, { recursive: true, force: true }));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(root, 'm'));
  await writeFile(path.join(folder, '0001_a.sql'), 'create table a (n int);\ncreate table b ();\n');
  await writeFile(path.join(folder, '0002_b.sql'), 'insert into a values (1);\n');
});

async function emptyDatabase() {
  const database = await createDatabase({ empty: true });
  const { url } = database;
  const sql = connect(url, { log: silentLog, name: 'test' });
  onTestFinished(async () => {
    await sql.end();
    await database.drop();
  });
  const run = async (from = folder) => (await migrate(url, { log: silentLog, folder: from })).ran;
  return { sql, run };
}

test('servers that start at once run each migration once', async () => {
  const { sql, run } = await emptyDatabase();
  const ran = await Promise.all([run(), run(), run(), run()]);
  expect(ran.flat().sort()).toEqual(['0001_a.sql', '0002_b.sql']);
  expect(await sql`select n from a`).toEqual([{ n: 1 }]);
  expect(await run()).toEqual([]);
});

test('a migration that fails leaves nothing, and runs once it is right', async () => {
  const { sql, run } = await emptyDatabase();
  const file = path.join(folder, '0003_c.sql');
  await writeFile(file, 'create table c ();\nselect 1 / 0;\n');
  await expect(run()).rejects.toThrow('0003_c.sql failed and left nothing: division by zero');
  expect(await sql`select to_regclass('c') as c`).toEqual([{ c: null }]);
  await writeFile(file, 'create table c ();\n');
  expect(await run()).toEqual(['0003_c.sql']);
});

test('a migration that was changed after it was applied is refused', async () => {
  const { run } = await emptyDatabase();
  await run();
  await writeFile(path.join(folder, '0002_b.sql'), 'insert into a values (1);\r\n');
  expect(await run(), 'other line ends are the same migration').toEqual([]);
  await writeFile(path.join(folder, '0002_b.sql'), 'insert into a values (2);\n');
  await expect(run()).rejects.toThrow('Migration 0002_b.sql has been changed');
});

test('a database of a newer server is refused', async () => {
  const { run } = await emptyDatabase();
  const newer = await mkdtemp(path.join(root, 'newer'));
  await cp(folder, newer, { recursive: true });
  await writeFile(path.join(newer, '0003_c.sql'), 'create table c ();\n');
  await run(newer);
  await expect(run()).rejects.toThrow('of a newer server (it has 0003_c.sql)');
});

test('a migration that comes before an applied one is refused', async () => {
  const { run } = await emptyDatabase();
  await run();
  await writeFile(path.join(folder, '0001_z.sql'), 'create table z ();\n');
  await expect(run()).rejects.toThrow('Migration 0001_z.sql comes before 0002_b.sql');
});
