import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
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
  return { sql, url, run };
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

describe('E1 expanding and contracting', () => {
  const at = (name: string, text: string) => writeFile(path.join(folder, name), text);
  const expand = (n: number) => at(`002${n}_e.sql`, `create table e${n} ();\n`);
  const contractIn = '-- contract: the table b\ndrop table b;\n';

  test('a schema that was only expanded suits an older version; one that was contracted does not', async () => {
    const { run } = await emptyDatabase();
    const older = await mkdtemp(path.join(root, 'older'));
    await cp(folder, older, { recursive: true });
    await expand(1);
    expect(await run()).toEqual(['0001_a.sql', '0002_b.sql', '0021_e.sql']);
    expect(await run(older)).toEqual([]);
    await at('0022_c.sql', contractIn);
    expect(await run()).toEqual(['0022_c.sql']);
    await expect(run(older)).rejects.toThrow('of a newer server (it has 0022_c.sql)');
  });

  test('what contracts runs when no older server does, after what expands later', async () => {
    const { sql, run } = await emptyDatabase();
    await run();
    await sql`create table servers (migration text not null)`;
    await sql`insert into servers values ('0019_servers.sql'), ('0023_e.sql')`;
    await at('0022_c.sql', contractIn);
    await expand(3);
    expect(await run()).toEqual(['0023_e.sql']);
    await sql`delete from servers where migration < '0022'`;
    expect(await run()).toEqual(['0022_c.sql']);
    expect(await run()).toEqual([]);
  });

  test('at a start it is left for later, but in a new database', async () => {
    const { url, run } = await emptyDatabase();
    const later = () => migrate(url, { log: silentLog, folder, contracts: 'later' });
    await at('0022_c.sql', contractIn);
    expect(await later()).toMatchObject({ waiting: [], last: '0022_c.sql' });
    await at('0023_d.sql', '-- contract: the table a\ndrop table a;\n');
    const { ran, waiting } = await later();
    expect(ran).toEqual([]);
    expect(waiting.map(({ name }) => name)).toEqual(['0023_d.sql']);
    expect(await run()).toEqual(['0023_d.sql']);
  });

  test('a migration waits for a table that is in use, and holds up nobody meanwhile', async () => {
    const { sql, run } = await emptyDatabase();
    await run();
    await at('0021_e.sql', 'alter table a add m int;\n');
    let free = () => {};
    const inUse = new Promise<void>((resolve) => (free = resolve));
    const reading = sql.begin(async (tx) => {
      await tx`select from a`;
      await inUse;
    });
    const running = run();
    // Queued behind the migration's lock, they get through when that is given up.
    for (let i = 0; i < 3; i++) await sql`insert into a values (${i})`;
    free();
    await reading;
    expect(await running).toEqual(['0021_e.sql']);
  });
});
