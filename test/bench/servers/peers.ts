/** The servers to compare with, from the packages in the folder `peers`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbedded } from '../../../server/db/embedded.ts';
import { silentLog } from '../../support/silent-log.ts';
import { moveTo } from '../load/cores.ts';
import type { Dialect } from '../load/wire.ts';
import { launch, running, type Server, type ServerName, type StartOptions } from './server.ts';

export type PeerName = Exclude<ServerName, 'ours'>;

const folder = join(import.meta.dirname, '..', 'peers');

const dialects: Readonly<Record<PeerName, Dialect>> = {
  reference: 'y-websocket',
  hocuspocus: 'hocuspocus',
  'hocuspocus-postgres': 'hocuspocus',
};

/**
 * Installs the peers' packages unless they are there. Without install scripts: the only one builds
 * a LevelDB that stays unused. Hocuspocus asks for Node 22 and runs on 20, hence no strict engines.
 */
export function installPeers(): void {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  const wanted = join(folder, 'package-lock.json');
  if (existsSync(installed) && versionsIn(installed) === versionsIn(wanted)) return;
  console.log('Installing the servers to compare with (once) …');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--no-engine-strict'];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

export async function startPeer(name: PeerName, options: StartOptions): Promise<Server> {
  if (name === 'hocuspocus-postgres') return startStored(name, options);
  return launchPeer(name, options, {});
}

/** With a Postgres as Counterpoint brings it, durable and on the same cores. */
async function startStored(name: PeerName, options: StartOptions): Promise<Server> {
  const dataDir = join(options.folder, 'data');
  const database = await startEmbedded({ dataDir, log: silentLog });
  const pid = database.pid();
  if (pid === null) throw new Error('a Postgres that was started has a process');
  moveTo('server', pid);
  try {
    const server = await launchPeer(name, options, { DATABASE_URL: database.url }, pid);
    const stop = async () => {
      await server.stop();
      // A server that stores nothing would be measured as one that does.
      console.log(`  it has stored ${await storedIn(database.url)} documents`);
    };
    return {
      ...server,
      async stop() {
        try {
          await stop();
        } finally {
          await database.stop();
        }
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function storedIn(url: string): Promise<number> {
  const sql = postgres(url, { max: 1 });
  try {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from documents`;
    return row?.count ?? 0;
  } finally {
    await sql.end();
  }
}

async function launchPeer(
  name: PeerName,
  options: StartOptions,
  env: Readonly<Record<string, string>>,
  databasePid?: number,
): Promise<Server> {
  const launched = await launch([join(folder, `${name}.mjs`)], env, '/', options);
  let made = 0;
  const rest = {
    target: { url: launched.url.replace('http', 'ws'), dialect: dialects[name], params: {} },
    // These servers make a room when somebody enters it.
    rooms: async (count: number) => Array.from({ length: count }, () => `piece-${++made}`),
    tokens: async () => [],
  };
  return running(name, launched, rest, databasePid);
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** Which packages a lock file holds, except the folder's own entry, which the installed one lacks. */
function versionsIn(lockFile: string): string {
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8')) as Lock;
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { version }]) => `${path} ${version}`)
    .sort()
    .join('\n');
}
