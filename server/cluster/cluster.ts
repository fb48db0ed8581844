import type { Bus } from '../bus/bus.ts';
import type { Log, RightsChange } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { hasEnded, inThisProcess, self, type Process } from './process.ts';

export interface ClusterDeps {
  readonly sql: Queryable;
  readonly bus: Bus;
  readonly log: Log;
}

/** What the cluster tells the rest of the server. */
export interface ClusterListener {
  /** Another server has come, or what the others said may have been missed. */
  met(): void;
  /** A server has ended without a word. */
  lost(server: string): void;
  /** The others have been looked at, and there are some. Rejects where it cannot do what is due. */
  looked(): Promise<void>;
  /** Rights have changed; null: any of them may have. Rejects where it cannot act on it now. */
  rightsChanged(changes: readonly RightsChange[] | null): Promise<void>;
}

/** A server that has not been seen for so long has ended, in ms. */
export const deadMs = 5_000;
/** How often a server looks, in ms: alone, and beside others, whose rights act here within a second (C4). */
const lookMs = { alone: 1_000, together: 400 };
/** Rights that changed longer ago are forgotten, in hours: who has slept so long looks at all of them. */
const keptHours = 24;
const forgetEveryMs = 3_600_000;
/** More changes than this are looked at as if anything had changed. */
const mostChanges = 1_000;
/** The channel on which servers tell each other to look at once. */
const channel = 'servers';

interface Other extends Process {
  readonly id: string;
  /** In ms, by the clock of the database. */
  readonly seenAt: number;
  readonly hears: boolean;
}

interface Look {
  readonly now: number;
  readonly rights: number;
  readonly others: readonly Other[];
}

/**
 * Which servers there are on this database, and what has changed of rights (C3, C4). Each server looks by
 * itself, however quick or silent the bus is; the bus tells it to look at once.
 */
export class Cluster {
  readonly #deps: ClusterDeps;
  #listener: ClusterListener | null = null;
  #others = new Map<string, Other>();
  /** The last change of a right that has been acted on; null: before the first look. */
  #rights: number | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #timer: NodeJS.Timeout | null = null;
  #forgotAt = -Infinity;
  #failed = false;
  #stopped = false;

  constructor(deps: ClusterDeps) {
    this.#deps = deps;
  }

  /**
   * Whether another server may be running. While the database cannot be asked it is as it was: nobody
   * begins to run without it.
   */
  get hasOthers(): boolean {
    return this.#others.size > 0;
  }

