import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../server/db/connect.ts';
import { LateMigrations } from '../../server/db/migrations/late.ts';
import { readMigrations } from '../../server/db/migrations/files.ts';
import { packageFile } from '../../server/package-root.ts';
import { createDatabase } from '../support/postgres.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';

const name = '9002_contract.sql';
const afterMs = 20;

/** What has to wait, a clock that the test moves, and a database that can be away. */
async function ground() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-late-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(packageFile('migrations'), folder, { recursive: true });
  const text = '-- contract: a default\nalter table servers alter column migration drop default;\n';
  await writeFile(path.join(folder, name), text);
  const waiting = (await readMigrations(folder)).filter((one) => one.name === name);

  const database = await createDatabase();
  const sql = connect(database.url, { log: silentLog, name: 'test' });
  const state = { now: 0, looks: 0, away: false };
  const asked = new Proxy(sql, {
    apply(target, self, args) {
      state.looks++;
      if (state.away) throw new Error('the database is away');
      return Reflect.apply(target as (...all: unknown[]) => unknown, self, args);
    },
  });
  const late = new LateMigrations(waiting, {
    ...{ sql: asked, log: silentLog, afterMs, folder, now: () => state.now },
  });
  onTestFinished(async () => {
    await late.stop();
    await sql.end();
    await database.drop();
  });
  /** After two looks that began from now on. */
  const hasRun = async () => {
    const from = state.looks;
    await until('it has looked', () => state.looks >= from + 3);
    const rows = await sql`select from schema_migrations where name = ${name}`;
    return rows.length > 0;
  };
  const runs = () =>
    until('it runs', async () => {
      const rows = await sql`select from schema_migrations where name = ${name}`;
      return rows.length > 0;
    });
  return { state, hasRun, runs };
}

test('E1 a time in which the server stood still does not count as one without older servers', async () => {
  const { state, hasRun, runs } = await ground();
  expect(await hasRun()).toBe(false);
  state.now += 600_000;
  expect(await hasRun()).toBe(false);
  state.now += afterMs / 2;
  expect(await hasRun()).toBe(false);
  state.now += afterMs / 2;
  await runs();
});

test('E1 nor does one in which the database could not be asked', async () => {
  const { state, hasRun, runs } = await ground();
  state.now += afterMs / 2;
  expect(await hasRun()).toBe(false);
  state.away = true;
  expect(await hasRun()).toBe(false);
  state.away = false;
  state.now += afterMs / 2;
  expect(await hasRun()).toBe(false);
  state.now += afterMs;
  await runs();
});
