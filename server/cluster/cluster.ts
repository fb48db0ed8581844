import type { ServerBus } from '../bus/open.ts';
import type { Log, RightsChange } from '../collab/ports.ts';
import type { Sql } from '../db/connect.ts';
import { StartupError } from '../db/startup-error.ts';
import { inTime } from '../deadlines.ts';
import type { Stand } from '../store/stand.ts';
import { ServersTable, type Other, type Wanted } from './servers-table.ts';
import { Standstill } from './standstill.ts';
import { Watch } from './watch.ts';

export interface ClusterDeps {
  /** Opens a pool of one connection, for this alone. */
  readonly open: () => Sql;
  readonly bus: ServerBus;
  readonly log: Log;
  /** The last migration that this build knows. */
  readonly migration: string;
}

/** What the cluster tells the rest of the server. */
export interface ClusterListener {
  /** Other servers have come, or what they said may have been missed. */
  met(): void;
  /** This server is not alone any more. */
  wasAlone(): void;
  /** Resolves when all that this server has taken by now is committed. */
  settled(): Promise<void>;
  /** A server has left, or has ended without a word: nothing that it says is heard any more. */
  lost(server: string): void;
  /**
   * The others have been looked at, and there are some, or were. `lost`: one has gone since this last resolved,
   * and all that it has committed is in the journal. Rejects where it cannot do what is due.
   */
  looked(lost: boolean): Promise<void>;
  /** Rights have changed; null: any of them may have. Rejects where it cannot act on it now. */
  rightsChanged(changes: readonly RightsChange[] | null): Promise<void>;
  /** Another server needs clientIDs that this one holds. Rejects where they cannot be given back now. */
  wanted(pieceId: string, clientIds: readonly number[]): Promise<void>;
  /** The schema has lost what this server needs: it can do nothing any more. `err` says so in one line. */
  outdated(err: Error): void;
  /** The others have taken this server for dead; it may open nothing until `joined`. */
  takenForDead(): void;
  /** All others know of this server (again). */
  joined(): void;
}

