import { pino } from 'pino';
import { readConfig } from '../../server/config.ts';
import { startServer, type RunningServer, type StartOptions } from '../../server/main.ts';
import { asGiven } from './as-given.ts';
import { createDatabase } from './postgres.ts';
import { roundRobin } from './round-robin.ts';
import { adminToken } from './server-process.ts';

export interface TestRunningServer {
  readonly url: string;
  /** The database behind it, past a pooler. */
  readonly databaseUrl: string;
  /** What it has logged at `warn` and above, but that it is behind a pooler where the run has one. */
  readonly warnings: string[];
  stop(): Promise<void>;
}

export interface TestRunningServers extends TestRunningServer {
  /** Each of them; `url` leads to one after the other. */
  readonly urls: readonly string[];
}

/** How many servers there are on a test's database where it does not care: `SERVERS`, or one. */
const usualServers = Number(process.env.SERVERS ?? '1');

/** The whole server within this process, on a free port and a database of its own. */
export function startRunningServer(env: Record<string, string> = {}): Promise<TestRunningServer> {
  return startRunningServers(usualServers, env);
}

/** Several on one database, behind a proxy that gives each connection to the next of them. */
export async function startRunningServers(
  count: number,
  env: Record<string, string> = {},
  open?: StartOptions['open'],
): Promise<TestRunningServers> {
  const database = await createDatabase();
  const warnings: string[] = [];
  const isPooled = database.url !== database.directUrl;
  const write = (line: string) => {
    if (!(isPooled && line.includes(' loses LISTEN, '))) warnings.push(line);
  };
  const log = pino({ level: 'warn' }, { write });
  const servers: RunningServer[] = [];
  for (let i = 0; i < count; i++) {
    const given = {
      DATABASE_URL: database.url,
      // Through a pooler alone, several would not hear each other.
      ...(isPooled && count > 1 && { DATABASE_DIRECT_URL: database.directUrl }),
      PORT: '0',
      ADMIN_EMAIL: 'admin@example.org',
      ADMIN_TOKEN: adminToken,
      ...env,
    };
    const read = readConfig(asGiven(given));
    if (!read.ok) throw new Error(read.problems.join('\n'));
    servers.push(await startServer(read.config, log, { open }));
  }
  const urls = servers.map(({ url }) => url);
  const proxy = count === 1 ? null : await roundRobin(urls);
  return {
    url: proxy?.url ?? urls[0]!,
    urls,
    databaseUrl: database.directUrl,
    warnings,
    async stop() {
      await proxy?.close();
      for (const server of servers) await server.stop();
      await database.drop();
    },
  };
}
