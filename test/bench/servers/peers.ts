/** The servers to compare with, in memory only, from the packages in the folder `peers`. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialect } from '../load/wire.ts';
import { launch, running, type Server, type StartOptions } from './server.ts';

export type PeerName = 'reference' | 'hocuspocus';

const folder = join(import.meta.dirname, '..', 'peers');

const dialects: Readonly<Record<PeerName, Dialect>> = {
  reference: 'y-websocket',
  hocuspocus: 'hocuspocus',
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
  const launched = await launch([join(folder, `${name}.mjs`)], {}, '/', options);
  let made = 0;
  return running(name, launched, {
    target: { url: launched.url.replace('http', 'ws'), dialect: dialects[name], params: {} },
    // These servers make a room when somebody enters it.
    rooms: async (count) => Array.from({ length: count }, () => `piece-${++made}`),
  });
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