/** How often a server looks, in ms: alone, and beside others, whose rights act here within a second (C4). */
const lookMs = { alone: 1_000, together: 400 };
/** Between two looks at whether the others know a newcomer, in ms. */
const joinMs = 50;
/** After this time, in ms, it is told that others do not reckon with a newcomer yet. */
const patienceMs = 3_000;
/** So long they may take to commit what they have written alone, in ms; then they are asked again. */
const settleMs = 2_000;
/** How long who writes waits, in ms, until it is known whether this server stands among the others. */
const standsMs = 3_000;
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
  #stand: Stand | null = null;
  #others = new Map<string, Other>();
  /** Those of them that this one has told that it reckons with them. */
  #known: readonly string[] = [];
  /** The last change of a right that has been acted on; null: before the first look. */
  #rights: number | null = null;
  readonly #watch = new Watch<Other>();
  readonly #standstill = new Standstill();
  /** Those who wait to hear whether this server is in its place. */
  #asking: ((inPlace: boolean) => void)[] = [];
  #looking: Promise<void> | null = null;
  /** False until all others know of this server, at the start and after it was taken for dead. */
  #joined = false;
  /** What it had open is to be noted as lost. */
  #forsaken = false;
  readonly #busy = new Set<'rights' | 'others'>();
  /** How many of the others have gone, and after how many of them it was looked what they had committed. */
  #gone = 0;
  #goneAndRead = 0;
  #again = false;
  #timer: NodeJS.Timeout | null = null;
  #forgotAt = -Infinity;
  #failed = false;
  #stopped = false;

  constructor({ open, bus, log, migration }: ClusterDeps) {
    this.#bus = bus;
    this.#log = log;
    this.#table = new ServersTable(open, bus, migration);
  }

  /**
   * Whether another server may be running, or one has gone and what it committed last is not read yet: nothing
   * that it said of it is heard any more (C2). While the database cannot be asked it is as it was: nobody begins
   * to run without it.
   */
  get hasOthers(): boolean {
    return this.others > 0 || this.#gone > this.#goneAndRead;
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
      listener.met();
      this.soon();
    });
    const began = this.#standstill.now();
    await this.#enter(listener);
    this.#standstill.foundInPlace(began);
    this.#listener = listener;
    this.#schedule();
  }

  /** As what this server stands among the servers; null: before it has joined. */
  get stand(): Stand | null {
    return this.#stand;
  }

  /**
   * Whether this server stands among the others, as far as it can know: after a standstill that was long
   * enough to be taken for dead, it looks first. False: it was, or cannot look in time.
   */
  async stands(): Promise<boolean> {
    if (!this.#standstill.inDoubt) return true;
    const told = new Promise<boolean>((resolve) => this.#asking.push(resolve));
    this.soon();
    return inTime(standsMs, told);
  }

  /** Whether another server is there, as far as this one knows. */
  isThere(server: string): boolean {
    return this.#others.has(server);
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
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#standstill.stop();
    await this.#looking;
    try {
      await this.#table.leave();
      this.tell();
    } catch (err) {
      this.#log.warn({ err }, 'the other servers will take this one for one that was killed');
    }
    await this.#table.close();
  }

  #schedule(): void {
    if (this.#stopped) return;
    const ms = this.hasOthers ? lookMs.together : lookMs.alone;
    this.#timer = setTimeout(() => this.soon(), ms);
    this.#timer.unref();
  }

  /** What others see from its end on, they see with this server among them. */
  async #enter(listener: ClusterListener): Promise<void> {
    let stand = await this.#table.enter();
    this.#stand = stand;
    const from = performance.now();
    let told = false;
    while (!this.#stopped) {
      this.tell();
      const look = await this.#table.look(this.#known, stand.since);
      if (look === null) this.#stand = stand = await this.#table.enter();
      else {
        this.#rights ??= look.rights;
        const before = [...this.#others.keys()];
        this.#others = byId(await this.#living(look.others));
        for (const id of before) if (!this.#others.has(id)) this.#lose(id, listener);
        this.#known = [...this.#others.keys()];
        const { serverId } = this.#bus;
        if ([...this.#others.values()].every(({ knows }) => knows.includes(serverId))) break;
      }
      if (!told && performance.now() - from > patienceMs) {
        told = true;
        this.#log.info(
          { servers: this.#known },
          'waiting for the other servers to reckon with this one',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, joinMs));
    }
    this.#joined = true;
    listener.joined();
    listener.met();
  }

  async #look(listener: ClusterListener): Promise<void> {
    const began = this.#standstill.now();
    try {
      if (this.#forsaken) await this.#table.forsake();
      this.#forsaken = false;
      if (!this.#joined) await this.#enter(listener);
      const look = await this.#table.look(this.#known, this.#stand?.since ?? '');
      if (look === null) {
        this.#log.warn({}, 'the other servers have taken this one for dead: it starts anew');
        this.#joined = false;
        this.#forsaken = true;
        this.#answer(false);
        listener.takenForDead();
        // Whatever has changed meanwhile: everybody is admitted anew.
        this.#rights = null;
        this.#again = true;
        return;
      }
      this.#standstill.foundInPlace(began);
      // What began before the standstill says nothing of it; the next look, which was asked for, does.
      if (!this.#standstill.inDoubt) this.#answer(true);
      await this.#meet(await this.#living(look.others), listener);
      this.#give(look.wanted, listener);
      this.#bus.publishOnBoth(this.someAreDeaf);
      this.#act(look.rights, listener);
      await this.#forget();
      this.#failed = false;
    } catch (err) {
      if (err instanceof StartupError) listener.outdated(err);
      if (!this.#again) this.#answer(false);
      this.#cannot(err);
    }
  }

  #answer(inPlace: boolean): void {
    for (const tell of this.#asking.splice(0)) tell(inPlace);
  }

  /** Without those that have said nothing for too long: they are taken away. */
  async #living(others: readonly Other[]): Promise<readonly Other[]> {
    const silent = this.#watch.silent(others, performance.now());
    const gone = new Set<string>();
    for (const one of silent) if (await this.#table.takeAway(one)) gone.add(one.id);
    return others.filter(({ id }) => !gone.has(id));
  }

  async #meet(others: readonly Other[], listener: ClusterListener): Promise<void> {
    const before = this.#others;
    this.#others = byId(others);
    const newcomers = others.filter(({ id }) => !this.#known.includes(id));
    for (const id of before.keys()) if (!this.#others.has(id)) this.#lose(id, listener);
    this.#known = this.#known.filter((id) => this.#others.has(id));
    if (newcomers.length === 0) return;
    if (before.size === 0) listener.wasAlone();
    if (newcomers.some(({ id }) => !before.has(id))) listener.met();
    // Tried again with the next look, which the newcomer waits for.
    this.#again = true;
    if (this.#known.length === 0 && !(await inTime(settleMs, listener.settled()))) return;
    this.#known = [...this.#others.keys()];
  }

  /** The next look finds what could not be given back. */
  #give(wanted: readonly Wanted[], listener: ClusterListener): void {
    for (const { pieceId, clientIds } of wanted) {
      listener.wanted(pieceId, clientIds).catch((err: unknown) => this.#cannot(err));
    }
  }

  /**
   * What may take long is done beside the looks, by which others know that this server lives, and rights
   * wait for nothing else (C4).
   */
  #act(rights: number, listener: ClusterListener): void {
    this.#beside('rights', () => this.#actOn(rights, listener));
    if (this.hasOthers) this.#beside('others', () => this.#readOthers(listener));
  }

  #lose(id: string, listener: ClusterListener): void {
    this.#gone++;
    listener.lost(id);
  }

  async #readOthers(listener: ClusterListener): Promise<void> {
    const gone = this.#gone;
    await listener.looked(gone > this.#goneAndRead);
    this.#goneAndRead = gone;
  }

  /** One at a time of each kind; what comes meanwhile is found by the next look. */
  #beside(kind: 'rights' | 'others', work: () => Promise<void>): void {
    if (this.#busy.has(kind)) return;
    this.#busy.add(kind);
    work()
      .catch((err: unknown) => this.#cannot(err))
      .finally(() => this.#busy.delete(kind));
  }

  async #actOn(rights: number, listener: ClusterListener): Promise<void> {
    const done = this.#rights ?? rights;
    if (rights > done) await listener.rightsChanged(await this.#table.changesAfter(done, rights));
    // It has started anew meanwhile.
    if (this.#rights === null) return;
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
