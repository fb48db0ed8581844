import { afterAll, beforeAll } from 'vitest';
import postgres from 'postgres';
import { createPostgresBus } from '../../server/bus/postgres/postgres.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { silentLog } from '../support/silent-log.ts';
import { contract } from './suites/contract.ts';

/** Meant past a pooler, which loses LISTEN (pooler.test.ts). */
let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createDatabase({ empty: true });
  sql = postgres(database.directUrl, { max: 1 });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

contract('a bus over Postgres', () => ({
  join: (namespace = '') => createPostgresBus(database.directUrl, { log: silentLog, namespace }),
  async connections() {
    const rows = await sql`select 1 from pg_stat_activity
      where datname = current_database() and application_name like 'counterpoint bus%'`;
    return rows.length;
  },
  runs: 20,
}));
