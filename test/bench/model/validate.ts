/** The model against the real thing, at a size that one machine carries. */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { printTable } from '../report.ts';
import { seeded } from '../../support/random.ts';
import type { Costs } from './costs.ts';
import type { Newsroom as Size } from './newsroom.ts';
import { Newsroom, type Reading, type ServerReading } from './newsroom-at-servers.ts';
import type { Rhythm } from './rhythm.ts';
import { simulate, type Outcome } from './simulation/simulate.ts';

const size: Size = {
  ...{ pieces: 50, people: 4, writers: 4, servers: 2 },
  ...{ pinned: false, fresh: true },
};
/** Everybody is there, and the servers' code has been compiled. */
const settleSeconds = 12;
const seconds = 20;
/** What is random comes out even in the model. */
const simulatedSeconds = 60;
/** A server's messages to itself, which its metrics leave out, each second. */
const beats = 2.5;

export interface Compared {
  readonly what: string;
  readonly predicted: number;
  /** With commits that take as long as they took here, where all of it shares a few cores. */
  readonly atThisPace: number;
  readonly measured: number;
}

export interface ValidateOptions {
  readonly rhythm: Rhythm;
  readonly costs: Costs;
  readonly seed: number;
}

export async function validate(options: ValidateOptions): Promise<readonly Compared[]> {
  console.log(
    `model: two real servers, ${String(size.pieces)} pieces of four people, ${String(seconds)} s`,
  );
  const [before, after] = await typeAtServers(options.seed);
  const elapsed = after.at - before.at;
  const per = (what: (reading: Reading) => number) => (what(after) - what(before)) / elapsed;
  const ofServers = (what: (server: ServerReading) => number) =>
    per(({ servers }) => servers.reduce((sum, server) => sum + what(server), 0));
  const commits = ofServers((one) => one.commits);
  const duration = (ofServers((one) => one.committing) / commits) * 1e6;
  const { costs } = options;
  const flush = Math.max(0, duration - costs.postgres.commit);
  const atThisPace = { ...costs, postgres: { ...costs.postgres, flush } };
  const how = { ...options, newsroom: size, cores: cpus().length, seconds: simulatedSeconds };
  const outcomes = [simulate(how), simulate({ ...how, costs: atThisPace })] as const;
  const beatsOfAll = size.servers * beats;
  const compare = (
    what: string,
    predict: (outcome: Outcome) => number,
    measured: number,
  ): Compared => ({
    ...{ what, measured },
    predicted: predict(outcomes[0]),
    atThisPace: predict(outcomes[1]),
  });
  const frames = ({ typists }: Reading) =>
    Object.values(typists.frames).reduce((sum, count) => sum + count, 0);
  const compared = [
    compare(
      'keys/s',
      ({ keys }) => keys,
      per(({ typists }) => typists.keys),
    ),
    compare('commits/s', (outcome) => outcome.commits, commits),
    compare(
      'rows/s',
      (outcome) => outcome.rows,
      per(({ rows }) => rows),
    ),
    compare('WAL, MB/s', ({ wal }) => wal / 1e6, per(({ wal }) => wal) / 1e6),
    compare(
      'messages to other servers/s',
      ({ messages }) => messages - beatsOfAll,
      ofServers(({ published }) => published),
    ),
    compare(
      'Redis out, MB/s',
      ({ bytesOut }) => bytesOut / 1e6,
      per(({ redisOut }) => redisOut) / 1e6,
    ),
    compare('writes to sockets/s', (outcome) => outcome.frames, per(frames)),
    compare(
      'Postgres, cores',
      ({ postgresCores }) => postgresCores,
      per(({ postgres }) => postgres),
    ),
    compare(
      'Redis, cores',
      ({ redisCores }) => redisCores,
      per(({ redis }) => redis),
    ),
    compare(
      'a server, cores',
      ({ serverCores }) => serverCores,
      ofServers(({ loop, beside }) => loop + beside) / size.servers,
    ),
  ];
  printCompared(compared, duration / 1_000);
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

/** People type as it happens: what is compared is what each key has led to. */
function printCompared(compared: readonly Compared[], commitMs: number): void {
  const [keys] = compared;
  if (keys === undefined) return;
  const forKey = (one: Compared, which: 'predicted' | 'atThisPace') =>
    (one.measured / keys.measured / (one[which] / keys[which])).toFixed(2);
  console.log(`  A commit took ${commitMs.toFixed(1)} ms here, at the mean.`);
  printTable([
    ['', 'measured', 'model', 'measured/model for each key', 'with such commits', 'the same'],
    ...compared.map((one) => [
      one.what,
      one.measured.toFixed(3),
      one.predicted.toFixed(3),
      forKey(one, 'predicted'),
      one.atThisPace.toFixed(3),
      forKey(one, 'atThisPace'),
    ]),
  ]);
}
