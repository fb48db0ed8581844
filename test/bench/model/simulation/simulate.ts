/**
 * The newsroom, key by key: people type, servers hand on and commit, Redis carries, Postgres keeps. What is
 * counted is what the parts do; what it costs them is what `costs.ts` says. The network takes no time, and
 * no server's event loop is ever late: past its end a figure says what would be asked of a part, not how
 * it would fare.
 */
import { mostMessageBytes } from '../../../../server/bus/bus.ts';
import { seeded } from '../../../support/random.ts';
import { percentile } from '../../stats.ts';
import type { Costs } from '../costs.ts';
import { seat, type Newsroom, type Person } from '../newsroom.ts';
import { Typist, type Rhythm } from '../rhythm.ts';
import { Clock } from './clock.ts';
import { SimulatedPostgres } from './postgres.ts';
import { SimulatedRedis } from './redis.ts';
import { SimulatedServer, type OpenRoom } from './server.ts';

export interface SimulationOptions {
  readonly newsroom: Newsroom;
  readonly rhythm: Rhythm;
  readonly costs: Costs;
  /** Of Postgres. */
  readonly cores: number;
  readonly seed: number;
  /** What is counted, after a second in which everything gets going. */
  readonly seconds: number;
}

/** For each second, but for counts, times and what is in flight. */
export interface Outcome {
  readonly people: number;
  readonly keys: number;
  readonly commits: number;
  readonly rows: number;
  /** Servers that have a piece open, at the mean. */
  readonly spread: number;
  /** From a key to its commit, in ms. */
  readonly savedMedian: number;
  readonly savedLate: number;
  /** The share of commits that waited for another server's. */
  readonly lockWaits: number;
  /** Bytes of the write-ahead log. */
  readonly wal: number;
  readonly looks: number;
  readonly summaries: number;
  readonly snapshots: number;
  /** Cores. */
  readonly postgresCores: number;
  readonly redisCores: number;
  /** Of that, what Redis cannot save by taking more messages at a time. */
  readonly redisLeast: number;
  /** From its coming to Redis until it is handed on, of the latest of a hundred messages, in ms. */
  readonly redisLate: number;
  /** Cores of one server: of its event loop, where that is the busiest, and of all of its threads at the mean. */
  readonly loopCores: number;
  readonly serverCores: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly frames: number;
  /** In all of the simulation: keys that were pressed, committed, and neither. */
  readonly pressed: number;
  readonly committed: number;
  readonly pending: number;
}

const second = 1_000_000;
const warmUp = second;
/** As the servers have them, in the file that each is of. In µs. */
const lookEvery = 0.4 * second; // cluster/cluster.ts
const headsEvery = 2 * second; // cluster/member.ts
const whoEvery = 5 * second; // cluster/who.ts
const beatEvery = 0.4 * second; // bus/redis/redis.ts
/** After so long without a cursor's change a client says again that it is there (y-protocols). */
const renewEvery = 15 * second;
/** Everybody opens their piece anew so often, and claims a clientID; an assumption. */
const joinEvery = 20 * 60 * second;
/** The time of every so many keys to the commit is kept, and of messages in Redis. */
const sampleEvery = 7;
/** So often Redis wakes where it has as much to do as it can: messages wait so long, in µs. */
const longestTurn = 5_000;

