import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { lockDataDir } from '../../../server/db/data-dir-lock.ts';
import { openDatabase } from '../../../server/db/open.ts';
import { warmUp } from '../../../server/db/warm-up.ts';
import { freePort } from '../../support/free-port.ts';
import { createDatabase } from '../../support/postgres.ts';
import { runScript } from '../../support/run-script.ts';
import { silentLog } from '../../support/silent-log.ts';

const holdDatabase = path.resolve(import.meta.dirname, '../../support/hold-database.ts');
const root = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-open-'));
afterAll(() => rm(root, { recursive: true, force: true }));

test('a second server on the same DATA_DIR is refused in one line, also by another path', async () => {
  const dataDir = path.join(root, 'shared');
  const script = runScript(holdDatabase, [dataDir]);
  await script.line();
  await symlink(dataDir, path.join(root, 'link'));
  for (const again of [dataDir, path.join(root, 'link')]) {
    const second = openDatabase({ databaseUrl: null, dataDir: again, log: silentLog });
    await expect(second).rejects.toThrow(`in use by another server (process ${script.child.pid})`);
  }
  script.child.kill('SIGKILL');
  await once(script.child, 'exit');
  // The lock went with its process; Postgres may be on its way out still.
  const next = await openDatabase({ databaseUrl: null, dataDir, log: silentLog });
  await next.close();
}, 600_000);

test('the lock can be had again once it is released', async () => {
  const dataDir = path.join(root, 'locked');
  const lock = await lockDataDir(dataDir);
  await expect(lockDataDir(dataDir)).rejects.toThrow('in use');
  await lock.release();
  await lock.release();
  await (await lockDataDir(dataDir)).release();
});

test('an embedded database is fresh until somebody is in it', async () => {
  const options = { databaseUrl: null, dataDir: path.join(root, 'fresh'), log: silentLog };
  const first = await openDatabase(options);
  expect(first).toMatchObject({ embedded: true, fresh: true });
  await first.close();
  const second = await openDatabase(options);
  expect(second.fresh).toBe(true);
  await second.sql`
    insert into users (id, email, name) values (gen_random_uuid(), 'a@example.org', 'A')`;
  await second.close();
  const third = await openDatabase(options);
  expect(third.fresh).toBe(false);
  await third.close();
});

test('B1 once a pool is warmed up, no connection is opened for queries that come at once', async () => {
  const database = await createDatabase({ empty: true });
  onTestFinished(() => database.drop());
  const opened = await openDatabase({
    ...{ databaseUrl: database.directUrl, dataDir: root, log: silentLog },
  });
  onTestFinished(() => opened.close());
  const { sql } = opened;
  const connections = async () =>
    (
      await sql<{ pid: number }[]>`
        select pid from pg_stat_activity
        where datname = current_database() and application_name = 'counterpoint' order by pid`
    ).map(({ pid }) => pid);
  await warmUp(sql, silentLog);
  const before = await connections();
  expect(before).toHaveLength(15);
  await Promise.all([
    ...Array.from({ length: 50 }, () => sql`select 1`),
    ...Array.from({ length: 20 }, () => sql.begin((tx) => tx`select 1`)),
  ]);
  expect(await connections()).toEqual(before);
});

test('a database at DATABASE_URL is migrated, and never fresh', async () => {
  const database = await createDatabase({ empty: true });
  onTestFinished(() => database.drop());
  const opened = await openDatabase({ databaseUrl: database.url, dataDir: root, log: silentLog });
  expect(opened).toMatchObject({ embedded: false, fresh: false });
  expect(await opened.sql`select count(*) from pieces`).toEqual([{ count: 0 }]);
  await opened.close();
});

test('a database that does not answer is tried for a while, then told of without its password', async () => {
  const databaseUrl = `postgres://me:secret@127.0.0.1:${await freePort()}/news`;
  const opening = openDatabase({ databaseUrl, dataDir: root, log: silentLog, patience: 600 });
  const error = await opening.then(
    () => null,
    (reason: unknown) => reason as Error,
  );
  expect(error?.message).toMatch(
    /^The database 127.0.0.1:\d+\/news cannot be used: nothing listens there; start Postgres/,
  );
  expect(error?.message).not.toContain('secret');
});
