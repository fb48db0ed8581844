import { pino } from 'pino';
import { readConfig } from '../../server/config.ts';
import { startServer } from '../../server/main.ts';
import { createDatabase } from './postgres.ts';
import { adminToken } from './server-process.ts';

export interface TestRunningServer {
  readonly url: string;
  /** The database behind it, past a pooler. */
  readonly databaseUrl: string;
  /** What it has logged at `warn` and above. */
  readonly warnings: string[];
  stop(): Promise<void>;
}

/** The whole server within this process, on a free port and a database of its own. */
export async function startRunningServer(
  env: Record<string, string> = {},
): Promise<TestRunningServer> {
  const database = await createDatabase();
  const read = readConfig({
    // Without a word about a pooler: the server finds out.
    DATABASE_URL: database.url.replace('?pgbouncer=true', ''),
    PORT: '0',
    ADMIN_EMAIL: 'admin@example.org',
    ADMIN_TOKEN: adminToken,
    ...env,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => warnings.push(line) });
  const server = await startServer(read.config, log);
  return {
    url: server.url,
    databaseUrl: database.directUrl,
    warnings,
    async stop() {
      await server.stop();
      await database.drop();
    },
  };
}