  /** Whether one of the others does not hear what is said on the fast bus. */
  get someAreDeaf(): boolean {
    return [...this.#others.values()].some(({ hears }) => !hears);
  }

  /**
   * Joins the others. Resolves when each of them that lives has seen this one: from then on nobody
   * takes themselves for alone. Rejects where the database cannot be asked.
   */
  async join(listener: ClusterListener): Promise<void> {
    const { bus } = this.#deps;
    inThisProcess.add(bus.serverId);
    bus.subscribe(channel, () => this.soon());
    bus.onGap(() => {
      this.#listener?.met();
      this.soon();
    });
    const first = await this.#ask();
    this.#rights = first.rights;
    // What they see from here on, they see with this one among them.
    const { now: since } = await this.#ask();
    for (let waits = true; waits; ) {
      this.tell();
      const { others } = await this.#ask();
      this.#others = new Map(others.map((other) => [other.id, other]));
      waits = others.some(({ seenAt }) => seenAt <= since);
      if (waits) await new Promise((resolve) => setTimeout(resolve, joinMs));
    }
    this.#listener = listener;
    this.#schedule();
  }

  /** Tells the others to look at once. */
  tell(): void {
    this.#deps.bus.publish(channel, new Uint8Array());
  }

  /** Looks at once, or once more if it is doing so. Never throws. */
  soon(): void {
    if (this.#listener === null || this.#stopped) return;
    if (this.#looking !== null) {
      this.#again = true;
      return;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#looking = this.#look().finally(() => {
      this.#looking = null;
      if (this.#again) {
        this.#again = false;
        this.soon();
      } else this.#schedule();
    });
  }

  /** Leaves, so that nobody takes it for one that has ended without a word. Never rejects. */
  async leave(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    const { sql, bus, log } = this.#deps;
    inThisProcess.delete(bus.serverId);
    try {
      await sql`delete from servers where id = ${bus.serverId}`;
      this.tell();
    } catch (err) {
      log.warn({ err }, 'the other servers will take this one for one that was killed');
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    const ms = this.hasOthers ? lookMs.together : lookMs.alone;
    this.#timer = setTimeout(() => this.soon(), ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { log } = this.#deps;
    try {
      const look = await this.#ask();
      this.#meet(look.others);
      await this.#actOn(look.rights);
      if (this.hasOthers) await this.#listener?.looked();
      await this.#forget();
      this.#failed = false;
    } catch (err) {
      if (!this.#failed) log.warn({ err }, 'cannot look at the other servers yet');
      this.#failed = true;
    }
  }

  /** One round trip: this one lives; who else does, and which right was the last that changed? */
  async #ask(): Promise<Look> {
    const { sql, bus } = this.#deps;
    const [row] = await sql<{ now: number; rights: number; others: Other[] }[]>`
      with me as (
        insert into servers (id, host, pid, seen_at, hears)
        values (${bus.serverId}, ${self.host}, ${self.pid}, statement_timestamp(), ${bus.live})
        on conflict (id) do update set seen_at = excluded.seen_at, hears = excluded.hears
      )
      select extract(epoch from statement_timestamp())::float8 * 1000 as now,
        (select number from rights_head) as rights,
        (
          select coalesce(json_agg(json_build_object(
            'id', id, 'host', host, 'pid', pid, 'hears', hears,
            'seenAt', extract(epoch from seen_at)::float8 * 1000)), '[]')
          from servers
          where id <> ${bus.serverId}
            and seen_at > statement_timestamp() - make_interval(secs => ${deadMs / 1_000})
        ) as others`;
    if (row === undefined) throw new Error('The database does not say which servers there are');
    const dead = row.others.filter(hasEnded).map(({ id }) => id);
    if (dead.length === 0) return row;
    await sql`delete from servers where id in ${sql(dead)}`;
    return { ...row, others: row.others.filter(({ id }) => !dead.includes(id)) };
  }

  #meet(others: readonly Other[]): void {
    const before = this.#others;
    this.#others = new Map(others.map((other) => [other.id, other]));
    const isNew = others.some(({ id }) => !before.has(id));
    if (isNew) this.#listener?.met();
    const missing = [...before.keys()].filter((id) => !this.#others.has(id));
    for (const id of missing) this.#listener?.lost(id);
  }

  async #actOn(rights: number): Promise<void> {
    const done = this.#rights ?? rights;
    if (rights === done) return;
    const changes = await this.#deps.sql<(RightsChange & { readonly number: number })[]>`
      select number, piece_id as "pieceId", user_id as "userId" from rights_changes
      where number > ${done} order by number limit ${mostChanges + 1}`;
    const isWhole = changes[0]?.number === done + 1 && changes.length <= mostChanges;
    await this.#listener?.rightsChanged(isWhole ? changes : null);
    this.#rights = isWhole ? (changes.at(-1)?.number ?? rights) : rights;
  }

  async #forget(): Promise<void> {
    if (performance.now() - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = performance.now();
    await this.#deps.sql`
      with old as (
        delete from servers where seen_at < now() - make_interval(hours => ${keptHours})
      )
      delete from rights_changes where at < now() - make_interval(hours => ${keptHours})`;
  }
}

/** Between two looks at whether the others have seen a newcomer, in ms. */
const joinMs = 50;
