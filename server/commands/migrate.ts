import { readApplied } from '../db/migrations/ledger.ts';
import { print, withDatabase } from './context.ts';

/** Opening a database migrates it; that it could be opened is the result. */
export async function migrateDatabase(): Promise<void> {
  await withDatabase(async ({ sql, migrated }) => {
    const { length: count } = await readApplied(sql);
    if (migrated.waiting.length === 0) {
      print(`The schema is up to date, with ${count} migrations.`);
      return;
    }
    const names = migrated.waiting.map(({ name }) => name).join(', ');
    print(
      `The schema has ${count} migrations. Servers of an older version run: ${names} will be run when they have stopped, by a server of this version or by this command.`,
    );
  });
}
