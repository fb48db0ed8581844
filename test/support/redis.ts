import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createClient } from 'redis';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

/** Whether there is a redis-server on this machine; no registry package carries one. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
/** For the titles of suites that are skipped without it. */
export const ifRedis = hasRedis ? '' : ' (skipped: there is no redis-server here)';

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Sudden death. */
  kill9(): Promise<void>;
  /** Starts it again, empty, on the same port; does nothing while it runs. */
  restart(): Promise<void>;
  /** Stops it where it stands (SIGSTOP): connections stay, nothing answers. */
  pause(): void;
  resume(): void;
  /** How many connections it has, that of who asks left out. */
  connections(): Promise<number>;
  command(...args: string[]): Promise<unknown>;
  /** Ends it and removes its files; call it in afterAll. */
  remove(): Promise<void>;
}

/** A redis-server of one test's own, which keeps nothing. */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'counterpoint-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  // A test run that is ended before its afterAll leaves none behind.
  const endWithTests = () => child?.kill('SIGKILL');
  process.once('exit', endWithTests);

  async function start(): Promise<void> {
    if (child !== null) return;
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir];
    const nothingKept = ['--save', '', '--appendonly', 'no', '--daemonize', 'no'];
    const started = spawn('redis-server', [...own, ...nothingKept, ...settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    started.stdout.on('data', (text: Buffer) => (output += text.toString()));
    child = started;
    await until('redis-server accepts connections', () => {
      if (started.exitCode !== null) throw new Error(`redis-server ended:\n${output}`);
      return output.includes('Ready to accept connections');
    });
  }

  async function kill9(): Promise<void> {
    const dying = child;
    child = null;
    if (dying === null || dying.exitCode !== null) return;
    const gone = once(dying, 'exit');
    dying.kill('SIGKILL');
    await gone;
  }

  async function command(...args: string[]): Promise<unknown> {
    const client = createClient({ url, maintNotifications: 'disabled' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return await client.sendCommand(args);
    } finally {
      client.destroy();
    }
  }

  await start();
  return {
    url,
    port,
    kill9,
    restart: start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async connections() {
      const list = String(await command('CLIENT', 'LIST'));
      return list.split('\n').filter((line) => line.includes('name=counterpoint')).length;
    },
    command,
    async remove() {
      await kill9();
      process.off('exit', endWithTests);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export interface TestRedisCluster {
  readonly nodes: readonly TestRedis[];
  remove(): Promise<void>;
}

const slots = 16_384;

/**
 * Three nodes that have all slots between them, and agree on it; with `replica` a fourth, which takes over
 * from the first when that is away for seconds.
 */
export async function startRedisCluster({ replica = false } = {}): Promise<TestRedisCluster> {
  const nodes: TestRedis[] = [];
  const remove = async () => {
    await Promise.all(nodes.map((node) => node.remove()));
  };
  try {
    const busPorts: number[] = [];
    for (let count = 0; count < (replica ? 4 : 3); count += 1) {
      const busPort = await freePort();
      busPorts.push(busPort);
      const shape = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
      nodes.push(await startRedis([...shape, '--cluster-port', String(busPort)]));
    }
    for (const [at, node] of nodes.slice(0, 3).entries()) {
      const [from, to] = [Math.ceil((at * slots) / 3), Math.ceil(((at + 1) * slots) / 3) - 1];
      await node.command('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1));
    }
    for (const [at, node] of nodes.entries()) {
      const meet = ['CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(busPorts[at])];
      if (at > 0) await nodes[0]!.command(...meet);
    }
    await agreed(nodes);
    if (replica) {
      const first = String(await nodes[0]!.command('CLUSTER', 'MYID'));
      await nodes[3]!.command('CLUSTER', 'REPLICATE', first);
      await until('the replica follows', async () =>
        String(await nodes[3]!.command('INFO', 'replication')).includes('master_link_status:up'),
      );
    }
    return { nodes, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function agreed(nodes: readonly TestRedis[]): Promise<void> {
  for (const node of nodes) {
    await until('the cluster is one', async () => {
      const info = String(await node.command('CLUSTER', 'INFO'));
      return (
        info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`)
      );
    });
  }
}
