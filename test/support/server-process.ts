import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { asGiven } from './as-given.ts';
import { packageFile } from '../../server/package-root.ts';
import { builtCli } from './built-cli.ts';
import { freePort } from './free-port.ts';

export const adminToken = 'test-admin-token-0123456789-0123456789';

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Ends it at once, as a power cut would; resolves when it is gone. */
  kill9(): Promise<void>;
  /** Asks it to stop, by SIGTERM where nothing else is given; resolves with its exit code. */
  terminate(signal?: NodeJS.Signals): Promise<number | null>;
  /** All that it has logged, one JSON line each. */
  readonly log: string[];
}

const started = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

/** Starts it as `launchServer` does, and waits until it is ready. */
export async function startServerProcess(
  env: Record<string, string>,
  cli?: string,
): Promise<ServerProcess> {
  const { ready, ...server } = await launchServer(env, { cli });
  await ready();
  return server;
}

export interface Launched extends ServerProcess {
  /** Resolves when it can serve. */
  readonly ready: () => Promise<void>;
}

export interface LaunchOptions {
  /** The command line of another version; this one's where not given. */
  readonly cli?: string | undefined;
  /** What is run in a process group of its own, in the place of `node <cli> serve`. */
  readonly command?: readonly [string, ...string[]];
}

/**
 * Starts the server as a process of its own, the way `counterpoint serve` runs. `env` is all of the environment that it sees, but for what Node itself needs.
 */
export async function launchServer(
  env: Record<string, string>,
  { cli, command }: LaunchOptions = {},
): Promise<Launched> {
  const port = Number(env.PORT ?? (await freePort()));
  const built = cli ?? (await builtCli());
  const [program, ...args] = command ?? [process.execPath, built, 'serve'];
  const child = spawn(program, args, {
    cwd: packageFile(''),
    detached: command !== undefined,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ADMIN_EMAIL: 'admin@example.org',
      ADMIN_TOKEN: adminToken,
      ...asGiven(env),
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(child);
  const log: string[] = [];
  let serves: () => void = () => undefined;
  const said = new Promise<void>((resolve) => (serves = resolve));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.push(line);
      if (line.startsWith('Counterpoint is at ')) serves();
    });
  }
  // By then it has said all that it had to say.
  const closed = once(child, 'close');
  const exited = once(child, 'exit').then(([code]) => {
    started.delete(child);
    return code as number | null;
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async ready() {
      // Asking while it loads would cost half as much again as the loading.
      await Promise.race([said, closed]);
      await ready(url, child, log);
    },
    pid: child.pid!,
    log,
    async kill9() {
      child.kill('SIGKILL');
      await exited;
    },
    async terminate(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

/** Asks `/readyz` until it says yes. */
async function ready(url: string, child: ChildProcess, log: readonly string[]): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the server ended while starting:\n${log.join('\n')}`);
    }
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
