import type { ServerBus } from '../bus/open.ts';
import type { Log, RightsChange } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { ServersTable, type Other, type Wanted } from './servers-table.ts';

export interface ClusterDeps {
  readonly sql: Queryable;
  readonly bus: ServerBus;
  readonly log: Log;
}

/** What the cluster tells the rest of the server. */
export interface ClusterListener {
  /**
   * Other servers have come, or what they said may have been missed. `wasAlone`: resolves when all that
   * this one has written while it was is committed.
   */
  met(wasAlone: boolean): Promise<void>;
  /** A server has left, or has ended without a word. */
  lost(server: string): void;
  /** The others have been looked at, and there are some. Rejects where it cannot do what is due. */
  looked(): Promise<void>;
  /** Rights have changed; null: any of them may have. Rejects where it cannot act on it now. */
  rightsChanged(changes: readonly RightsChange[] | null): Promise<void>;
  /** Another server needs clientIDs that this one holds. Rejects where they cannot be given back now. */
  wanted(pieceId: string, clientIds: readonly number[]): Promise<void>;
  /** The others have taken this server for dead; it may open nothing until `joined`. */
  takenForDead(): void;
  /** All others know of this server (again). */
  joined(): void;
}

/** How often a server looks, in ms: alone, and beside others, whose rights act here within a second (C4). */
const lookMs = { alone: 1_000, together: 400 };
/** Between two looks at whether the others know a newcomer, in ms. */
const joinMs = 50;
/** So long they may take to commit what they have written alone, in ms; then they are asked again. */
const settleMs = 2_000;
const forgetEveryMs = 3_600_000;
/** The channel on which servers tell each other to look at once. */
const channel = 'servers';

/**
 * Which servers there are on this database, and what has changed of rights (C3, C4). Each server looks by
 * itself, however quick or silent the bus is; the bus tells it to look at once.
 */
export class Cluster {
  readonly #bus: ServerBus;
  readonly #log: Log;
  readonly #table: ServersTable;
  #listener: ClusterListener | null = null;
  #others = new Map<string, Other>();
  /** Those of them that this one has told that it reckons with them. */
  #known: readonly string[] = [];
  /** The last change of a right that has been acted on; null: before the first look. */
  #rights: number | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #timer: NodeJS.Timeout | null = null;
  #forgotAt = -Infinity;
  #failed = false;
  #stopped = false;

  constructor({ sql, bus, log }: ClusterDeps) {
    this.#bus = bus;
    this.#log = log;
    this.#table = new ServersTable(sql, bus);
  }

  /**
   * Whether another server may be running. While the database cannot be asked it is as it was: nobody
   * begins to run without it.
   */
  get hasOthers(): boolean {
    return this.others > 0;
  }

  get others(): number {
    return this.#others.size;
  }

  /** Whether one of the others does not hear what is said on the fast bus. */
  get someAreDeaf(): boolean {
    return [...this.#others.values()].some(({ hears }) => !hears);
  }

  /**
   * Joins the others. Resolves when each of them that lives reckons with this one: from then on nobody
   * takes themselves for alone. Rejects where the database cannot be asked.
   */
  async join(listener: ClusterListener): Promise<void> {
    this.#bus.subscribe(channel, () => this.soon());
    // The others publish on Postgres too where this one does not hear Redis.
    this.#bus.onRedisChange(() => this.soon());
    this.#bus.onGap(() => {
      listener.met(false).catch((err: unknown) => this.#cannot(err));
      this.soon();
    });
    await this.#enter();
    this.#listener = listener;
    listener.joined();
    this.#schedule();
  }

  /** Tells the others to look at once. */
  tell(): void {
    this.#bus.publish(channel, new Uint8Array());
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
    this.#looking = this.#look(this.#listener).finally(() => {
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
    try {
      await this.#table.leave();
      this.tell();
    } catch (err) {
      this.#log.warn({ err }, 'the other servers will take this one for one that was killed');
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    const ms = this.hasOthers ? lookMs.together : lookMs.alone;
    this.#timer = setTimeout(() => this.soon(), ms);
    this.#timer.unref();
  }

  /** What others see from its end on, they see with this server among them. */
  async #enter(): Promise<void> {
    await this.#table.enter();
    for (;;) {
      this.tell();
      const look = await this.#table.look(this.#known);
      if (look === null) await this.#table.enter();
      else {
        this.#rights ??= look.rights;
        this.#others = byId(look.others);
        this.#known = [...this.#others.keys()];
        if (look.others.every(({ knows }) => knows.includes(this.#bus.serverId))) break;
      }
      if (this.#stopped) return;
      await new Promise((resolve) => setTimeout(resolve, joinMs));
    }
  }

  async #look(listener: ClusterListener): Promise<void> {
    try {
      const look = await this.#table.look(this.#known);
      if (look === null) {
        this.#log.warn({}, 'the other servers have taken this one for dead: it starts anew');
        listener.takenForDead();
        await this.#enter();
        listener.joined();
        await listener.met(false);
        // Whatever has changed meanwhile: everybody is admitted anew.
        this.#rights = null;
      } else {
        await this.#meet(look.others, listener);
        this.#give(look.wanted, listener);
        await this.#actOn(look.rights, listener);
      }
      this.#bus.publishOnBoth(this.someAreDeaf);
      if (this.hasOthers) await listener.looked();
      await this.#forget();
      this.#failed = false;
    } catch (err) {
      this.#cannot(err);
    }
  }

  async #meet(others: readonly Other[], listener: ClusterListener): Promise<void> {
    const wasAlone = !this.hasOthers;
    const before = this.#others;
    this.#others = byId(others);
    const newcomers = others.filter(({ id }) => !this.#known.includes(id));
    for (const id of before.keys()) if (!this.#others.has(id)) listener.lost(id);
    this.#known = this.#known.filter((id) => this.#others.has(id));
    if (newcomers.length === 0) return;
    // Tried again with the next look, which the newcomer waits for.
    this.#again = true;
    if (!(await inTime(listener.met(wasAlone || this.#known.length === 0)))) return;
    this.#known = [...this.#others.keys()];
  }

  /** The next look finds what could not be given back. */
  #give(wanted: readonly Wanted[], listener: ClusterListener): void {
    for (const { pieceId, clientIds } of wanted) {
      listener.wanted(pieceId, clientIds).catch((err: unknown) => this.#cannot(err));
    }
  }

  async #actOn(rights: number, listener: ClusterListener): Promise<void> {
    const done = this.#rights ?? rights;
    if (rights > done) await listener.rightsChanged(await this.#table.changesAfter(done, rights));
    this.#rights = Math.max(rights, done);
  }

  async #forget(): Promise<void> {
    if (performance.now() - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = performance.now();
    await this.#table.forget();
  }

  #cannot(err: unknown): void {
    if (!this.#failed) this.#log.warn({ err }, 'cannot look at the other servers yet');
    this.#failed = true;
  }
}

const byId = (others: readonly Other[]) => new Map(others.map((other) => [other.id, other]));

/** Whether something was done in time; it goes on where not. */
async function inTime(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), settleMs);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
