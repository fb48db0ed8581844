import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '../../server/db/embedded.ts';
import { migrate } from '../../server/db/migrate.ts';
import { builtCli } from './built-cli.ts';
import { copyFolder } from './copy-folder.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { databaseUrl, templateName } from './postgres.ts';
import { silentLog } from './silent-log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    /** Holds the data folder of a new Postgres, to copy: initdb takes a second of processor time. */
    newPostgres: string;
    /** A PgBouncer before it, for tests with TEST_POOLER; null where none are run. */
    poolerUrl: string | null;
  }
}

/**
 * One Postgres for the whole run, with a migrated database to clone. It ends with the run, and by
 * itself when the run is killed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Worker threads run out of it, see worker-file.ts.
  await builtCli();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-test-'));
  const settings = {
    // Nothing here has to outlive the machine; tests of durability start their own.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
  };
  const newPostgres = path.join(dataDir, 'new');
  await (await startEmbedded({ dataDir: newPostgres, log: silentLog })).stop();
  project.provide('newPostgres', newPostgres);
  await copyFolder(path.join(newPostgres, 'postgres'), dataDir);
  const server = await startEmbedded({ dataDir, log: silentLog, settings });
  const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
  await sql`create database ${sql(templateName)}`;
  await sql.end();
  await migrate(databaseUrl(server.url, templateName), { log: silentLog });
  project.provide('postgresUrl', server.url);
  // What passes without a pooler has to pass through one: TEST_POOLER=pgbouncer npm test -- test/server
  const environments = [
    process.env,
    ...project.vitest.projects.map(({ config }) => config.env ?? {}),
  ];
  const isPooled = environments.some((env) => env.TEST_POOLER === 'pgbouncer');
  const pooler = isPooled ? await startPgBouncer(server.url) : null;
  project.provide('poolerUrl', pooler?.url ?? null);
  return async () => {
    await pooler?.stop();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
