/** The model against the real thing, at a size that one machine carries. */
import { setTimeout as pause } from 'node:timers/promises';
import { printTable } from '../report.ts';
import { seeded } from '../../support/random.ts';
import type { Costs } from './costs.ts';
import type { Newsroom as Size } from './newsroom.ts';
import { Newsroom, type Reading } from './newsroom-at-servers.ts';
import type { Rhythm } from './rhythm.ts';
import { simulate } from './simulation/simulate.ts';

const size: Size = { pieces: 50, people: 4, writers: 4, servers: 2, pinned: false };
/** Everybody is there, and the servers' code has been compiled. */
const settleSeconds = 12;
const seconds = 20;
/** What is random comes out even in the model. */
const simulatedSeconds = 120;
/** A server's messages to itself, which its metrics leave out, each second. */
const beats = 2.5;

export interface Compared {
  readonly what: string;
  readonly predicted: number;
  readonly measured: number;
}

export interface ValidateOptions {
  readonly rhythm: Rhythm;
  readonly costs: Costs;
  readonly cores: number;
  readonly seed: number;
}

export async function validate(options: ValidateOptions): Promise<readonly Compared[]> {
  console.log(
    `model: two real servers, ${String(size.pieces)} pieces of four people, ${String(seconds)} s`,
  );
  const [before, after] = await typeAtServers(options.seed);
  const outcome = simulate({ ...options, newsroom: size, seconds: simulatedSeconds });
  const elapsed = after.at - before.at;
  const per = (what: (reading: Reading) => number) => (what(after) - what(before)) / elapsed;
  const ofServers = (what: (server: Reading['servers'][number]) => number) =>
    per(({ servers }) => servers.reduce((sum, server) => sum + what(server), 0));
  const frames = ({ typists }: Reading) =>
    Object.values(typists.frames).reduce((sum, count) => sum + count, 0);
  const { servers } = size;
  const compared: Compared[] = [
    { what: 'keys/s', predicted: outcome.keys, measured: per(({ typists }) => typists.keys) },
    { what: 'commits/s', predicted: outcome.commits, measured: ofServers((one) => one.commits) },
    { what: 'rows/s', predicted: outcome.rows, measured: per(({ rows }) => rows) },
    { what: 'WAL, MB/s', predicted: outcome.wal / 1e6, measured: per(({ wal }) => wal) / 1e6 },
    {
      what: 'messages to other servers/s',
      predicted: outcome.messages - servers * beats,
      measured: ofServers(({ published }) => published),
    },
    {
      what: 'Redis out, MB/s',
      predicted: outcome.bytesOut / 1e6,
      measured: per(({ redisOut }) => redisOut) / 1e6,
    },
    { what: 'writes to sockets/s', predicted: outcome.frames, measured: per(frames) },
    {
      what: 'Postgres, cores',
      predicted: outcome.postgresCores,
      measured: per(({ postgres }) => postgres),
    },
    { what: 'Redis, cores', predicted: outcome.redisCores, measured: per(({ redis }) => redis) },
    {
      what: 'a server, cores',
      predicted: outcome.serverCores,
      measured: ofServers(({ loop, beside }) => loop + beside) / servers,
    },
  ];
  printCompared(compared);
  return compared;
}

async function typeAtServers(seed: number): Promise<[Reading, Reading]> {
  const newsroom = await Newsroom.open(size.servers, size.people);
  try {
    const pieces = await newsroom.pieces(size.pieces);
    const random = seeded(seed);
    // As a proxy gives connections out: half of all are at each server, whose piece it is.
    const all = Array.from({ length: size.pieces * size.people }, (_, i) => i % size.servers);
    for (let i = all.length - 1; i > 0; i--) {
      const other = random.int(i + 1);
      [all[i], all[other]] = [all[other]!, all[i]!];
    }
    await newsroom.seat(pieces, (piece) =>
      all
        .slice(piece * size.people, (piece + 1) * size.people)
        .map((at, person) => ({ at, types: person < size.writers })),
    );
    await newsroom.type({ seed }, true);
    await pause(settleSeconds * 1_000);
    const before = await newsroom.read();
    await pause(seconds * 1_000);
    return [before, await newsroom.read()];
  } finally {
    await newsroom.close();
  }
}

/** People type as it happens: beside the ratio of the figures stands that of the figures for each key. */
function printCompared(compared: readonly Compared[]): void {
  const [keys] = compared;
  const typed = keys === undefined ? 1 : keys.measured / keys.predicted;
  printTable([
    ['', 'model', 'measured', 'measured/model', 'for each key'],
    ...compared.map(({ what, predicted, measured }) => [
      what,
      predicted.toFixed(3),
      measured.toFixed(3),
      (measured / predicted).toFixed(2),
      (measured / predicted / typed).toFixed(2),
    ]),
  ]);
}
