import type { Bytes, PostgresCosts } from '../costs.ts';
import type { Clock } from './clock.ts';

/** A transaction of a server's journal. */
export interface Commit {
  readonly rows: number;
  /** In the order in which their rows are locked. */
  readonly pieces: readonly number[];
  /** Called when it is committed and the locks are free. */
  readonly done: () => void;
  locked: number;
}

/** Statements beside the journal. */
export type Statement = 'look' | 'heads' | 'claim' | 'summary' | 'snapshot' | 'pack';

export interface PostgresOptions {
  readonly clock: Clock;
  readonly costs: PostgresCosts;
  readonly bytes: Bytes;
  readonly cores: number;
  readonly servers: number;
}

/**
 * Postgres: some cores, on which whoever came first works first; row locks of pieces, taken one after the
 * other and kept until the commit is on the disk (C1); and a log, whose flush takes along all that waits.
 */
export class SimulatedPostgres {
  /** In µs: what was asked of it so far, and how much of that has been done. */
  asked = 0;
  wal = 0;
  commits = 0;
  rows = 0;
  /** Transactions that had to wait for a row that another one had locked. */
  lockWaits = 0;
  readonly statements: Record<Statement, number> = {
    look: 0,
    heads: 0,
    claim: 0,
    summary: 0,
    snapshot: 0,
    pack: 0,
  };
  readonly #options: PostgresOptions;
  #free: number;
  #waiting: { readonly us: number; readonly done: () => void }[] = [];
  #first = 0;
  readonly #locks = new Map<number, Commit[]>();
  #flushing = false;
  #toFlush: Commit[] = [];

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#free = options.cores;
  }

  commit(rows: number, pieces: readonly number[], done: () => void): void {
    this.#lock({ rows, pieces: [...pieces].sort((a, b) => a - b), done, locked: 0 });
  }

  /** @param of - so many pieces for `heads`, rows for `pack` */
  ask(statement: Statement, of = 0): void {
    const { costs, bytes, servers } = this.#options;
    this.statements[statement]++;
    switch (statement) {
      case 'look':
        this.wal += bytes.walLook;
        this.#work(costs.look + costs.lookPair * servers ** 2, nothing);
        break;
      case 'heads':
        this.#work(costs.heads + costs.headsPiece * of, nothing);
        break;
      case 'claim':
        this.wal += bytes.walClaim;
        this.#work(costs.claim, nothing);
        break;
      case 'summary':
        this.wal += bytes.walSummary;
        this.#work(costs.summary, nothing);
        break;
      case 'snapshot':
        this.wal += bytes.walSnapshot;
        this.#work(costs.snapshot, nothing);
        break;
      case 'pack':
        this.wal += bytes.walPack * of;
        this.#work(costs.pack * of, nothing);
        break;
    }
  }

  /** Goes on until it has all its locks, or meets one that another transaction has. */
  #lock(commit: Commit): void {
    for (; commit.locked < commit.pieces.length; commit.locked++) {
      const piece = commit.pieces[commit.locked]!;
      const holders = this.#locks.get(piece);
      if (holders === undefined) this.#locks.set(piece, [commit]);
      else if (holders[0] !== commit) {
        holders.push(commit);
        this.lockWaits++;
        return;
      }
    }
    const { costs } = this.#options;
    const { rows, pieces } = commit;
    this.#work(costs.commit + costs.row * rows + costs.piece * pieces.length, () => {
      this.#toFlush.push(commit);
      if (!this.#flushing) this.#flush();
    });
  }

  #flush(): void {
    const { clock, costs } = this.#options;
    const commits = this.#toFlush;
    this.#toFlush = [];
    this.#flushing = true;
    clock.in(costs.flush, () => {
      this.#flushing = false;
      if (this.#toFlush.length > 0) this.#flush();
      for (const commit of commits) this.#end(commit);
    });
  }

  #end(commit: Commit): void {
    const { bytes } = this.#options;
    this.commits++;
    this.rows += commit.rows;
    this.wal +=
      bytes.walCommit + bytes.walRow * commit.rows + bytes.walPiece * commit.pieces.length;
    for (const piece of commit.pieces) {
      const holders = this.#locks.get(piece);
      holders?.shift();
      const [next] = holders ?? [];
      if (next === undefined) this.#locks.delete(piece);
      else this.#lock(next);
    }
    commit.done();
  }

  #work(us: number, done: () => void): void {
    this.asked += us;
    if (this.#free === 0) {
      this.#waiting.push({ us, done });
      return;
    }
    this.#free--;
    this.#run(us, done);
  }

  #run(us: number, done: () => void): void {
    this.#options.clock.in(us, () => {
      done();
      const next = this.#waiting[this.#first];
      if (next === undefined) {
        this.#free++;
        return;
      }
      this.#first++;
      if (this.#first > 1_000) {
        this.#waiting = this.#waiting.slice(this.#first);
        this.#first = 0;
      }
      this.#run(next.us, next.done);
    });
  }
}

const nothing = () => undefined;
