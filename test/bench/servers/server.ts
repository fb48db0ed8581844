/** A server under load: a process of its own, reached through a free port. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stopChild, trackChild } from '../cleanup.ts';
import { commandOn, coresOf } from '../load/cores.ts';
import { cpuTimeOf } from '../load/proc.ts';
import type { Target } from '../load/wire.ts';

export const serverNames = ['ours', 'reference', 'hocuspocus', 'hocuspocus-postgres'] as const;
export type ServerName = (typeof serverNames)[number];

export interface StartOptions {
  /** Folder for the log, and for what the server keeps. */
  readonly folder: string;
  /** Lets the bench ask for a garbage collection. */
  readonly collectable?: boolean;
  /** Folder for a CPU profile, written when the server stops. */
  readonly profile?: string | null;
  /** Notes how long its event loop is lost. */
  readonly watched?: boolean;
  /** Of its environment, over what the bench sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The longest loss of an event loop, in ms. */
export interface LoopLoss {
  readonly lost: number;
  /** How much of it its thread had no core, which is the machine's doing as well. */
  readonly waited: number;
}

/** Seconds of CPU time since the start. */
export interface Usage {
  /** Of the server's process, all threads, as `getrusage` says; user and system. */
  readonly user: number;
  readonly system: number;
  /** Of its Postgres, from `/proc`; 0 where it has none. */
  readonly database: number;
}

export interface Server {
  readonly name: ServerName;
  readonly pid: number;
  readonly target: Target;
  /** Makes so many rooms and returns their names. */
  rooms(count: number): Promise<string[]>;
  /** Tokens of people who may write in all rooms, of a server that asks who somebody is. */
  tokens(): Promise<readonly string[]>;
  usage(): Promise<Usage>;
  /** Collects garbage, in a server started as `collectable` or `watched`. */
  collectGarbage(): Promise<void>;
  /** The longest loss since it was last asked, of a server started as `watched`. */
  losses(): Promise<LoopLoss>;
  stop(): Promise<void>;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
}

/** The first start builds what is stale. */
const startTimeoutMs = 180_000;

/** Starts `node <args>` and waits until it answers `path` with 200. */
export async function launch(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  path: string,
  { folder, collectable = false, watched = false, profile = null }: StartOptions,
): Promise<Launched> {
  const port = await freePort();
  const log = openSync(join(folder, 'server.log'), 'a');
  const flags = ['--import', hook('report-usage.mjs')];
  if (profile !== null) flags.push('--cpu-prof', `--cpu-prof-dir=${profile}`);
  if (collectable) flags.push('--import', hook('collect-garbage.mjs'));
  if (watched) flags.push('--import', hook('watch-loop.mjs'));
  const [program, ...command] = commandOn(coresOf('server'), [...flags, ...args]);
  const child = spawn(program, command, {
    env: { ...process.env, NODE_ENV: 'production', ...env, PORT: String(port) },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  trackChild(child);
  const url = `http://127.0.0.1:${port}`;
  await answers(child, url + path, join(folder, 'server.log'));
  if (child.pid === undefined) throw new Error('a server that answers has a process');
  return { child, pid: child.pid, url };
}

function hook(file: string): string {
  return pathToFileURL(join(import.meta.dirname, file)).href;
}

async function answers(child: ChildProcess, url: string, log: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server does not answer ${url}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** What all servers have in common once they run. `databasePid`: of a Postgres that is not below it. */
export function running(
  name: ServerName,
  { child, pid }: Launched,
  rest: Pick<Server, 'target' | 'rooms' | 'tokens'>,
  databasePid = pid,
): Server {
  const ask = (question: string) =>
    new Promise<unknown>((resolve, reject) => {
      const ended = () => reject(new Error('the server has ended'));
      child.once('exit', ended);
      child.once('message', (answer) => {
        child.off('exit', ended);
        resolve(answer);
      });
      child.send(question, (error) => error !== null && reject(error));
    });
  return {
    name,
    pid,
    ...rest,
    usage: async () => {
      const { user, system } = (await ask('usage')) as NodeJS.CpuUsage;
      const { database } = cpuTimeOf(databasePid);
      return { user: user / 1e6, system: system / 1e6, database };
    },
    collectGarbage: async () => void (await ask('collect-garbage')),
    losses: async () => (await ask('losses')) as LoopLoss,
    stop: () => stopChild(child),
  };
}
