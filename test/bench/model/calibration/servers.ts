/**
 * What a server's process uses for each thing that it does. Two real servers are put under loads that differ
 * in one respect each; what each load cost in all gives the cost of each operation.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerCosts } from '../costs.ts';
import { Newsroom, type Place, type Reading } from '../newsroom-at-servers.ts';
import { wordsOfPiece } from '../typical.ts';
import { errorOf, fitCosts, type Observation } from './fit.ts';

const names = [
  'second',
  'update',
  'presence',
  'commit',
  'frame',
  'publish',
  'foreignRows',
  'foreignPresence',
  'summary',
] as const;
type Name = (typeof names)[number];

interface Load {
  readonly title: string;
  /** Keys per second of each piece, all of one person at the first server. */
  readonly keys: number;
  readonly presence: boolean;
  /** Who only watches, at the first server and at the second. */
  readonly near: number;
  readonly far: number;
  readonly long?: true;
}

const loads: readonly Load[] = [
  { title: 'warm-up', keys: 20, presence: true, near: 1, far: 2 },
  { title: 'nobody types', keys: 0.001, presence: false, near: 1, far: 1 },
  { title: 'few keys', keys: 0.5, presence: false, near: 0, far: 0 },
  { title: 'many keys', keys: 20, presence: false, near: 0, far: 0 },
  { title: 'and cursors', keys: 20, presence: true, near: 0, far: 0 },
  { title: 'watched by seven', keys: 20, presence: false, near: 7, far: 0 },
  { title: 'watched by seven, with cursors', keys: 20, presence: true, near: 7, far: 0 },
  { title: 'watched at the other server', keys: 20, presence: false, near: 0, far: 1 },
  { title: 'watched there, with cursors', keys: 20, presence: true, near: 0, far: 1 },
  { title: 'by seven there', keys: 20, presence: true, near: 0, far: 7 },
  { title: 'few keys, watched there', keys: 1, presence: true, near: 0, far: 1 },
  { title: 'long pieces', keys: 0.5, presence: false, near: 0, far: 1, long: true },
];
const pieceCount = 20;
const settleMs = 3_000;
const stretchMs = 10_000;
/** How often a piece that is written in is read for lists, in seconds (`collab/rooms/derived.ts`). */
const summaryEvery = 10;

export async function calibrateServers(): Promise<Omit<ServerCosts, 'snapshot' | 'pack'>> {
  const newsroom = await Newsroom.open(2, 4);
  const loop: Observation<Name>[] = [];
  const beside: Observation<'beside' | 'summary'>[] = [];
  try {
    const short = await newsroom.pieces(pieceCount);
    const sentence = 'Nobody who has read all of it would say that the case is closed. ';
    const words = sentence.trim().split(' ').length;
    const long = await newsroom.pieces(pieceCount, sentence.repeat(wordsOfPiece / words));
    for (const load of loads) {
      const [before, after] = await measure(newsroom, load, load.long ? long : short);
      if (load === loads[0]) continue;
      for (const at of [0, 1] as const) {
        const counts = countsOf(before, after, at, load);
        const [from, to] = [before.servers[at]!, after.servers[at]!];
        const used = (to.loop - from.loop) * 1e6;
        loop.push({ counts, total: used });
        const read = load.long ? counts.summary : 0;
        beside.push({
          counts: { beside: used, summary: read },
          total: (to.beside - from.beside) * 1e6,
        });
        console.log(`  ${load.title}, server ${String(at + 1)}: ${describe(counts, used)}`);
      }
    }
  } finally {
    await newsroom.close();
  }
  const threads = fitCosts(['beside', 'summary'], beside);
  const costs = fitCosts(names, loop);
  console.log(`  fits these loads within ${(errorOf(costs, loop) * 100).toFixed(0)} % at the mean`);
  return { ...costs, summaryThread: threads.summary, beside: threads.beside };
}

async function measure(
  newsroom: Newsroom,
  { keys, presence, near, far }: Load,
  pieces: readonly string[],
): Promise<[Reading, Reading]> {
  const places: Place[] = [
    { at: 0, types: true },
    ...Array.from({ length: near }, () => ({ at: 0, types: false })),
    ...Array.from({ length: far }, () => ({ at: 1, types: false })),
  ];
  await newsroom.seat(pieces, () => places);
  await newsroom.type({ keysPerSecond: keys }, presence);
  await pause(settleMs);
  const before = await newsroom.read();
  await pause(stretchMs);
  return [before, await newsroom.read()];
}

function countsOf(
  before: Reading,
  after: Reading,
  at: 0 | 1,
  { keys }: Load,
): Record<Name, number> {
  const [from, to] = [before.servers[at]!, after.servers[at]!];
  const second = after.at - before.at;
  const presence = after.typists.presence - before.typists.presence;
  const received = to.received - from.received;
  // Everybody who types is at the first server, a key at a time: each cursor goes in a message of its own.
  const cursors = at === 1 ? Math.min(received, presence) : 0;
  // A piece that was open at the second server stays so for a while, whoever is in it, and is read there too.
  const isRead = keys * second > 1 && (at === 0 || received - cursors > pieceCount);
  return {
    second,
    update: to.updates - from.updates,
    presence: at === 0 ? presence : 0,
    commit: to.commits - from.commits,
    frame: (after.typists.frames[to.host] ?? 0) - (before.typists.frames[from.host] ?? 0),
    publish: to.published - from.published,
    foreignRows: received - cursors,
    foreignPresence: cursors,
    summary: isRead ? (pieceCount * second) / summaryEvery : 0,
  };
}

function describe(counts: Readonly<Record<Name, number>>, used: number): string {
  const each = names.map((name) => `${name} ${counts[name].toFixed(0)}`).join(', ');
  return `${(used / 1_000).toFixed(0)} ms for ${each}`;
}
