import { describe, expect, test } from 'vitest';
import { runSeed, seeded } from '../../support/random.ts';
import { errorOf, fitCosts } from '../model/calibration/fit.ts';
import type { Costs } from '../model/costs.ts';
import { endOf, findCapacity, type Machines } from '../model/limits.ts';
import { measuredCosts } from '../model/measured-costs.ts';
import { seat, type Newsroom } from '../model/newsroom.ts';
import { keysPerSecond, readRhythm, recordedRhythm, rhythmOf, Typist } from '../model/rhythm.ts';
import { Clock } from '../model/simulation/clock.ts';
import { Events } from '../model/simulation/events.ts';
import { SimulatedPostgres } from '../model/simulation/postgres.ts';
import { SimulatedRedis } from '../model/simulation/redis.ts';
import { simulate, type Outcome } from '../model/simulation/simulate.ts';

const seed = runSeed();
const random = seeded(seed);
const rhythm = readRhythm();
const machines: Machines = {
  ...{ cores: 16, maxConnections: 500, pool: 38, disk: 400e6, network: 1.25e9 },
};

interface Case extends Partial<Newsroom> {
  readonly cores?: number;
  readonly seed?: number;
  readonly seconds?: number;
  readonly costs?: Costs;
}

function run({ cores = 16, seconds = 4, costs = measuredCosts, ...rest }: Case = {}): Outcome {
  const newsroom = { pieces: 100, people: 4, writers: 4, servers: 4, pinned: false, ...rest };
  return simulate({ newsroom, rhythm, costs, cores, seed: rest.seed ?? seed, seconds });
}

describe(`the model of many servers (seed ${String(seed)})`, () => {
  test('a seed gives the same newsroom each time, another seed another one', () => {
    expect(run()).toEqual(run());
    expect(run({ seed: seed + 1 })).not.toEqual(run());
  });

  test('each key is committed or waits, whatever the servers, the cores and the seats', () => {
    for (const some of [{}, { servers: 1 }, { servers: 9, pinned: true }, { cores: 1 }]) {
      const { pressed, committed, pending } = run(some);
      expect(pressed).toBeGreaterThan(0);
      expect(committed + pending).toBe(pressed);
    }
  });

  test('where nobody writes there is nothing to commit, and cursors are told all the same', () => {
    const { keys, commits, rows, wal, messages } = run({ writers: 0 });
    expect([keys, commits, rows]).toEqual([0, 0, 0]);
    expect(wal).toBeGreaterThan(0);
    expect(messages).toBeGreaterThan(0);
  });

  test('one server alone says nothing to others', () => {
    const { messages, deliveries, redisCores, spread, lockWaits } = run({ servers: 1 });
    expect([messages, deliveries, redisCores, lockWaits]).toEqual([0, 0, 0, 0]);
    expect(spread).toBe(1);
  });

  test('pieces that are pinned wait for no other server, and nobody hears of them', () => {
    const pinned = run({ pinned: true, servers: 4 });
    const spread = run({ servers: 4 });
    expect(pinned.spread).toBe(1);
    expect(pinned.lockWaits).toBe(0);
    expect(pinned.deliveries).toBeLessThan(spread.deliveries / 4);
    expect(pinned.serverCores).toBeLessThan(spread.serverCores);
  });

  test('more people ask more of each part', () => {
    const [few, many] = [run({ pieces: 60 }), run({ pieces: 240 })];
    for (const what of ['keys', 'rows', 'wal', 'messages', 'frames', 'bytesOut'] as const) {
      expect(many[what], what).toBeGreaterThan(few[what]);
    }
    for (const what of ['postgresCores', 'redisLeast', 'loopCores', 'serverCores'] as const) {
      expect(many[what], what).toBeGreaterThan(few[what]);
    }
    // In larger groups, not in longer queues (D3).
    expect(many.rows / many.commits).toBeGreaterThan(few.rows / few.commits);
  });

  test('more servers have less to do each, and more in all', () => {
    const outcomes = [2, 8, 32].map((servers) => run({ servers, pieces: 200 }));
    const [first, second, third] = outcomes as [Outcome, Outcome, Outcome];
    for (const [fewer, more] of [
      [first, second],
      [second, third],
    ] as const) {
      expect(more.serverCores).toBeLessThan(fewer.serverCores);
      expect(more.commits).toBeGreaterThan(fewer.commits);
      expect(more.deliveries).toBeGreaterThan(fewer.deliveries);
      expect(more.looks).toBeGreaterThan(fewer.looks);
      expect(more.spread).toBeGreaterThan(fewer.spread);
    }
    expect(third.spread).toBeLessThanOrEqual(4);
  });

  test('a Postgres that cannot keep up gets larger commits, and people wait longer', () => {
    const slow = {
      ...measuredCosts,
      postgres: { ...measuredCosts.postgres, commit: 100_000 },
    };
    const [quick, late] = [run(), run({ costs: slow, cores: 1 })];
    expect(late.commits).toBeLessThan(quick.commits);
    expect(late.rows / late.commits).toBeGreaterThan(quick.rows / quick.commits);
    expect(late.savedMedian).toBeGreaterThan(quick.savedMedian);
    expect(late.commits).toBeLessThanOrEqual(10.5);
  });
});

describe('seats', () => {
  test('everybody has one, servers have the same number, and a piece is open where somebody is', () => {
    const newsroom = { pieces: 96, people: 4, writers: 1, servers: 8, pinned: false };
    const { people, rooms } = seat(newsroom, random);
    expect(people).toHaveLength(384);
    expect(people.filter(({ writes }) => writes)).toHaveLength(96);
    for (let server = 0; server < 8; server++) {
      expect(people.filter(({ room }) => room.server === server)).toHaveLength(48);
    }
    for (const ofPiece of rooms) {
      expect(ofPiece.reduce((sum, { members }) => sum + members, 0)).toBe(4);
      expect(new Set(ofPiece.map(({ server }) => server)).size).toBe(ofPiece.length);
    }
  });
});

