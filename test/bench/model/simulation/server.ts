import { blockRows } from '../../../../server/history/stretches.ts';
import type { Random } from '../../../support/random.ts';
import type { Costs } from '../costs.ts';
import type { Person, Room } from '../newsroom.ts';
import type { Clock } from './clock.ts';
import type { SimulatedPostgres } from './postgres.ts';
import type { SimulatedRedis } from './redis.ts';

/** As the server has them, in the file that each is of. All in µs but for counts. */
const commitGap = 14_000; // server/main.ts
const groupAtMost = 2_000; // collab/journal/journal.ts
const mergeAtMost = 200;
const mergeWithin = 1_000_000;
const presenceToServers = 15_000; // collab/replication/replica.ts
const presenceAlone = 50_000; // collab/room/outbox.ts
const summaryAfter = 10_000_000; // collab/rooms/derived.ts
const snapshotEvery = 500; // server/main.ts

/** What waits for a commit in a room. */
interface Waiting {
  rows: number;
  updates: number;
  /** Of the last row: whose it is, since when, and how many keys it has; 0: nothing goes with it. */
  by: Person | null;
  since: number;
  merged: number;
  readonly authors: Set<Person>;
  /** When the keys came that it has. */
  readonly times: number[];
}

/** A piece at a server, and what is under way there. */
export interface OpenRoom {
  readonly room: Room;
  readonly home: SimulatedServer;
  /** All servers that have the piece open, and the rooms of the others. */
  readonly servers: readonly number[];
  readonly others: Map<number, OpenRoom>;
  waiting: Waiting | null;
  /** Cursors that wait: to be told to other servers, and to be shown alone. */
  moved: Set<Person> | null;
  shown: boolean;
  showing: number;
  summaryDue: boolean;
  /** Rows since the last snapshot. */
  rows: number;
}

export interface ServerDeps {
  readonly id: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly costs: Costs;
  readonly largeShare: number;
  readonly postgres: SimulatedPostgres;
  readonly redis: SimulatedRedis;
  /** No piece has as many rows as a pack. */
  readonly fresh: boolean;
  /** A key was committed so many µs after it was typed. */
  readonly saved: (us: number) => void;
}

/** A server: what comes in is handed on at once, and goes to Postgres by group commit (D3). */
export class SimulatedServer {
  /** Processor time in µs: of the event loop, and of threads. */
  loop = 0;
  threads = 0;
  readonly counts = { keys: 0, committed: 0, frames: 0, published: 0, foreign: 0 };
  readonly #deps: ServerDeps;
  readonly #dirty = new Set<OpenRoom>();
  #flushing = false;
  #scheduled = false;
  #lastCommit = -Infinity;
  /** Rows that are to be packed some time. */
  #unpacked: number;

  constructor(deps: ServerDeps) {
    this.#deps = deps;
    this.#unpacked = deps.fresh ? -Infinity : deps.random.int(blockRows);
  }

  /** Keys that are not committed yet. */
  pending = 0;

  /** Somebody presses a key: an update and a cursor come. */
  key(open: OpenRoom, by: Person): void {
    const { clock, costs, random, largeShare } = this.#deps;
    this.counts.keys++;
    this.pending++;
    this.loop += costs.server.update;
    this.#write(open, open.room.members - 1);
    const { now } = clock;
    const waiting = (open.waiting ??= none());
    const isLarge = random.next() < largeShare;
    const goesOn =
      !isLarge &&
      waiting.by === by &&
      now - waiting.since <= mergeWithin &&
      waiting.merged < mergeAtMost;
    if (goesOn) waiting.merged++;
    else {
      waiting.rows++;
      waiting.by = isLarge ? null : by;
      waiting.since = now;
      waiting.merged = 1;
    }
    waiting.updates++;
    waiting.authors.add(by);
    waiting.times.push(now);
    this.#dirty.add(open);
    this.#schedule();
    this.#hear(open, by);
  }

  /** A cursor without a key: a client says again that it is there. */
  renew(open: OpenRoom, by: Person): void {
    this.#hear(open, by);
    this.#show(open);
  }

  /** Rows of another server. */
  hearRows(open: OpenRoom, rows: number): void {
    this.counts.foreign++;
    this.loop += this.#deps.costs.server.foreignRows;
    this.#write(open, open.room.members);
    this.#grow(open, rows);
  }

  /** Cursors of another server. */
  hearPresence(open: OpenRoom): void {
    this.counts.foreign++;
    this.loop += this.#deps.costs.server.foreignPresence;
    this.#show(open);
  }

