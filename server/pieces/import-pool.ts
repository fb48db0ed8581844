import { Worker } from 'node:worker_threads';
import type { DocumentModel } from '../../shared/document/index.ts';
import type { ExportOptions } from '../../shared/markdown/index.ts';
import { Problem } from '../errors.ts';
import { workerFile } from '../worker-file.ts';
import type { FromWorker, Task } from './import-worker.ts';
import type { Beginning, ReadContent } from './read-content.ts';

/**
 * Reads content into documents and writes them out, off the event loop and within limits. Writing
 * 92 kB of ordinary Markdown took 150–300 ms, in which no room would have heard a keystroke.
 */
export interface Importer {
  /** Rejects with the problems `too_large`, `import_too_complex` and `overloaded`. */
  read(beginning: Beginning): Promise<ReadContent>;
  /** Rejects with the problems `export_too_complex` and `overloaded`. */
  toMarkdown(model: DocumentModel, options: ExportOptions): Promise<string>;
  /** Ends the threads; what they were doing rejects. */
  close(): Promise<void>;
}

export interface ImportLimits {
  /** The longest content, in bytes of UTF-8. */
  readonly maxImportBytes: number;
  /** The longest that reading or writing one piece may take, in milliseconds. */
  readonly importTimeoutMs: number;
}

type Result = Exclude<FromWorker, { readonly type: 'ready' }>;

interface Job {
  readonly task: Task;
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** A thread, from its start to its end. `waiting` for it to have loaded, or for work. */
interface Thread {
  readonly worker: Worker;
  ready: boolean;
  job: Job | null;
  timer: NodeJS.Timeout | null;
}

/** Two, so that one nasty text does not stop the others; more would take cores from the rooms. */
const maxThreads = 2;
/** Tasks that may wait. A content is at most `maxImportBytes`, so this bounds memory too. */
const maxQueue = 32;
/** A parser that runs away takes memory before it takes time; in MiB. */
const maxHeap = 512;

/** Makes an importer; its threads are started by the first contents and kept for the next. */
export function createImporter(limits: ImportLimits): Importer {
  return new ImportPool(limits);
}

/**
 * Invariants: a thread has at most one job; a job is settled exactly once; a thread that was too
 * slow or failed is never used again. Threads keep the process alive only while they work.
 */
class ImportPool implements Importer {
  readonly #limits: ImportLimits;
  readonly #threads = new Set<Thread>();
  readonly #queue: Job[] = [];
  #closed = false;

  constructor(limits: ImportLimits) {
    this.#limits = limits;
  }

  async read(beginning: Beginning): Promise<ReadContent> {
    const { maxImportBytes } = this.#limits;
    if (Buffer.byteLength(beginning.content) > maxImportBytes) {
      throw new Problem('too_large', `The content is larger than ${maxImportBytes} bytes.`);
    }
    const result = await this.#run({ type: 'read', beginning });
    if (result.type !== 'read') throw new Error(`A thread answered a read with ${result.type}`);
    return result.content;
  }

  async toMarkdown(model: DocumentModel, options: ExportOptions): Promise<string> {
    const result = await this.#run({ type: 'write', model, options });
    if (result.type !== 'written') throw new Error(`A thread answered a write with ${result.type}`);
    return result.markdown;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const stopping = new Problem('restarting', 'The server is stopping.');
    for (const job of this.#queue.splice(0)) job.reject(stopping);
    await Promise.all([...this.#threads].map((thread) => this.#end(thread, stopping)));
  }

  async #run(task: Task): Promise<Result> {
    if (this.#closed) throw new Problem('restarting', 'The server is stopping.');
    if (this.#queue.length >= maxQueue) {
      throw new Problem(
        'overloaded',
        'Too many texts are being read and written. Try again shortly.',
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#assign();
    });
  }

  /** Gives queued jobs to idle threads, and starts threads for what is left. */
  #assign(): void {
    for (const thread of this.#threads) {
      if (thread.ready && thread.job === null) this.#give(thread);
    }
    const loading = [...this.#threads].filter((thread) => !thread.ready).length;
    if (this.#queue.length > loading && this.#threads.size < maxThreads) this.#start();
  }

  #give(thread: Thread): void {
    const job = this.#queue.shift();
    if (job === undefined) return;
    thread.job = job;
    thread.worker.ref();
    thread.timer = setTimeout(() => {
      void this.#end(thread, tooComplex(job, 'takes longer than this server allows'));
    }, this.#limits.importTimeoutMs);
    thread.worker.postMessage(job.task);
  }

  #start(): void {
    const thread: Thread = { worker: startWorker(), ready: false, job: null, timer: null };
    this.#threads.add(thread);
    thread.worker.on('message', (message: FromWorker) => this.#hear(thread, message));
    thread.worker.on('error', (error) => this.#fail(thread, error));
    thread.worker.on('exit', () => this.#fail(thread, new Error('The import thread has ended')));
  }

  #hear(thread: Thread, message: FromWorker): void {
    if (message.type === 'ready') thread.ready = true;
    else {
      const { job } = thread;
      this.#settle(thread);
      job?.resolve(message);
    }
    if (thread.job === null) thread.worker.unref();
    this.#assign();
  }

  /** A thread that cannot even be started takes the next job with it, or jobs would wait for ever. */
  #fail(thread: Thread, cause: unknown): void {
    if (!this.#threads.has(thread)) return;
    if (!thread.ready) thread.job = this.#queue.shift() ?? null;
    void this.#end(thread, failure(thread.job, cause));
  }

  async #end(thread: Thread, error: Error): Promise<void> {
    this.#threads.delete(thread);
    const { job } = thread;
    this.#settle(thread);
    job?.reject(error);
    if (!this.#closed) this.#assign();
    await thread.worker.terminate();
  }

  #settle(thread: Thread): void {
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.timer = null;
    thread.job = null;
  }
}

function startWorker(): Worker {
  return new Worker(workerFile(import.meta.url, 'import-worker'), {
    resourceLimits: { maxOldGenerationSizeMb: maxHeap },
  });
}

/** Running out of memory or stack is the text's doing; anything else is ours. */
function failure(job: Job | null, cause: unknown): Error {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  const outOfStack = cause instanceof RangeError && /call stack/i.test(String(message));
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return tooComplex(job, 'needs too much memory');
  if (outOfStack) return tooComplex(job, 'goes too deep');
  return new Error('The thread for reading and writing text has failed', { cause });
}

function tooComplex(job: Job | null, why: string): Problem {
  return job?.task.type === 'write'
    ? new Problem('export_too_complex', `Writing the piece out ${why}.`)
    : new Problem('import_too_complex', `Reading the content ${why}.`);
}