describe('the rhythm of keys', () => {
  test('is read off the times of a recording', () => {
    const { bursts, pauses } = rhythmOf([0, 0, 1, 2, 10, 10, 10_000]);
    expect(bursts).toEqual([
      { seconds: 1, keys: 1 },
      { seconds: 1, keys: 2 },
      { seconds: 3, keys: 4 },
    ]);
    // Nobody sits there for 10,000 s.
    expect(pauses).toEqual([7]);
  });

  test('what is recorded of it is what the recording gives, where that is at hand', () => {
    expect(rhythm.bursts).toHaveLength(recordedRhythm.bursts.length);
    for (const [i, { seconds, keys }] of rhythm.bursts.entries()) {
      expect(recordedRhythm.bursts[i]!.seconds).toBeCloseTo(seconds, 1);
      expect(recordedRhythm.bursts[i]!.keys).toBeCloseTo(keys, 1);
    }
    expect(keysPerSecond(recordedRhythm)).toBeCloseTo(keysPerSecond(rhythm), 2);
  });

  test('people press as many keys as it says, from the beginning on', () => {
    const [people, seconds] = [3_000, 60];
    let keys = 0;
    for (let i = 0; i < people; i++) {
      const typist = new Typist(rhythm, random);
      for (let at = typist.first(); at < seconds; at += typist.next()) keys++;
    }
    const ratio = keys / people / seconds / keysPerSecond(rhythm);
    expect(ratio).toBeGreaterThan(0.93);
    expect(ratio).toBeLessThan(1.07);
  });
});

describe('what is simulated', () => {
  test('happens in the order of time, and of coming', () => {
    const events = new Events<number>();
    const times = Array.from({ length: 500 }, () => random.int(100));
    for (const [i, at] of times.entries()) events.add(at, i);
    const order = times.map(() => events.take());
    const expected = times
      .map((at, i) => [at, i] as const)
      .sort(([a, i], [b, j]) => a - b || i - j)
      .map(([, i]) => i);
    expect(order).toEqual(expected);
    expect(events.next).toBe(Infinity);
  });

  test('commits to one piece follow each other, those to others do not wait, and all end', () => {
    const clock = new Clock();
    const { postgres: costs, bytes } = measuredCosts;
    const postgres = new SimulatedPostgres({ clock, costs, bytes, cores: 16, servers: 2 });
    const ended: string[] = [];
    postgres.commit(1, [1], () => ended.push('first'));
    postgres.commit(1, [1, 2], () => ended.push('second'));
    postgres.commit(1, [3], () => ended.push('other'));
    clock.runUntil(1e6);
    expect(ended).toEqual(['first', 'other', 'second']);
    expect(postgres.lockWaits).toBe(1);

    let done = 0;
    for (let i = 0; i < 500; i++) {
      const pieces = new Set(Array.from({ length: 5 }, () => random.int(20)));
      postgres.commit(5, [...pieces], () => done++);
    }
    clock.runUntil(1e8);
    expect(done).toBe(500);
  });

  test('Redis hands each message to all but its sender, and does more at a time the more comes', () => {
    const clock = new Clock();
    const heard: number[] = [];
    const redis = new SimulatedRedis(clock, measuredCosts.redis, () => undefined);
    const publish = () =>
      redis.publish({ from: 0, bytes: 100, to: [0, 1, 2], heard: (server) => heard.push(server) });
    publish();
    clock.runUntil(1e6);
    expect(heard).toEqual([1, 2]);
    const { busy: alone } = redis;
    for (let i = 0; i < 101; i++) publish();
    clock.runUntil(2e6);
    expect(heard).toHaveLength(204);
    expect(redis.deliveries).toBe(306);
    expect((redis.busy - alone) / 101).toBeLessThan(alone);
    expect(redis.least).toBeLessThan(redis.busy);
  });
});

describe('where it ends', () => {
  const idle = run({ writers: 0 });

  test('the fullest part is named', () => {
    expect(endOf({ ...idle, loopCores: 0.4 }, machines).part).toBe("a server's event loop");
    expect(endOf({ ...idle, loopCores: 0.4, redisLeast: 0.8 }, machines)).toEqual({
      ...{ part: "Redis' one core", full: 1 },
    });
    expect(endOf({ ...idle, postgresCores: 16 }, machines).part).toBe("Postgres' cores");
  });

  test('the number of people is found by trying', () => {
    // One that costs less for each the more there are.
    const attempt = (pieces: number): Outcome => ({
      ...idle,
      people: pieces * 4,
      loopCores: (pieces / 1_000) ** 0.9,
    });
    const start = { pieces: 10_000, outcome: attempt(10_000) };
    const { people, part } = findCapacity(start, machines, attempt);
    expect(part).toBe("a server's event loop");
    expect(people / (4_000 * 0.8 ** (1 / 0.9))).toBeCloseTo(1, 1);
  });
});

test('costs are found from what loads took in all', () => {
  const costs = { key: 50, frame: 7, second: 9_000 };
  const names = ['key', 'frame', 'second'] as const;
  const loads = Array.from({ length: 8 }, () => {
    const counts = { key: random.int(5_000), frame: random.int(20_000), second: 10 };
    const total = counts.key * 50 + counts.frame * 7 + counts.second * 9_000;
    return { counts, total };
  });
  const found = fitCosts(names, loads);
  for (const name of names) expect(found[name] / costs[name]).toBeCloseTo(1, 1);
  expect(errorOf(found, loads)).toBeLessThan(0.01);
});
