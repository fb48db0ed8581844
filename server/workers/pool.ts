import { Worker } from 'node:worker_threads';
import { BadFrame } from '../../shared/protocol/messages.ts';
import type { ConnectOptions } from '../db/connect.ts';
import { Problem, type ErrorCode } from '../errors.ts';
import { workerFile } from '../worker-file.ts';
import { FairQueue, type Person, type QueueStatus } from './fair-queue.ts';
import { Lanes, type Running } from './lanes.ts';
import type { Answer, Ask, FromWorker, TaskName, ToWorker } from './tasks.ts';

export type { Person } from './fair-queue.ts';

export interface Asking {
  /** All who wait for it, where several may: others may come while it waits. */
  readonly askers?: ReadonlySet<Person>;
  /** Aborted, a task that has not begun is taken out of the queue: rejects with `timeout`. */
  readonly signal?: AbortSignal;
  /**
   * It is the answer to what is stored already, and not refused however much waits: who is told 429
   * sends it again, and has it twice. A request brings one of these at most.
   */
  readonly stored?: boolean;
}

/** Does what grows with a piece or a text, off the event loop (B1), fairly between people (B2). */
export interface Workers {
  /**
   * Rejects with the problems `too_many_tasks`, `overloaded`, `restarting`, those of the task, and
   * where it takes too long or too much memory, `import_too_complex` or `export_too_complex`; with
   * `BadFrame` where an update is none; or with the database's error.
   *
   * @param person - who waits for it; null: nobody, it is the server's own and may wait
   */
  ask<Name extends TaskName>(
    person: Person,
    name: Name,
    ask: Ask<Name>,
    how?: Asking,
  ): Promise<Answer<Name>>;
  /**
   * Starts a thread before anything is asked: the first who asks waits 300 ms less. `whole`: it is asked for
   * everything, and loads the code for that as soon as nobody has asked for a while.
   */
  start(whole?: boolean): void;
  readonly status: WorkersStatus;
  close(): Promise<void>;
}

export interface WorkersStatus extends QueueStatus {
  /** Tasks that are being done. */
  readonly running: number;
}
export type ThreadPool = Required<Pick<ConnectOptions, 'max' | 'maxTransactions'>>;

export interface WorkerOptions {
  /** The database; null: only tasks that need none. */
  readonly url: string | null;
  /** The connections of each thread; two and one for transactions where not given. */
  readonly pool?: ThreadPool;
  /** What Postgres shows of the connections. */
  readonly name?: string;
  /** How many threads there are for short tasks, and for long ones; one for all where not given. */
  readonly lanes?: { readonly short: number; readonly long: number };
  /** The most tasks of one person that wait; one more is 429. */
  readonly maxWaitingTasks: number;
  /** How long reading a text in, or writing one out, may take, in ms. */
  readonly importTimeoutMs: number;
  /** Of one thread, in MiB; 768 where not given. */
  readonly heapMiB?: number;
}

interface Job extends Running {
  readonly name: TaskName;
  readonly message: ToWorker;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  ready: boolean;
  job: Job | null;
  timers: NodeJS.Timeout[];
}

const usualThreadPool: ThreadPool = { max: 2, maxTransactions: 1 };
/** Everybody's tasks that may wait: a bound on memory, far beyond what can be answered in time. */
const mostWaiting = 1_000;
/** A question about a history that takes longer than this, in ms, is given up. */
const longestHistory = 60_000;
/** A task that has taken so long, in ms, goes on in the lane of the long ones. */
const longAfter = 700;
/** A thread that has had nothing to do for so long, in ms, loads the rest of its code: right after a start, people come back. */
const loadAfter = 10_000;
/** How long a thread may take to close its connection, in ms. */
const endMs = 2_000;
/** In MiB, of one thread. */
const usualHeap = 768;

/** What is done within the time of an import; anything else reads a history, or makes an edit. */
const timedAsImports: ReadonlySet<TaskName> = new Set<TaskName>(['read', 'export']);
const readsContent: ReadonlySet<TaskName> = new Set<TaskName>(['read', 'readBody', 'replace']);

export function createWorkers(options: WorkerOptions): Workers {
  return new WorkerPool(options);
}

/**
 * Invariants: a thread has one job at most; a job is settled exactly once; a thread that was too
 * slow or failed is never used again. Threads keep the process alive only while they work.
 */
