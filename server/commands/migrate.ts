import { pino } from 'pino';
import { takeEndedAway } from '../cluster/take-away.ts';
import type { Sql } from '../db/connect.ts';
import { contract } from '../db/migrate.ts';
import { readMigrations, type Migration } from '../db/migrations/files.ts';
import { createLog } from '../http/log.ts';
import { readApplied } from '../db/migrations/ledger.ts';
import { print, withDatabase } from './context.ts';

/**
 * Where older servers seem to run: they may have ended without a word, and no other server may be there to
 * find that. Gives back what waits for those that do run.
 */
async function contractAfterEnded(
  sql: Sql,
  waiting: readonly Migration[],
): Promise<readonly Migration[]> {
  const [first] = waiting;
  if (first === undefined) return [];
  await takeEndedAway(sql, first.name);
  const log = createLog('warn', pino.destination({ dest: 2, sync: true }));
  return (await contract(sql, await readMigrations(), log)).waiting;
}

/** Opening a database migrates it; that it could be opened is the result. */
export async function migrateDatabase(): Promise<void> {
  await withDatabase(
    async ({ sql, migrated }) => {
      const waiting = await contractAfterEnded(sql, migrated.waiting);
      const { length: count } = await readApplied(sql);
      if (waiting.length === 0) {
        print(`The schema is up to date, with ${count} migrations.`);
        return;
      }
      const names = waiting.map(({ name }) => name).join(', ');
      print(
        `The schema has ${count} migrations, and suits this version and the one before. Servers that do not know ${names} are running: stop them, and run this again.`,
      );
    },
    { contracts: 'now' },
  );
}
