/**
 * Two servers on one database against one: how long a keystroke takes to those at the other server, what a
 * delivered change costs the servers' processors, and how soon a right that is changed at one acts on the
 * other. Stock clients write; the same load goes to one server, to two of which one has all the people, and
 * to two over which each piece is spread. Rounds are interleaved, because a machine's speed drifts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type * as Y from 'yjs';
import { connect, createPiece, type StockClient } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startOwnPostgres } from '../../support/postgres.ts';
import { hasRedis, startRedis } from '../../support/redis.ts';
import {
  adminToken,
  startServerProcess,
  type ServerProcess,
} from '../../support/server-process.ts';
import { names, type Figure } from '../figures.ts';
import { cpuTimeOf } from '../load/proc.ts';
import { median, percentile } from '../stats.ts';

const pieces = 10;
const people = 4;
/** Of the people of a piece, those who type, and how fast. */
const typists = 2;
const keysPerSecond = 4;
const warmUpSeconds = 3;
const rounds = 3;
/** Changes of a right that are timed. */
const changes = 200;

type Seats = 'one server' | 'one of two' | 'both';

interface Run {
  /** Of those at the same server, and of those at the other, in ms. */
  readonly near: number[];
  readonly far: number[];
  /** Of all servers, in µs for each change that reached somebody. */
  readonly cpu: number;
}

export async function measureServers({ seconds }: { readonly seconds: number }): Promise<Figure[]> {
  const figures: Figure[] = [];
  const add = (name: string, value: number) => {
    console.log(`  ${name}: ${value.toFixed(2)}`);
    figures.push({ scenario: 'servers', server: 'ours', round: 1, name, value, doubt: null });
  };
  const runs: Record<Seats, Run[]> = { 'one server': [], 'one of two': [], both: [] };
  for (let round = 0; round < rounds; round++) {
    for (const seats of Object.keys(runs) as Seats[]) {
      console.log(`servers, round ${round + 1}: ${seats}`);
      runs[seats].push(
        await withServers(seats === 'one server' ? 1 : 2, true, (servers) =>
          type(servers, seats, seconds),
        ),
      );
    }
  }
  const of = (seats: Seats, what: (run: Run) => number) => median(runs[seats].map(what));
  const ratio = (seats: Seats) =>
    median(runs[seats].map(({ cpu }, round) => cpu / runs['one server'][round]!.cpu));
  add(
    names.cpu,
    of('one server', ({ cpu }) => cpu),
  );
  add(names.cpuOneOfTwo, ratio('one of two'));
  add(names.cpuSpread, ratio('both'));
  const near = (q: number) => of('one server', (run) => percentile(run.near, q));
  const far = (q: number) => of('both', (run) => percentile(run.far, q));
  add(names.p50, near(0.5));
  add(names.p99, near(0.99));
  add(names.farP50, far(0.5) - near(0.5));
  add(names.farP99, far(0.99) - near(0.99));
  console.log('servers without Redis');
  const without = await withServers(2, false, (servers) => type(servers, 'both', seconds));
  add(names.farWithoutRedis, percentile(without.far, 0.99));
  console.log('rights at the other server');
  const late = await withServers(2, true, (servers) => rights(servers));
  add(names.rightsP99, percentile(late, 0.99));
  return figures;
}

async function withServers<T>(
  count: number,
  byRedis: boolean,
  run: (servers: readonly ServerProcess[]) => Promise<T>,
): Promise<T> {
  const postgres = await startOwnPostgres();
  const redis = byRedis && hasRedis ? await startRedis() : null;
  const servers: ServerProcess[] = [];
  try {
    const env = { DATABASE_URL: postgres.url, ...(redis && { REDIS_URL: redis.url }) };
    while (servers.length < count) {
      servers.push(await startServerProcess({ LOG_LEVEL: 'warn', ...env }));
    }
    return await run(servers);
  } finally {
    for (const server of servers) await server.terminate();
    await redis?.remove();
    await postgres.remove();
  }
}

interface Seat {
  readonly client: StockClient;
  readonly at: number;
}

/** Everybody at their seats; some type, everybody is watched. */
async function type(
  servers: readonly ServerProcess[],
  seats: Seats,
  seconds: number,
): Promise<Run> {
  const all: Seat[][] = [];
  /** When each letter was typed, in which each is one of a kind, and by whom. */
  const typed = new Map<string, { readonly at: number; readonly seat: Seat }>();
  const [near, far]: [number[], number[]] = [[], []];
  let [measuring, changes] = [false, 0];
  for (let i = 0; i < pieces; i++) {
    const piece = await createPiece(servers[0]!);
    const room: Seat[] = [];
    for (let p = 0; p < people; p++) {
      const at = seats === 'both' ? p % 2 : 0;
      const seat = { client: connect(servers[at]!, piece), at };
      await seat.client.synced();
      seat.client.body.observe((event: Y.YTextEvent, { local }: Y.Transaction) => {
        if (local || !measuring) return;
        const now = performance.now();
        for (const { insert } of event.delta) {
          for (const letter of typeof insert === 'string' ? insert : '') {
            const from = typed.get(letter);
            if (from === undefined) continue;
            changes++;
            (from.seat.at === at ? near : far).push(now - from.at);
          }
        }
      });
      room.push(seat);
    }
    all.push(room);
  }
  let next = 0x10000;
  let on = true;
  const typing = all.flatMap((room) =>
    room.slice(0, typists).map(async (seat, hand) => {
      await pause((hand * 1_000) / keysPerSecond / typists + Math.random() * 100);
      while (on) {
        const letter = String.fromCodePoint(next++);
        if (measuring) typed.set(letter, { at: performance.now(), seat });
        seat.client.body.insert(0, letter);
        await pause((500 + Math.random() * 1_000) / keysPerSecond);
      }
    }),
  );
  await pause(warmUpSeconds * 1_000);
  const cpuOf = () => servers.reduce((sum, { pid }) => sum + cpuTimeOf(pid).server, 0);
  measuring = true;
  const before = cpuOf();
  await pause(seconds * 1_000);
  const cpu = cpuOf() - before;
  on = false;
  await Promise.all(typing);
  await pause(500);
  for (const room of all) for (const { client } of room) client.destroy();
  return { near, far, cpu: (cpu * 1e6) / changes };
}

/** How long a withdrawn right, changed at one server, takes to close a connection at the other, in ms. */
async function rights([here, there]: readonly ServerProcess[]): Promise<number[]> {
  const piece = await createPiece(here!);
  const crowd: TestPerson[] = [];
  for (let i = 0; i < changes; i++) crowd.push(await createPerson(here!, `Person ${i}`));
  const late: number[] = [];
  for (const person of crowd) {
    await addMember(here!, piece, person, 'writer');
    const client = connect(there!, piece, { token: person.token });
    await client.synced();
    const closed = client.closed();
    const from = performance.now();
    await fetch(`${here!.url}/api/pieces/${piece}/members/${person.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${adminToken}` },
    });
    await closed;
    late.push(performance.now() - from);
    client.destroy();
  }
  return late;
}
