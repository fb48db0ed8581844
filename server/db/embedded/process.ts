import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../collab/ports.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

/** How a process ended: its exit code or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface PostgresProcess {
  readonly pid: number;
  /** Settles when it has ended, for whatever reason; never rejects. */
  readonly exited: Promise<Exit>;
  /** Ends it in order: connections are cut, everything is on disk. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Tells it to end at once, with a recovery at the next start, and waits for nothing. */
  abandon(): void;
}

export interface LaunchOptions {
  readonly folder: string;
  readonly port: number;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly log: Log;
  /** Settings that take precedence over ours, by the names of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Postgres ended before it was ready. `output` is the end of what it had to say. */
export class LaunchError extends Error {
  readonly output: string;

  constructor(output: string) {
    super(`Postgres did not start: ${output}`);
    this.name = 'LaunchError';
    this.output = output;
  }
}

/** Time to become ready in ms, which after a crash includes replaying up to `max_wal_size`. */
const startDeadline = 120_000;
/** Each way of ending gets so long, in ms, before the next harder one. */
const stopDeadline = 20_000;

/** On the command line and not in postgresql.conf, so that an update of the program changes them. */
const defaults = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // A small footprint: one server's tables, on a machine that has other things to do.
  shared_buffers: '64MB',
  max_connections: '50',
  max_wal_size: '512MB',
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '',
  // Failed statements are told to who sent them; here they could show people's text.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
} as const;

/**
 * Becomes Postgres, and leaves behind a process that waits at the pipe to the server. When the
 * server dies, however suddenly, the pipe ends and Postgres is told to stop (SIGINT: a fast
 * shutdown). A line on the pipe means that Postgres has ended already. The two brackets make the
 * waiting process a child of init, since Postgres takes each of its children for a part of itself.
 * Rejected: prctl(PR_SET_PDEATHSIG), which is Linux only and bound to the thread that spawned.
 */
const stopWithParent = `
exec 3<&0 </dev/null
( ( read -r line <&3 || kill -INT $$ ) >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`;

/** Starts Postgres on a data folder; resolves when it takes connections. @throws LaunchError */
export async function launch(options: LaunchOptions): Promise<PostgresProcess> {
  const child = spawnPostgres(options);
  const lines = collectOutput(child, options.log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', (error) => {
      lines.push(error.message);
      resolve({ code: null, signal: null });
    });
  });
  let ended = false;
  void exited.then(() => {
    ended = true;
    child.stdin?.end('\n');
  });
  await Promise.race([exited, untilReady(options.folder, child, () => ended)]);
  if (ended || child.pid === undefined) {
    // The output comes through a pipe of its own, possibly after the news of the exit.
    await sleep(50);
    throw new LaunchError(lines.slice(-5).join(' · ') || 'it said nothing');
  }
  return {
    pid: child.pid,
    exited,
    stop: () => stop(child, exited, () => ended),
    abandon() {
      if (ended) return;
      // It ends its children, by force after 5 s; SIGKILL would leave those that stand still.
      child.kill('SIGQUIT');
      // Where it stands still itself, it would hear nothing.
      if (process.platform !== 'win32') child.kill('SIGCONT');
    },
  };
}

function spawnPostgres({ folder, port, binaries, account, settings }: LaunchOptions): ChildProcess {
  const merged = { ...defaults, ...settings };
  const args = ['-D', folder, '-p', String(port)];
  for (const [name, value] of Object.entries(merged)) args.push('-c', `${name}=${value}`);
  const [program, all] =
    process.platform === 'win32'
      ? ([binaries.postgres, args] as const)
      : account.command('/bin/sh', ['-c', stopWithParent, 'sh', binaries.postgres, ...args]);
  const child = spawn(program, all, {
    ...account.options,
    cwd: path.parse(folder).root,
    // Its own session: Ctrl-C in a terminal is for the server, which then saves what is pending.
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  // Whoever waits at the pipe may be gone before us; then there is nobody left to be told.
  child.stdin?.on('error', () => undefined);
  return child;
}

/** Hands each line on to the log, and keeps the last ones for an error message. */
function collectOutput(child: ChildProcess, log: Log): string[] {
  const lines: string[] = [];
  if (child.stderr === null) return lines;
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > 20) lines.shift();
    if (/^(PANIC|FATAL):/.test(line)) log.warn({ line }, 'Postgres');
    else log.debug({ line }, 'Postgres');
  });
  return lines;
}

/** Postgres writes its state into its pid file: line 1 is the process, line 8 is `ready`. */
async function untilReady(folder: string, child: ChildProcess, ended: () => boolean) {
  const deadline = Date.now() + startDeadline;
  while (!ended()) {
    const text = await readFile(path.join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
    const lines = text.split('\n');
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return;
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      return;
    }
    await sleep(20);
  }
}

/** Fast (SIGINT), then at once and with a recovery at the next start (SIGQUIT), then by force. */
async function stop(
  child: ChildProcess,
  exited: Promise<Exit>,
  ended: () => boolean,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (ended()) return;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([
      exited,
      sleep(stopDeadline, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
  }
  await exited;
}
