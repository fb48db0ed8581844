import type { Log } from '../../collab/ports.ts';
import type { Sql } from '../client.ts';
import { contract } from '../migrate.ts';
import { readMigrations, type Migration } from './files.ts';

/** How often it is looked whether the older servers have gone, in ms. */
const lookMs = 2_000;

export interface LateMigrationsDeps {
  readonly sql: Sql;
  readonly log: Log;
}

/**
 * Runs the migrations that had to wait at the start of this server until those older than it have gone.
 * Every newer server tries; a lock lets one do it.
 */
export class LateMigrations {
  readonly #deps: LateMigrationsDeps;
  #waiting: readonly Migration[];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;
  #failed = false;

  constructor(waiting: readonly Migration[], deps: LateMigrationsDeps) {
    this.#waiting = waiting;
    this.#deps = deps;
    if (waiting.length === 0) return;
    const fields = { migrations: waiting.map(({ name }) => name) };
    deps.log.info(fields, 'older servers run: what they need is taken away when they have gone');
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
    }, lookMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { sql, log } = this.#deps;
    try {
      const [first] = this.#waiting;
      const older = await sql`
        select from servers where migration collate "C" < ${first?.name ?? ''} limit 1`;
      if (older.length > 0) return;
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
