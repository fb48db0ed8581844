import type { Log } from '../../collab/ports.ts';
import type { Sql } from '../client.ts';
import { contract } from '../migrate.ts';
import { readMigrations, type Migration } from './files.ts';

/** How often it is looked whether older servers run, in ms. */
const lookMs = 2_000;
/**
 * After so many intervals without a look, whoever ran meanwhile may have come and gone unseen: this server
 * stood still, or could not ask the database.
 */
const mostMissed = 3;
/** But not before this time, in ms, however often it is looked. */
const leastMissedMs = 1_000;

export interface LateMigrationsDeps {
  readonly sql: Sql;
  readonly log: Log;
  /** For how long no older server has run by then, in ms. */
  readonly afterMs: number;
  /** In ms; `performance.now` where not given. */
  readonly now?: () => number;
  /** Where the SQL files are; the package's `migrations` where not given. */
  readonly folder?: string;
}

/**
 * Runs what contracts the schema when those servers that need what it takes away have been gone for some
 * time, as this server has seen by itself, look by look. Until then one of them may come back: after a crash
 * in the middle of a deploy, or because the deploy is rolled back. Every server that knows it tries; a lock lets one do it.
 */
export class LateMigrations {
  readonly #deps: LateMigrationsDeps;
  #waiting: readonly Migration[];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #failed = false;
  readonly #now: () => number;
  readonly #everyMs: number;
  /** Since when it has been seen that no older server runs, in ms of the clock. */
  #aloneSince: number;
  /** When that was looked at last; null: the last look has failed. */
  #lookedAt: number | null;

  constructor(waiting: readonly Migration[], deps: LateMigrationsDeps) {
    this.#waiting = waiting;
    this.#deps = deps;
    this.#now = deps.now ?? (() => performance.now());
    this.#everyMs = Math.min(lookMs, deps.afterMs);
    this.#aloneSince = this.#lookedAt = this.#now();
    if (waiting.length === 0) return;
    const fields = { migrations: waiting.map(({ name }) => name), afterMs: deps.afterMs };
    deps.log.info(fields, 'what older servers need is taken away when none has run for some time');
    this.#schedule();
  }

  /** Resolves when nothing of it is under way. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#stopped || this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#look().finally(() => {
        this.#running = null;
        this.#schedule();
      });
    }, this.#everyMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { sql, log, afterMs, folder } = this.#deps;
    try {
      if (!(await this.#isAlone()) || this.#now() - this.#aloneSince < afterMs) return;
      const { waiting } = await contract(sql, await readMigrations(folder), log);
      this.#waiting = waiting;
      this.#failed = false;
    } catch (err) {
      // The schema stays as it is, on which all servers work.
      if (!this.#failed)
        log.warn({ err }, 'a migration that had to wait has failed; it is tried again');
      this.#failed = true;
    }
  }

  /** Whether no older server runs. Where it was not looked for long, the time for that begins anew. */
  async #isAlone(): Promise<boolean> {
    const before = this.#lookedAt;
    this.#lookedAt = null;
    const [first] = this.#waiting;
    const older = await this.#deps.sql`
      select from servers where migration collate "C" < ${first?.name ?? ''} limit 1`;
    // After the answer, which may have waited while this process stood still.
    const now = this.#now();
    const mostMs = Math.max(leastMissedMs, mostMissed * this.#everyMs);
    const isFresh = before !== null && now - before <= mostMs;
    if (older.length > 0 || !isFresh) this.#aloneSince = now;
    this.#lookedAt = now;
    return older.length === 0;
  }
}
