import type PgBoss from 'pg-boss';
import type { Log } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import { jobKinds, type JobKind } from './kinds.ts';
import { openLibrary } from './library.ts';
import { lookAtQueues, nothingQueued, type Queued } from './look.ts';
import { JobRunner, type RunnerStatus } from './runner.ts';

export interface JobsDeps {
  readonly sql: Sql;
  readonly log: Log;
  /** How often it is looked whether there is something to do, in ms; 10,000 where not given. */
  readonly lookMs?: number;
}

export interface NewJob<Payload> {
  /** Of one key, one job of a kind waits at a time: another is not added. */
  readonly key: string;
  readonly payload: Payload;
  /** From when on it may be done: so long after now, in ms. */
  readonly afterMs: number;
}

export interface JobStatus {
  readonly queued: Queued | null;
  readonly ended: RunnerStatus;
}

const usualLookMs = 10_000;
/** How often it is deleted at most what ended long ago, in ms. */
const tidyMs = 3_600_000;
/** How many are added by one statement. */
const mostAtOnce = 1_000;

/**
 * Work that is done once, by any of the servers on a database (C5). A job is claimed with a lease; where
 * its server dies, another does it when that has run out. So what does a job has to bear that part of it
 * has been done before.
 *
 * Of pg-boss the queues are used, and not the workers: these leave it to nobody to hear that a job could
 * not be ended, and a database that is away would end the process (10.4.2); they ask once for each kind
 * every few seconds; and a failed question is nothing to them.
 */
export class Jobs {
  readonly #deps: JobsDeps;
  readonly #runners = new Map<string, JobRunner>();
  #library: Promise<PgBoss> | null = null;
  /** What there was when it was last looked; null: it was not yet. */
  #queued: ReadonlyMap<string, Queued> | null = null;
  /** By kind, jobs of dead servers that were given up since this one's start. */
  readonly #givenUp = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #tidied = -Infinity;
  #stopping = false;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
  }

  /** Who does the jobs of a kind here; to be said before `start`. */
  handle<Payload extends object>(
    kind: JobKind<Payload>,
    run: (payload: Payload) => Promise<void>,
  ): void {
    const { log } = this.#deps;
    this.#runners.set(
      kind.name,
      new JobRunner({
        ...{ kind, log, library: () => this.#open(), sql: this.#deps.sql },
        run: run as (payload: object) => Promise<void>,
      }),
    );
  }

  start(): void {
    const { lookMs = usualLookMs, log } = this.#deps;
    const warn = (err: unknown) => {
      if (!this.#stopping) log.warn({ err }, 'cannot look for jobs');
    };
    this.#timer = setInterval(() => void this.runDue().catch(warn), lookMs);
    this.#timer.unref();
    // Nothing is done yet, while people come back; but it is there to be told.
    this.#look().catch(warn);
  }

  /** Rejects with the database's error; those that were added before it stay. */
  async add<Payload extends object>(
    kind: JobKind<Payload>,
    jobs: readonly NewJob<Payload>[],
  ): Promise<void> {
    const { name, leaseSeconds, retries, retryAfterSeconds } = kind;
    if (jobs.length === 0) return;
    const library = await this.#open();
    // In one order for all: servers that add the same keys would wait for each other for good.
    const sorted = [...jobs].sort((a, b) => (a.key < b.key ? -1 : 1));
    for (let from = 0; from < sorted.length; from += mostAtOnce) {
      const some = sorted.slice(from, from + mostAtOnce).map(({ key, payload, afterMs }) => ({
        ...{ name, data: payload, singletonKey: key, expireInSeconds: leaseSeconds },
        ...{ retryLimit: retries, retryDelay: retryAfterSeconds, retryBackoff: true },
        // In seconds, as its insert takes it.
        startAfter: String(Math.max(0, afterMs) / 1_000),
      }));
      await library.insert(some);
    }
  }

  /** Does what is due, here or by who comes first; resolves when nothing is left of it. */
  async runDue(): Promise<void> {
    let queued = await this.#look();
    if (this.#isUntidy(queued)) queued = await this.#tidy(queued);
    const due = [...this.#runners].filter(([name]) => (queued.get(name)?.due ?? 0) > 0);
    await Promise.all(due.map(([, runner]) => runner.drain()));
  }

  /** Ends when what this server has begun has ended; what fails meanwhile is left to the others. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
  }

  /** By kind: what was in the database when it was last looked (null: not yet), and what was done here. */
  get status(): ReadonlyMap<string, JobStatus> {
    return new Map(
      jobKinds.map(({ name }) => {
        const own = this.#runners.get(name)?.status ?? { done: 0, retried: 0, givenUp: 0 };
        const givenUp = own.givenUp + (this.#givenUp.get(name) ?? 0);
        const queued = this.#queued && (this.#queued.get(name) ?? nothingQueued);
        return [name, { queued, ended: { ...own, givenUp } }];
      }),
    );
  }

  async #look(): Promise<ReadonlyMap<string, Queued>> {
    return (this.#queued = await lookAtQueues(this.#deps.sql));
  }

  #isUntidy(queued: ReadonlyMap<string, Queued>): boolean {
    const all = [...queued.values()];
    if (all.some(({ overdue }) => overdue > 0)) return true;
    return performance.now() - this.#tidied > tidyMs && all.some(({ outlived }) => outlived > 0);
  }

  /** Gives what dead servers have had to others, and deletes what is old. */
  async #tidy(before: ReadonlyMap<string, Queued>): Promise<ReadonlyMap<string, Queued>> {
    const library = await this.#open();
    await library.maintain();
    this.#tidied = performance.now();
    const after = await this.#look();
    for (const [kind, { failed, overdue }] of before) {
      if (overdue === 0) continue;
      this.#deps.log.warn({ kind, overdue }, 'jobs were not done in time by who had them');
      const givenUp = (after.get(kind)?.failed ?? 0) - failed;
      if (givenUp <= 0) continue;
      this.#deps.log.error({ kind, givenUp }, 'jobs are given up');
      this.#givenUp.set(kind, (this.#givenUp.get(kind) ?? 0) + givenUp);
    }
    return after;
  }

  /** Where the database is away it is opened when it is next needed. */
  #open(): Promise<PgBoss> {
    const { sql, log } = this.#deps;
    this.#library ??= openLibrary(sql, log).catch((err: unknown) => {
      this.#library = null;
      throw err;
    });
    return this.#library;
  }
}
