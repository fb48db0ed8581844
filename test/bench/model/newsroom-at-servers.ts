/** Real servers on one Postgres and one Redis, and real people at them, for measuring what they use. */
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import postgres from 'postgres';
import { createPiece } from '../../support/clients.ts';
import { addMember, createPerson, type TestPerson } from '../../support/people.ts';
import { startOwnPostgres, type OwnPostgres } from '../../support/postgres.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { startServerProcess, type ServerProcess } from '../../support/server-process.ts';
import { stopChild, trackChild } from '../cleanup.ts';
import { mainThreadSeconds, parentOf, treeSeconds } from '../load/proc.ts';
import type { Pace, SeatAt, TypistsCommand, TypistsCounts } from './typists.ts';

/** What has been used and done since the start. */
export interface Reading {
  readonly at: number;
  readonly typists: TypistsCounts;
  readonly servers: readonly ServerReading[];
  /** Of processor time, in seconds. */
  readonly postgres: number;
  readonly redis: number;
  readonly wal: number;
  readonly rows: number;
  /** Commands, and bytes, as Redis counts them. */
  readonly redisOut: number;
}

export interface ServerReading {
  /** `host:port`. */
  readonly host: string;
  /** Processor time of the event loop, and of all else of the process, in seconds. */
  readonly loop: number;
  readonly beside: number;
  readonly commits: number;
  /** How long they took in all, in seconds. */
  readonly committing: number;
  readonly updates: number;
  readonly published: number;
  readonly received: number;
}

/** Who sits where in a piece: at which server, and whether they type. */
export interface Place {
  readonly at: number;
  readonly types: boolean;
}

export class Newsroom {
  readonly #postgres: OwnPostgres;
  readonly #redis: TestRedis;
  readonly #redisPid: number;
  readonly #servers: readonly ServerProcess[];
  readonly #people: readonly TestPerson[];
  readonly #sql: postgres.Sql;
  #typists: ChildProcess | null = null;

  private constructor(
    database: OwnPostgres,
    redis: TestRedis,
    redisPid: number,
    servers: readonly ServerProcess[],
    people: readonly TestPerson[],
  ) {
    this.#postgres = database;
    this.#redis = redis;
    this.#redisPid = redisPid;
    this.#servers = servers;
    this.#people = people;
    this.#sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  }

  /** @param people - so many are there; each piece may have all of them */
  static async open(servers: number, people: number): Promise<Newsroom> {
    const database = await startOwnPostgres();
    const redis = await startRedis();
    const started: ServerProcess[] = [];
    const env = { LOG_LEVEL: 'warn', DATABASE_URL: database.url, REDIS_URL: redis.url };
    try {
      while (started.length < servers) started.push(await startServerProcess(env));
      const persons: TestPerson[] = [];
      for (let i = 0; i < people; i++) {
        persons.push(await createPerson(started[0]!, `Person ${String(i)}`));
      }
      const info = String(await redis.command('INFO', 'server'));
      const pid = Number(/process_id:(\d+)/.exec(info)?.[1]);
      return new Newsroom(database, redis, pid, started, persons);
    } catch (error) {
      for (const server of started) await server.kill9();
      await redis.remove();
      await database.remove();
      throw error;
    }
  }

  /** Pieces with so much text; everybody is a writer of each. */
  async pieces(count: number, text = ''): Promise<string[]> {
    const ids: string[] = [];
    const [first] = this.#servers;
    while (ids.length < count) {
      const id = await createPiece(first!, { content: text, format: 'text' });
      for (const person of this.#people) await addMember(first!, id, person, 'writer');
      ids.push(id);
    }
    return ids;
  }

  /** Everybody at their places in each of these pieces; those of before leave. */
  async seat(
    pieces: readonly string[],
    places: (piece: number) => readonly Place[],
  ): Promise<void> {
    await this.leave();
    const seats: SeatAt[] = pieces.flatMap((piece, i) =>
      places(i).map(({ at, types }, person) => {
        const { token } = this.#people[person % this.#people.length]!;
        const url = this.#servers[at]!.url.replace('http', 'ws');
        return { url: `${url}/collab/${piece}?token=${token}&ext=1`, types };
      }),
    );
    this.#typists = fork(join(import.meta.dirname, 'typists.ts'));
    trackChild(this.#typists);
    await this.#tell({ do: 'join', seats });
  }

  async type(pace: Pace, presence: boolean): Promise<void> {
    await this.#tell({ do: 'type', pace, presence });
  }

  async leave(): Promise<void> {
    if (this.#typists !== null) await stopChild(this.#typists);
    this.#typists = null;
  }

  async read(): Promise<Reading> {
    const typists = await this.#tell({ do: 'count' });
    const servers = await Promise.all(this.#servers.map(readServer));
    const [row] = await this.#sql<{ pid: number; rows: number; wal: number }[]>`
      select pg_backend_pid() as pid, (select sum(seq) from journal_heads)::float8 as rows,
        (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal`;
    if (row === undefined) throw new Error('Postgres says nothing');
    const stats = String(await this.#redis.command('INFO', 'stats'));
    return {
      at: performance.now() / 1_000,
      typists,
      servers,
      postgres: treeSeconds(parentOf(row.pid)),
      redis: treeSeconds(this.#redisPid),
      wal: row.wal,
      rows: row.rows,
      redisOut: Number(/total_net_output_bytes:(\d+)/.exec(stats)?.[1]),
    };
  }

  async close(): Promise<void> {
    await this.leave();
    await this.#sql.end();
    for (const server of this.#servers) await server.terminate();
    await this.#redis.remove();
    await this.#postgres.remove();
  }

  #tell(command: TypistsCommand): Promise<TypistsCounts> {
    const child = this.#typists;
    if (child === null) throw new Error('nobody is there');
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`the typists ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (answer: TypistsCounts | { error: string }) => {
        child.off('exit', ended);
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer);
      });
      child.send(command);
    });
  }
}

async function readServer({ url, pid }: ServerProcess): Promise<ServerReading> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => {
    const line = metrics.split('\n').find((one) => one.startsWith(`${name} `));
    if (line === undefined) throw new Error(`no ${name} in /metrics`);
    return Number(line.slice(name.length));
  };
  const loop = mainThreadSeconds(pid);
  return {
    host: new URL(url).host,
    loop,
    beside: treeSeconds(pid) - loop,
    commits: value('counterpoint_commits_total'),
    committing: value('counterpoint_commit_duration_seconds_sum'),
    updates: value('counterpoint_committed_updates_total'),
    published: value('counterpoint_bus_messages_total{way="redis",kind="published"}'),
    received: value('counterpoint_bus_messages_total{way="redis",kind="received"}'),
  };
}