  /** A message on a channel that all servers listen to. */
  say(bytes: number, to: readonly number[], heard: (server: number) => void): void {
    this.counts.published++;
    this.loop += this.#deps.costs.server.publish;
    this.#deps.redis.publish({ from: this.#deps.id, bytes, to, heard });
  }

  #hear(open: OpenRoom, by: Person): void {
    this.loop += this.#deps.costs.server.presence;
    if (open.others.size === 0) return;
    if (open.moved !== null) {
      open.moved.add(by);
      return;
    }
    open.moved = new Set([by]);
    this.#deps.clock.in(presenceToServers, () => {
      const { bytes } = this.#deps.costs;
      const moved = open.moved?.size ?? 0;
      open.moved = null;
      this.say(bytes.message + bytes.presence * moved, open.servers, (server) => {
        const other = open.others.get(server);
        other?.home.hearPresence(other);
      });
    });
  }

  /** A text goes to so many of a room, and cursors that wait go with it. */
  #write(open: OpenRoom, members: number): void {
    if (open.shown) {
      open.shown = false;
      open.showing++;
    }
    this.#frames(members);
  }

  /** Cursors go with the next text, or alone after a while. */
  #show(open: OpenRoom): void {
    if (open.shown) return;
    open.shown = true;
    const turn = ++open.showing;
    this.#deps.clock.in(presenceAlone, () => {
      if (open.showing !== turn) return;
      open.shown = false;
      this.#frames(open.room.members);
    });
  }

  #frames(count: number): void {
    this.counts.frames += count;
    this.loop += this.#deps.costs.server.frame * count;
  }

  #schedule(): void {
    if (this.#flushing || this.#scheduled) return;
    this.#scheduled = true;
    const { clock } = this.#deps;
    clock.in(Math.max(0, this.#lastCommit + commitGap - clock.now), () => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const { clock, costs, postgres } = this.#deps;
    const group: { readonly open: OpenRoom; readonly waiting: Waiting }[] = [];
    let rows = 0;
    for (const open of this.#dirty) {
      if (rows >= groupAtMost) break;
      this.#dirty.delete(open);
      const { waiting } = open;
      if (waiting === null) continue;
      open.waiting = null;
      rows += waiting.rows;
      group.push({ open, waiting });
    }
    this.#flushing = true;
    this.loop += costs.server.commit;
    const pieces = group.map(({ open }) => open.room.piece);
    postgres.commit(rows, pieces, () => {
      this.#flushing = false;
      this.#lastCommit = clock.now;
      for (const { open, waiting } of group) this.#committed(open, waiting);
      if (this.#dirty.size > 0) this.#schedule();
    });
  }

  #committed(open: OpenRoom, waiting: Waiting): void {
    const { clock, costs, saved } = this.#deps;
    this.counts.committed += waiting.updates;
    this.pending -= waiting.updates;
    for (const at of waiting.times) saved(clock.now - at);
    // "Saved", to each who wrote.
    this.#frames(waiting.authors.size);
    this.#grow(open, waiting.rows);
    this.#pack(waiting.rows);
    if (open.others.size === 0) return;
    const { bytes } = costs;
    this.say(bytes.message + bytes.row * waiting.rows, open.servers, (server) => {
      const other = open.others.get(server);
      other?.home.hearRows(other, waiting.rows);
    });
  }

  /** Rows of all pieces together, as many as one pack takes of one: it comes out the same. */
  #pack(rows: number): void {
    const { costs, postgres } = this.#deps;
    this.#unpacked += rows;
    if (this.#unpacked < blockRows) return;
    this.#unpacked -= blockRows;
    this.threads += costs.server.pack * blockRows;
    postgres.ask('pack', blockRows);
  }

  /** The journal has got more of a piece: what is derived from it is due, at each server that has it open. */
  #grow(open: OpenRoom, rows: number): void {
    const { costs, postgres } = this.#deps;
    open.rows += rows;
    if (open.rows >= snapshotEvery) {
      open.rows = 0;
      this.loop += costs.server.snapshot;
      postgres.ask('snapshot');
    }
    this.tend(open, 1);
  }

  /** A piece is read for lists, when so much of the usual time has passed. */
  tend(open: OpenRoom, share: number): void {
    const { clock, costs, postgres } = this.#deps;
    if (open.summaryDue) return;
    open.summaryDue = true;
    clock.in(summaryAfter * share, () => {
      open.summaryDue = false;
      this.loop += costs.server.summary;
      this.threads += costs.server.summaryThread;
      postgres.ask('summary');
    });
  }
}

const none = (): Waiting => ({
  rows: 0,
  updates: 0,
  by: null,
  since: 0,
  merged: 0,
  authors: new Set(),
  times: [],
});
