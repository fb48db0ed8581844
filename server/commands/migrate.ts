import { print, withDatabase } from './context.ts';

/** Opening a database migrates it; that it could be opened is the result. */
export async function migrateDatabase(): Promise<void> {
  await withDatabase(async ({ sql }) => {
    const [row] = await sql<{ count: number }[]>`select count(*) from schema_migrations`;
    print(`The schema is up to date, with ${row?.count ?? 0} migrations.`);
  });
}
