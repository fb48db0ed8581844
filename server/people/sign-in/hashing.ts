import { Problem } from '../../errors.ts';
import { hashPassword, isPassword } from './passwords.ts';
import { tooManyTries, type Try } from './tries.ts';

/** For whom a hash is made; see `Try`. */
type For = Pick<Try, 'from' | 'known'>;

interface Job {
  readonly from: string;
  run(): Promise<void>;
  refuse(problem: Problem): void;
}

/** How many wait in one line, and of one network: some seconds of work. */
const mostWaiting = 100;
const mostOfOne = 20;
/** Seconds after which somebody may ask again for whom there was no room. */
const retryAfter = 5;

/**
 * Hashes passwords, one at a time: each costs 19 MiB and some 20 ms of a core, which is what makes
 * guessing dear, and would make a flood of sign-ins dear for everybody else. So the bound is one core
 * at most and 19 MiB, however many ask.
 *
 * Who waits is served in turn by network, not first come first served, and those who have signed in
 * from where they are before wait in a line of their own, every other turn of which is theirs: who
 * has never got in keeps nobody out who has.
 */
export class Hashing {
  readonly #known = new Line();
  readonly #strangers = new Line();
  #running = false;
  #knownLast = false;

  hash(password: string, who: For): Promise<string> {
    return this.#queue(who, () => hashPassword(password));
  }

  /** As `isPassword`. */
  matches(stored: string | null, password: string, who: For): Promise<boolean> {
    return this.#queue(who, () => isPassword(stored, password));
  }

  #queue<T>({ from, known }: For, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => work().then(resolve, reject);
      (known ? this.#known : this.#strangers).add({ from, run, refuse: reject });
      void this.#next();
    });
  }

  async #next(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let job = this.#take(); job !== null; job = this.#take()) await job.run();
    this.#running = false;
  }

  #take(): Job | null {
    const [first, second] = this.#knownLast
      ? [this.#strangers, this.#known]
      : [this.#known, this.#strangers];
    const job = first.take();
    this.#knownLast = (job !== null) !== this.#knownLast;
    return job ?? second.take();
  }
}

/** Jobs by where they come from; the networks are served in turn. */
class Line {
  readonly #waiting = new Map<string, Job[]>();
  #size = 0;

  /** Refuses one where there is no room: of those who have most waiting, the last to come. */
  add(job: Job): void {
    const own = this.#waiting.get(job.from) ?? [];
    if (own.length >= mostOfOne) {
      job.refuse(tooManyTries(retryAfter));
      return;
    }
    if (this.#size >= mostWaiting) {
      const longest = this.#longest();
      if (longest.length <= own.length + 1) {
        job.refuse(busy());
        return;
      }
      longest.pop()?.refuse(busy());
      this.#size--;
    }
    own.push(job);
    this.#size++;
    this.#waiting.set(job.from, own);
  }

  take(): Job | null {
    for (const [from, jobs] of this.#waiting) {
      const job = jobs.shift();
      this.#waiting.delete(from);
      if (jobs.length > 0) this.#waiting.set(from, jobs);
      if (job === undefined) continue;
      this.#size--;
      return job;
    }
    return null;
  }

  #longest(): Job[] {
    let longest: Job[] = [];
    for (const jobs of this.#waiting.values()) if (jobs.length > longest.length) longest = jobs;
    return longest;
  }
}

function busy(): Problem {
  const detail = `Too many sign in at once. Wait ${retryAfter} seconds.`;
  return new Problem('overloaded', detail, { retryAfter });
}
