import { afterAll, beforeAll } from 'vitest';
import postgres from 'postgres';
import { createPostgresBus } from '../../server/bus/postgres/postgres.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/postgres.ts';
import { silentLog } from '../support/silent-log.ts';
import { faults } from './suites/faults.ts';

let own: OwnPostgres;
beforeAll(async () => {
  own = await startOwnPostgres();
});
afterAll(() => own.remove());

faults('a bus over a Postgres that fails', () => ({
  ...own,
  open(port) {
    const url = new URL(own.url);
    url.port = String(port);
    return createPostgresBus(url.href, { log: silentLog });
  },
  connections: () => onBuses('count(*)'),
  disconnect: async () => void (await onBuses('count(pg_terminate_backend(pid))')),
}));

/** Asks of the connections of buses. */
async function onBuses(question: string): Promise<number> {
  const sql = postgres(own.url, { max: 1, onnotice: () => undefined });
  const [row] = await sql.unsafe<{ answer: string }[]>(
    `select ${question} as answer from pg_stat_activity where application_name like 'counterpoint bus%'`,
  );
  await sql.end();
  return Number(row!.answer);
}