export function simulate(options: SimulationOptions): Outcome {
  const { newsroom, rhythm, costs, cores, seed, seconds } = options;
  const random = seeded(seed);
  const clock = new Clock();
  const postgres = new SimulatedPostgres({
    ...{ clock, costs: costs.postgres, bytes: costs.bytes, cores, servers: newsroom.servers },
  });
  const [times, inRedis] = [new Times(), new Times()];
  const saved = (us: number) => {
    if (clock.now > warmUp) times.add(us);
  };
  const redis = new SimulatedRedis(clock, costs.redis, (us) => {
    if (clock.now > warmUp) inRedis.add(us);
  });
  const { largeShare } = rhythm;
  const { fresh = false } = newsroom;
  const servers = Array.from(
    { length: newsroom.servers },
    (_, id) =>
      new SimulatedServer({ id, clock, random, costs, largeShare, postgres, redis, saved, fresh }),
  );
  const { people, rooms } = seat(newsroom, random);
  const openRooms = new Map(
    rooms.flatMap((ofPiece) => openAll(ofPiece, servers, () => (fresh ? 0 : random.int(500)))),
  );

  for (const open of openRooms.values()) {
    if (newsroom.writers > 0) open.home.tend(open, random.next());
  }
  for (const person of people) {
    const open = openRooms.get(person.room)!;
    if (person.writes) typeOn(person, open);
    repeat(renewEvery, () => open.home.renew(open, person));
    if (newsroom.servers > 1) repeat(joinEvery, () => postgres.ask('claim'));
  }
  const all = servers.map((_, id) => id);
  for (const [id, server] of servers.entries()) {
    const own = [...openRooms.values()].filter(({ home }) => home === server);
    const here = own.reduce((sum, { room }) => sum + room.members, 0);
    if (newsroom.servers === 1) {
      repeat(second, () => postgres.ask('look'));
      continue;
    }
    repeat(lookEvery, () => postgres.ask('look'));
    repeat(headsEvery, () => postgres.ask('heads', own.length));
    repeat(beatEvery, () => server.say(costs.bytes.message, [id], nobody));
    repeat(whoEvery, () => {
      for (let left = here * costs.bytes.person; left > 0; left -= mostMessageBytes) {
        server.say(Math.min(left, mostMessageBytes), all, nobody);
      }
    });
  }

  clock.runUntil(warmUp);
  const before = readings();
  clock.runUntil(warmUp + seconds * second);
  const after = readings();
  const per = (what: keyof ReturnType<typeof readings>) =>
    ((after[what] as number) - (before[what] as number)) / seconds;
  const loops = after.loops.map((loop, i) => (loop - before.loops[i]!) / seconds / second);
  const idle = costs.server.second / second;
  const commits = per('commits');
  const turnOfRedis = newsroom.servers === 1 ? 0 : costs.redis.read + costs.redis.write;
  const meanLoop = loops.reduce((sum, loop) => sum + loop, 0) / loops.length + idle;
  return {
    people: people.length,
    keys: per('keys'),
    commits,
    rows: per('rows'),
    spread: openRooms.size / newsroom.pieces,
    savedMedian: times.at(0.5),
    savedLate: times.at(0.99),
    lockWaits: commits === 0 ? 0 : per('lockWaits') / commits,
    wal: per('wal'),
    looks: per('looks'),
    summaries: per('summaries'),
    snapshots: per('snapshots'),
    postgresCores: per('postgres') / second,
    redisCores: per('redis') / second,
    redisLeast: per('redisLeast') / second + (newsroom.servers * turnOfRedis) / longestTurn,
    redisLate: inRedis.at(0.99),
    loopCores: Math.max(...loops) + idle,
    serverCores: meanLoop * (1 + costs.server.beside) + per('threads') / second / newsroom.servers,
    messages: per('messages'),
    deliveries: per('deliveries'),
    bytesIn: per('bytesIn'),
    bytesOut: per('bytesOut'),
    frames: per('frames'),
    pressed: after.keys,
    committed: after.committed,
    pending: servers.reduce((sum, { pending }) => sum + pending, 0),
  };

  function typeOn(person: Person, open: OpenRoom): void {
    const typist = new Typist(rhythm, random);
    const press = () => {
      open.home.key(open, person);
      clock.in(typist.next() * second, press);
    };
    clock.in(typist.first() * second, press);
  }

  /** From any moment on. */
  function repeat(every: number, work: () => void): void {
    const again = () => {
      work();
      clock.in(every, again);
    };
    clock.in(random.next() * every, again);
  }

  function readings() {
    const sum = (what: (server: SimulatedServer) => number) =>
      servers.reduce((total, server) => total + what(server), 0);
    return {
      keys: sum(({ counts }) => counts.keys),
      committed: sum(({ counts }) => counts.committed),
      frames: sum(({ counts }) => counts.frames),
      threads: sum(({ threads }) => threads),
      loops: servers.map(({ loop }) => loop),
      commits: postgres.commits,
      rows: postgres.rows,
      lockWaits: postgres.lockWaits,
      wal: postgres.wal,
      postgres: postgres.asked,
      looks: postgres.statements.look,
      summaries: postgres.statements.summary,
      snapshots: postgres.statements.snapshot,
      redis: redis.busy,
      redisLeast: redis.least,
      messages: redis.messages,
      deliveries: redis.deliveries,
      bytesIn: redis.bytesIn,
      bytesOut: redis.bytesOut,
    };
  }
}

/** The rooms of a piece, that know each other; `rows`: how many each has since its last snapshot. */
function openAll(
  rooms: readonly Person['room'][],
  servers: readonly SimulatedServer[],
  rows: () => number,
): (readonly [Person['room'], OpenRoom])[] {
  const ids = rooms.map(({ server }) => server);
  const opened = rooms.map((room) => ({
    room,
    home: servers[room.server]!,
    servers: ids,
    others: new Map<number, OpenRoom>(),
    waiting: null,
    moved: null,
    shown: false,
    showing: 0,
    summaryDue: false,
    rows: rows(),
  }));
  for (const one of opened) {
    for (const other of opened) if (other !== one) one.others.set(other.room.server, other);
  }
  return opened.map((open) => [open.room, open] as const);
}

/** Some of many times, in µs. */
class Times {
  readonly #times: number[] = [];
  #count = 0;

  add(us: number): void {
    if (this.#count++ % sampleEvery === 0) this.#times.push(us);
  }

  /** In ms. */
  at(share: number): number {
    return percentile(this.#times, share) / 1_000;
  }
}

const nobody = () => undefined;
