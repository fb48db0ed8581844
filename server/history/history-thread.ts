import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Problem } from '../errors.ts';
import type { Answer, Ask, FromWorker, TaskName, ToWorker } from './tasks.ts';

/** Answers what is asked about the history of pieces, off the event loop. */
export interface History {
  /** Rejects with the problem `overloaded`, or the database's error. */
  ask<Name extends TaskName>(name: Name, ask: Ask<Name>): Promise<Answer<Name>>;
  close(): Promise<void>;
}

interface Job {
  readonly message: ToWorker;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  ready: boolean;
  job: Job | null;
  timer: NodeJS.Timeout | null;
}

/** Tasks that may wait. */
const mostWaiting = 64;
/** A task that takes longer than this, in ms, is given up: no piece should. */
const longest = 60_000;
/** How long the thread may take to close its connection, in ms. */
const endMs = 2_000;
/** In MiB. */
const maxHeap = 1_024;

/** `name` is what Postgres shows of its connection. The thread starts with the first task. */
export function createHistory(url: string, name = 'counterpoint history'): History {
  return new HistoryThread(url, name);
}

/**
 * Two of them, one to answer people and one to pack, so that nobody waits for the packing.
 * Invariants: a thread has one job at most; a job is settled exactly once; a thread that failed is
 * never used again.
 */
class HistoryThread implements History {
  readonly #url: string;
  readonly #name: string;
  readonly #waiting: Job[] = [];
  #thread: Thread | null = null;
  #closed = false;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
  }

  async ask<Name extends TaskName>(name: Name, ask: Ask<Name>): Promise<Answer<Name>> {
    if (this.#closed) throw new Problem('restarting', 'The server is stopping.');
    if (this.#waiting.length >= mostWaiting) {
      throw new Problem('overloaded', 'Too many histories are being read. Try again shortly.');
    }
    return new Promise<Answer<Name>>((resolve, reject) => {
      const message: ToWorker = { type: 'task', name, ask };
      this.#waiting.push({ message, resolve: resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const stopping = new Problem('restarting', 'The server is stopping.');
    for (const job of this.#waiting.splice(0)) job.reject(stopping);
    const thread = this.#thread;
    if (thread === null) return;
    this.#thread = null;
    thread.job?.reject(stopping);
    if (thread.timer !== null) clearTimeout(thread.timer);
    const gone = new Promise<void>((resolve) => thread.worker.once('exit', () => resolve()));
    thread.worker.postMessage({ type: 'end' } satisfies ToWorker);
    const late = setTimeout(() => void thread.worker.terminate(), endMs);
    await gone;
    clearTimeout(late);
  }

  #next(): void {
    this.#thread ??= this.#start();
    const thread = this.#thread;
    if (!thread.ready || thread.job !== null) return;
    const job = this.#waiting.shift();
    if (job === undefined) {
      thread.worker.unref();
      return;
    }
    thread.job = job;
    thread.worker.ref();
    thread.timer = setTimeout(() => {
      this.#fail(thread, new Problem('overloaded', 'The history takes too long to read.'));
    }, longest);
    thread.worker.postMessage(job.message);
  }

  #start(): Thread {
    const worker = startWorker({ url: this.#url, name: this.#name });
    const thread: Thread = { worker, ready: false, job: null, timer: null };
    worker.on('message', (message: FromWorker) => this.#hear(thread, message));
    worker.on('error', (err) => this.#fail(thread, err));
    worker.on('exit', () => this.#fail(thread, new Error('The history thread has ended')));
    return thread;
  }

  #hear(thread: Thread, message: FromWorker): void {
    if (message.type === 'ready') thread.ready = true;
    else {
      const job = this.#settle(thread);
      if (message.type === 'done') job?.resolve(message.answer);
      else job?.reject(errorOf(message));
    }
    if (this.#thread === thread) this.#next();
  }

  /** A thread that cannot even be started takes the first job with it, or jobs would wait for ever. */
  #fail(thread: Thread, error: Error): void {
    if (this.#thread !== thread) return;
    this.#thread = null;
    const job = this.#settle(thread) ?? (thread.ready ? undefined : this.#waiting.shift());
    job?.reject(error);
    void thread.worker.terminate();
    if (this.#waiting.length > 0) this.#next();
  }

  #settle(thread: Thread): Job | undefined {
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.timer = null;
    const { job } = thread;
    thread.job = null;
    return job ?? undefined;
  }
}

function errorOf({ message, code, stack }: Extract<FromWorker, { type: 'failed' }>): Error {
  return Object.assign(new Error(message), { stack, ...(code !== null && { code }) });
}

/** As in import-pool.ts: this file runs as JavaScript and, through tsx, as TypeScript. */
function startWorker(workerData: { readonly url: string; readonly name: string }): Worker {
  const typescript = import.meta.url.endsWith('.ts');
  const file = new URL(`./history-worker.${typescript ? 'ts' : 'js'}`, import.meta.url);
  return new Worker(typescript ? throughTsx(file) : file, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: maxHeap },
  });
}

function throughTsx(file: URL): URL {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const api = new URL('dist/esm/api/index.mjs', tsx).href;
  const start = `import { register } from '${api}'; register(); await import('${file.href}');`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
}
