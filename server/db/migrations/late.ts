import type { Log } from '../../collab/ports.ts';
import type { Sql } from '../client.ts';
import { contract } from '../migrate.ts';
import { readMigrations, type Migration } from './files.ts';

/** How often it is looked whether older servers run, in ms. */
const lookMs = 2_000;

export interface LateMigrationsDeps {
  readonly sql: Sql;
  readonly log: Log;
  /** For how long no older server has run by then, in ms. */
  readonly afterMs: number;
}

/**
 * Runs what contracts the schema when those servers that need what it takes away have been gone for some
 * time. Until then one of them may come back: after a crash in the middle of a deploy, or because the deploy
 * is rolled back. Every server that knows it tries; a lock lets one do it.
 */
export class LateMigrations {
  readonly #deps: LateMigrationsDeps;
  #waiting: readonly Migration[];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #failed = false;
  /** Since when no older server has been seen, in ms of `performance.now()`. */
  #aloneSince = performance.now();

  constructor(waiting: readonly Migration[], deps: LateMigrationsDeps) {
    this.#waiting = waiting;
    this.#deps = deps;
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
    this.#timer = setTimeout(
      () => {
        this.#running = this.#look().finally(() => {
          this.#running = null;
          this.#schedule();
        });
      },
      Math.min(lookMs, this.#deps.afterMs),
    );
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { sql, log, afterMs } = this.#deps;
    try {
      const [first] = this.#waiting;
      const older = await sql`
        select from servers where migration collate "C" < ${first?.name ?? ''} limit 1`;
      if (older.length > 0) this.#aloneSince = performance.now();
      if (performance.now() - this.#aloneSince < afterMs || older.length > 0) return;
      const { waiting } = await contract(sql, await readMigrations(), log);
      this.#waiting = waiting;
      this.#failed = false;
    } catch (err) {
      // The schema stays as it is, on which all servers work.
      if (!this.#failed)
        log.warn({ err }, 'a migration that had to wait has failed; it is tried again');
      this.#failed = true;
    }
  }
}
