import type { Sql } from '../../../../server/db/connect.ts';
import { mainThreadSeconds, parentOf, treeSeconds } from '../../load/proc.ts';

/** What each run of something has used. */
export interface Measured {
  /** Processor time of Postgres, and of the event loop here, in µs. */
  readonly cpu: number;
  readonly own: number;
  /** Bytes of the write-ahead log. */
  readonly wal: number;
}

/** How long each is measured, in ms, and how often it is done before. */
const stretchMs = 2_000;
const warmUps = 20;

/** Measures what statements cost a Postgres that nobody else uses. */
export class Meter {
  readonly #sql: Sql;
  /** Of its first process, which all others are below. */
  readonly #pid: number;

  private constructor(sql: Sql, pid: number) {
    this.#sql = sql;
    this.#pid = pid;
  }

  static async of(sql: Sql): Promise<Meter> {
    const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    if (backend === undefined) throw new Error('Postgres says nothing');
    return new Meter(sql, parentOf(backend.pid));
  }

  /** @param most - it can be done so often and no more; else for as long as it takes */
  async measure(run: () => Promise<unknown>, most?: number): Promise<Measured> {
    for (let i = 0; i < warmUps && most === undefined; i++) await run();
    const before = await this.#read();
    const end = performance.now() + stretchMs;
    let runs = 0;
    for (; performance.now() < end && runs < (most ?? Infinity); runs++) await run();
    const after = await this.#read();
    return {
      cpu: ((after.cpu - before.cpu) * 1e6) / runs,
      own: ((after.own - before.own) * 1e6) / runs,
      wal: (after.wal - before.wal) / runs,
    };
  }

  async #read(): Promise<Measured> {
    const [row] = await this.#sql<{ wal: number }[]>`
      select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal`;
    return {
      cpu: treeSeconds(this.#pid),
      own: mainThreadSeconds(process.pid),
      wal: row?.wal ?? 0,
    };
  }
}