class WorkerPool implements Workers {
  readonly #options: WorkerOptions;
  readonly #queue: FairQueue<Job>;
  readonly #lanes: Lanes<Job>;
  readonly #threads = new Set<Thread>();
  readonly #mostThreads: number;
  #closed = false;

  constructor(options: WorkerOptions) {
    const { short, long } = options.lanes ?? { short: 1, long: 0 };
    this.#options = options;
    this.#queue = new FairQueue(options.maxWaitingTasks);
    this.#lanes = new Lanes(short, long);
    this.#mostThreads = short + long;
  }

  async ask<Name extends TaskName>(
    person: Person,
    name: Name,
    ask: Ask<Name>,
    { askers, signal, stored = false }: Asking = {},
  ): Promise<Answer<Name>> {
    if (this.#closed) throw stopping();
    if (signal?.aborted) throw nobodyWaits();
    const mayWait = stored || person === null;
    if (!mayWait && this.#queue.sizeOfPeople >= mostWaiting) {
      throw new Problem('overloaded', 'Too much waits to be worked on. Try again shortly.');
    }
    return new Promise<Answer<Name>>((resolve, reject) => {
      const message: ToWorker = { type: 'task', name, ask };
      const job: Job = {
        ...{ person, name, message, since: 0, long: false, reject, ...(askers && { askers }) },
        resolve: (answer) => resolve(answer as Answer<Name>),
      };
      this.#queue.add(job, stored);
      signal?.addEventListener('abort', () => this.#forget(job), { once: true });
      this.#next();
    });
  }

  get status(): WorkersStatus {
    const running = [...this.#threads].filter(({ job }) => job !== null).length;
    return { ...this.#queue.status, running };
  }

  start(whole = false): void {
    if (this.#closed || this.#threads.size > 0) return;
    const thread = this.#start();
    if (whole) this.#loadLater(thread);
  }

  /** Not at once: who asks first would wait for code that others need. */
  #loadLater(thread: Thread): void {
    let begun = this.#queue.status.begun;
    const timer = setInterval(() => {
      const { begun: now } = this.#queue.status;
      const isIdle = thread.ready && thread.job === null && now === begun;
      const isHere = this.#threads.has(thread);
      begun = now;
      if (isHere && !isIdle) return;
      clearInterval(timer);
      if (isHere) thread.worker.postMessage({ type: 'load' } satisfies ToWorker);
    }, loadAfter);
    timer.unref();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.drain()) job.reject(stopping());
    await Promise.all([...this.#threads].map((thread) => this.#endInOrder(thread)));
  }

  /** Nobody waits for it any more; what has begun goes on, and is its person's use. */
  #forget(job: Job): void {
    if (this.#queue.remove(job)) job.reject(nobodyWaits());
  }

  /** Gives what waits to threads that are free, and starts threads for what is left. */
  #next(): void {
    if (this.#closed) return;
    const now = performance.now();
    for (;;) {
      const idle = [...this.#threads].find(({ ready, job }) => ready && job === null);
      if (idle === undefined) break;
      const job = this.#queue.take((one) => this.#lanes.mayBegin(one));
      if (job === undefined) break;
      this.#give(idle, job, now);
    }
    if (this.#queue.size === 0) return;
    this.#makeRoom(now);
    const starting = [...this.#threads].filter(({ ready }) => !ready).length;
    if (this.#queue.size > starting && this.#threads.size < this.#mostThreads) this.#start();
  }

  #give(thread: Thread, job: Job, now: number): void {
    thread.job = job;
    job.since = now;
    this.#lanes.begin(job);
    thread.worker.ref();
    const most = timedAsImports.has(job.name) ? this.#options.importTimeoutMs : longestHistory;
    thread.timers = [
      setTimeout(() => this.#fail(thread, tooComplex(job.name, 'takes too long')), most),
    ];
    if (!job.long) thread.timers.push(setTimeout(() => this.#overdue(job), longAfter));
    thread.worker.postMessage(job.message);
  }

  /** A short task turns out to be a long one: from now on it is no burden to the short ones. */
  #overdue(job: Job): void {
    this.#lanes.goOnAsLong(job);
    this.#next();
  }

  /**
   * Somebody's short task waits while the lane is full of tasks that have been there for too long,
   * and the lane of the long ones has no place for them: one has to begin again later.
   */
  #makeRoom(now: number): void {
    const overdue = [...this.#threads].filter(
      ({ job }) => job !== null && !job.long && now - job.since >= longAfter,
    );
    const [thread] = overdue.sort((a, b) => this.#usedBy(b) - this.#usedBy(a));
    const job = thread?.job;
    if (thread === undefined || job == null) return;
    const another = this.#queue.has((one) => !one.long && one.person !== job.person);
    if (!another || !this.#lanes.hasLong) return;
    this.#settle(thread);
    this.#threads.delete(thread);
    void thread.worker.terminate();
    job.long = true;
    this.#queue.putBack(job);
    this.#next();
  }

  #usedBy({ job }: Thread): number {
    return job === null ? 0 : this.#queue.used(job.person);
  }

  #start(): Thread {
    const { url, name = 'counterpoint worker', heapMiB = usualHeap } = this.#options;
    const { pool = usualThreadPool } = this.#options;
    const worker = new Worker(workerFile(import.meta.url, 'worker'), {
      workerData: { url, name, pool },
      resourceLimits: { maxOldGenerationSizeMb: heapMiB },
    });
    const thread: Thread = { worker, ready: false, job: null, timers: [] };
    this.#threads.add(thread);
    worker.on('message', (message: FromWorker) => this.#hear(thread, message));
    worker.on('error', (err) => this.#fail(thread, failure(thread.job?.name ?? null, err)));
    worker.on('exit', () => this.#fail(thread, new Error('A worker thread has ended')));
    return thread;
  }

  #hear(thread: Thread, message: FromWorker): void {
    if (!this.#threads.has(thread)) return;
    if (message.type === 'ready') {
      thread.ready = true;
      thread.worker.unref();
    } else {
      const job = this.#settle(thread);
      if (message.type === 'done') job?.resolve(message.answer);
      else job?.reject(errorOf(message, job.name));
    }
    this.#next();
  }

  /** A thread that cannot even be started takes a job with it, or jobs would wait for ever. */
  #fail(thread: Thread, error: Error): void {
    if (!this.#threads.delete(thread)) return;
    const job = this.#settle(thread) ?? (thread.ready ? undefined : this.#queue.take(() => true));
    job?.reject(error);
    void thread.worker.terminate();
    this.#next();
  }

  #settle(thread: Thread): Job | undefined {
    for (const timer of thread.timers) clearTimeout(timer);
    thread.timers = [];
    const { job } = thread;
    thread.job = null;
    if (job === null) return undefined;
    thread.worker.unref();
    this.#lanes.end(job);
    this.#queue.charge(job.person, performance.now() - job.since);
    return job;
  }

  /** One that is idle closes its connection; what one is doing is given up. */
  async #endInOrder(thread: Thread): Promise<void> {
    this.#threads.delete(thread);
    const busy = !thread.ready || thread.job !== null;
    this.#settle(thread)?.reject(stopping());
    if (busy) {
      await thread.worker.terminate();
      return;
    }
    const gone = new Promise<void>((resolve) => thread.worker.once('exit', () => resolve()));
    thread.worker.ref();
    thread.worker.postMessage({ type: 'end' } satisfies ToWorker);
    const late = setTimeout(() => void thread.worker.terminate(), endMs);
    await gone;
    clearTimeout(late);
  }
}

function stopping(): Problem {
  return new Problem('restarting', 'The server is stopping.');
}

/** Nobody reads this: who asked is gone. */
function nobodyWaits(): Problem {
  return new Problem('timeout', 'The client has gone before its answer.');
}

/** Running out of memory or stack is the text's doing; anything else is ours. */
function failure(name: TaskName | null, cause: unknown): Error {
  const { code } = cause as { readonly code?: unknown };
  if (name !== null && code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return tooComplex(name, 'needs too much memory');
  }
  return new Error('A worker thread has failed', { cause });
}

function tooComplex(name: TaskName, why: string): Problem {
  return readsContent.has(name)
    ? new Problem('import_too_complex', `Reading the content ${why}.`)
    : new Problem('export_too_complex', `Reading the piece ${why}.`);
}

function errorOf(failed: Extract<FromWorker, { type: 'failed' }>, name: TaskName): Error {
  const { message, code, stack, problem } = failed;
  if (problem !== null) {
    const { errors, passage, code: problemCode } = problem;
    return new Problem(problemCode as ErrorCode, message, {
      ...(errors !== null && { errors: errors }),
      ...(passage !== null && { passage }),
    });
  }
  if (failed.badFrame) return new BadFrame(message);
  if (failed.tooLarge) return tooComplex(name, 'goes too deep, or becomes too long');
  return Object.assign(new Error(message), { stack, ...(code !== null && { code }) });
}
