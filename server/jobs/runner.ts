import type PgBoss from 'pg-boss';
import type { Log } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import type { JobKind } from './kinds.ts';
import { executorOn } from './library.ts';

export interface RunnerDeps {
  readonly kind: JobKind;
  readonly log: Log;
  readonly sql: Sql;
  readonly library: () => Promise<PgBoss>;
  readonly run: (payload: object) => Promise<void>;
}

/** Since the start of this server. */
export interface RunnerStatus {
  readonly done: number;
  /** Failed, and to be tried again. */
  readonly retried: number;
  /** Failed for the last time. */
  readonly givenUp: number;
}

type Claimed = PgBoss.JobWithMetadata;

/** Another job of the same key is being done: Postgres' `unique_violation`. */
const keyTaken = '23505';

/** Does the jobs of one kind at this server, one at a time. */
export class JobRunner {
  readonly #deps: RunnerDeps;
  #draining: Promise<void> | null = null;
  #stopping = false;
  #done = 0;
  #retried = 0;
  #givenUp = 0;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
  }

  get status(): RunnerStatus {
    return { done: this.#done, retried: this.#retried, givenUp: this.#givenUp };
  }

  /** Does what is due until there is nothing left. Rejects where the database cannot be asked. */
  drain(): Promise<void> {
    this.#draining ??= this.#drainOnce().finally(() => {
      this.#draining = null;
    });
    return this.#draining;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // Whoever has begun it hears of its failure.
    await this.#draining?.catch(() => undefined);
  }

  async #drainOnce(): Promise<void> {
    while (!this.#stopping) {
      const since = performance.now();
      const job = await this.#claim();
      if (job === undefined) return;
      await this.#do(job, since);
    }
  }

  /** pg-boss takes any error for "nothing to do": a database that is away would go unnoticed. */
  async #claim(): Promise<Claimed | undefined> {
    const { kind, sql, library } = this.#deps;
    const executor = executorOn(sql);
    const failures: (Error & { readonly code?: unknown })[] = [];
    const db: PgBoss.Db = {
      executeSql: (text, values) =>
        executor.executeSql(text, values).catch((err: Error) => {
          failures.push(err);
          throw err;
        }),
    };
    const boss = await library();
    const [job] = await boss.fetch<object>(kind.name, { includeMetadata: true, db });
    const [failure] = failures;
    if (failure !== undefined && failure.code !== keyTaken) throw failure;
    return job;
  }

  /** @param since - when it was claimed at the earliest, in ms of `performance.now()` */
  async #do(job: Claimed, since: number): Promise<void> {
    const { kind, log, run, library } = this.#deps;
    const about = { kind: kind.name, jobId: job.id, ...job.data };
    let failure: unknown = null;
    try {
      await run(job.data);
    } catch (err) {
      failure = err ?? new Error('A job has failed, and said nothing');
    }
    if (performance.now() - since > kind.leaseSeconds * 1_000) {
      log.warn({ ...about, err: failure }, 'a job took longer than it may: another server has it');
      return;
    }
    let again = job.retryCount < job.retryLimit;
    try {
      const boss = await library();
      if (failure === null) await boss.complete(kind.name, job.id);
      else {
        await boss.fail(kind.name, job.id, reasonOf(failure));
        // Where one of its key waits to be tried again, that is the next try of both.
        again = (await boss.getJobById(kind.name, job.id))?.state === 'retry';
      }
    } catch (err) {
      // Its lease runs out, and it is done again.
      log.warn({ ...about, err }, 'a job has ended, which could not be noted');
    }
    this.#tell(again, about, failure);
  }

  #tell(again: boolean, about: object, err: unknown): void {
    const { log } = this.#deps;
    if (err === null) this.#done += 1;
    else if (again) {
      this.#retried += 1;
      if (this.#stopping) log.info(about, 'a job is left to be done after the stop');
      else log.warn({ ...about, err }, 'a job has failed, and is tried again');
    } else {
      this.#givenUp += 1;
      log.error({ ...about, err }, 'a job has failed for the last time, and is given up');
    }
  }
}

/** Kept beside the job. */
const reasonOf = (err: unknown) => ({ message: err instanceof Error ? err.message : String(err) });
