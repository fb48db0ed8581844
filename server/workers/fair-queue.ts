import { Problem } from '../errors.ts';

/** Who something is done for: the id of a user; null: the server itself. */
export type Person = string | null;

/** What waits, and for whom. */
export interface Waiting {
  /** Whose use it is: of those who wait for it, whoever has used the threads least. */
  person: Person;
  /** Where several may wait for one thing: all of them; others may come. */
  readonly askers?: ReadonlySet<Person>;
}

/** How a queue does, for who watches the server. */
export interface QueueStatus {
  readonly waiting: number;
  /** For how long the one has waited that has waited the longest, in ms. */
  readonly oldestMs: number;
  /** Tasks that have begun since the start, and how long all of them waited, in ms. */
  readonly begun: number;
  readonly waitedMs: number;
}

interface Entry<Job> {
  readonly job: Job;
  readonly since: number;
}

/** After so long a person's use counts half, in ms: who was busy an hour ago is like anybody. */
const halfLife = 60_000;
/** Seconds after which who has too much waiting may try again. */
const retryAfter = 5;
/** People whose use is remembered; below a millisecond nothing is. */
const mostUsers = 10_000;
/** The server's own work that has waited for so long, in ms, is next: a stop may wait for it. */
const ownPatience = 2_000;

/**
 * What waits for a thread, taken fairly between people (B2): next is the first task of whoever has
 * used the threads least, and the server's own work comes after everybody's, for `ownPatience`. So who
 * asks for much waits for their own, and nobody else does. Rejected: first come first served, where
 * eight comparisons of one person's made the next person wait for 79 s.
 *
 * Taking one looks at all that wait: 0.1 ms where a thousand do, which is the most of a pool.
 */
export class FairQueue<Job extends Waiting> {
  /** In the order in which they came. */
  #waiting: Entry<Job>[] = [];
  /** Milliseconds of threads, as of when. */
  readonly #used = new Map<Person, { ms: number; at: number }>();
  readonly #mostWaiting: number;
  /** Of all tasks that have begun: how many, and how long they waited, in ms. */
  #begun = 0;
  #waitedMs = 0;
  readonly #now: () => number;

  constructor(mostWaiting: number, now: () => number = () => performance.now()) {
    this.#mostWaiting = mostWaiting;
    this.#now = now;
  }

  get size(): number {
    return this.#waiting.length;
  }

  get status(): QueueStatus {
    const now = this.#now();
    let oldest = now;
    for (const { since } of this.#waiting) oldest = Math.min(oldest, since);
    const { size } = this;
    return { waiting: size, oldestMs: now - oldest, begun: this.#begun, waitedMs: this.#waitedMs };
  }

  /** What people wait for, without the server's own. */
  get sizeOfPeople(): number {
    const isServers = ({ job }: { job: Job }) => [...askersOf(job)].every((one) => one === null);
    return this.#waiting.filter((one) => !isServers(one)).length;
  }

  /** Throws `too_many_tasks` where all who wait for it have too much waiting, unless it is `due`. */
  add(job: Job, due = false): void {
    if (!due && [...askersOf(job)].every((person) => this.#hasTooMuch(person))) {
      const detail = `${this.#mostWaiting} of your requests wait to be worked on. Wait for their answers.`;
      throw new Problem('too_many_tasks', detail, { retryAfter });
    }
    this.#waiting.push({ job, since: this.#now() });
  }

  /** Puts a task that was begun in vain back before its person's others. */
  putBack(job: Job): void {
    this.#waiting.unshift({ job, since: this.#now() });
  }

  /** Takes a task off, if it still waits; @returns whether it did. */
  remove(job: Job): boolean {
    const at = this.#waiting.findIndex((waiting) => waiting.job === job);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    return true;
  }

  /** Takes the next task that may begin, off the line; undefined where none may. */
  take(mayBegin: (job: Job) => boolean): Job | undefined {
    const rankOf = this.#ranks();
    let best: { readonly at: number; readonly rank: number } | null = null;
    for (const [at, { job, since }] of this.#waiting.entries()) {
      const { person, rank } = leastOf(askersOf(job), (one) => rankOf(one, since));
      if (best !== null && rank >= best.rank) continue;
      job.person = person;
      if (mayBegin(job)) best = { at, rank };
    }
    const [taken] = best === null ? [] : this.#waiting.splice(best.at, 1);
    if (taken === undefined) return undefined;
    this.#begun++;
    this.#waitedMs += this.#now() - taken.since;
    return taken.job;
  }

  /** Everything that waits, taken off. */
  drain(): Job[] {
    return this.#waiting.splice(0).map(({ job }) => job);
  }

  /** Whether something waits that is so. */
  has(is: (job: Job) => boolean): boolean {
    return this.#waiting.some(({ job }) => is(job));
  }

  /** Milliseconds of threads that somebody has used of late. */
  used(person: Person): number {
    const found = this.#used.get(person);
    if (found === undefined) return 0;
    return found.ms * 2 ** ((found.at - this.#now()) / halfLife);
  }

  /** Somebody's task has taken so long. */
  charge(person: Person, ms: number): void {
    const used = { ms: this.used(person) + ms, at: this.#now() };
    this.#used.delete(person);
    this.#used.set(person, used);
    if (this.#used.size <= mostUsers) return;
    const [oldest] = this.#used.keys();
    if (oldest !== undefined) this.#used.delete(oldest);
  }

  #hasTooMuch(person: Person): boolean {
    if (person === null) return false;
    let count = 0;
    for (const { job } of this.#waiting) if (askersOf(job).has(person)) count++;
    return count >= this.#mostWaiting;
  }

  /** Who comes first now: the least. */
  #ranks(): (person: Person, since: number) => number {
    const now = this.#now();
    const known = new Map<Person, number>();
    return (person, since) => {
      if (person === null) return now - since < ownPatience ? Infinity : -1;
      const rank = known.get(person) ?? this.used(person);
      known.set(person, rank);
      return rank;
    };
  }
}

function askersOf({ person, askers }: Waiting): ReadonlySet<Person> {
  return askers ?? new Set([person]);
}

function leastOf(people: ReadonlySet<Person>, rankOf: (person: Person) => number) {
  let least: { person: Person; rank: number } = { person: null, rank: Infinity };
  for (const person of people) {
    const rank = rankOf(person);
    if (rank < least.rank) least = { person, rank };
  }
  return least;
}
