/**
 * Whether the generator's clients behave on the wire as real ones do: a small room of real clients
 * and one of the generator's, the same keys, and the frames of each type in both directions compared.
 * A bench whose clients are cheaper than real ones would measure something else, so it stops here.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { trackChild } from '../cleanup.ts';
import { Crew } from '../load/crew.ts';
import type { Counts } from '../load/tally.ts';
import type { Target } from '../load/wire.ts';
import { startServer } from '../servers/start.ts';
import type { ServerName } from '../servers/server.ts';

export interface StockJob {
  readonly target: Target;
  readonly room: string;
  readonly people: number;
  readonly typists: number;
  readonly keys: number;
  readonly keyMs: number;
}

const people = 6;
const typists = 2;
const keysPerSecond = 5;
const seconds = 4;

/**
 * How far counts may differ: a key more or less at the edges of the time, and who of those that join
 * at once hears of whom how often. An echo left out would halve or double a count.
 */
const tolerance = 0.1;

/** A server with its own kind of clients; a store behind it makes no difference to these. */
type Peer = Exclude<ServerName, 'ours' | 'hocuspocus-postgres'>;

const stockClients: Readonly<Record<Peer, string>> = {
  reference: join(import.meta.dirname, 'stock-y-websocket.ts'),
  hocuspocus: join(import.meta.dirname, '..', 'peers', 'stock-hocuspocus.mjs'),
};

export async function checkClients(peers: readonly Peer[], folder: string): Promise<void> {
  const keys = { keys: keysPerSecond * seconds, keyMs: 1000 / keysPerSecond };
  for (const name of peers) {
    const server = await startServer(name, { folder });
    const { target } = server;
    const light = await lightCounts(target);
    const job = { target, room: 'stock', people, typists, ...keys };
    const stock = await countsOf(stockClients[name], job);
    await server.stop();
    compare(name, light, stock);
  }
}

async function lightCounts(target: Target): Promise<Counts> {
  const crew = new Crew();
  try {
    await crew.join({ target, rooms: ['light'], people, typists, characters: 100 });
    const [recorded] = await crew.type({ keysPerSecond, warmUpSeconds: 0, seconds });
    if (recorded === undefined) throw new Error('a crew has a generator');
    return recorded.frames;
  } finally {
    await crew.stop();
  }
}

function countsOf(script: string, job: StockJob): Promise<Counts> {
  const child = fork(script, [JSON.stringify(job)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  trackChild(child);
  return new Promise((resolve, reject) => {
    child.once('message', (counts: Counts) => resolve(counts));
    child.once('exit', (code) => reject(new Error(`the stock clients ended with ${code}`)));
  });
}

function compare(name: ServerName, light: Counts, stock: Counts): void {
  const types = [...new Set([...Object.keys(light), ...Object.keys(stock)])].sort();
  const differing = types.filter((type) => {
    const [ours, theirs] = [light[type] ?? 0, stock[type] ?? 0];
    return Math.abs(ours - theirs) > 2 + tolerance * Math.max(ours, theirs);
  });
  const line = types.map((type) => `${type}: ${light[type] ?? 0}/${stock[type] ?? 0}`).join(', ');
  console.log(`Clients of the generator and real ones, frames on ${name}: ${line}`);
  if (differing.length === 0) return;
  throw new Error(`the generator's clients differ from real ones in: ${differing.join(', ')}`);
}
