import { readApplied } from '../db/migrations/ledger.ts';
import { print, withDatabase } from './context.ts';

/** Opening a database migrates it; that it could be opened is the result. */
export async function migrateDatabase(): Promise<void> {
  await withDatabase(
    async ({ sql, migrated }) => {
      const { length: count } = await readApplied(sql);
      if (migrated.waiting.length === 0) {
        print(`The schema is up to date, with ${count} migrations.`);
        return;
      }
      const names = migrated.waiting.map(({ name }) => name).join(', ');
      print(
        `The schema has ${count} migrations, and suits this version and the one before. Servers that do not know ${names} are running: stop them, and run this again.`,
      );
    },
    { contracts: 'now' },
  );
}
