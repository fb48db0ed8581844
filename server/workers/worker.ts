/**
 * A thread that does what grows with a piece or a text, so that neither long nor nasty ones can hold
 * up the server (pool.ts). It has connections of its own: reading a hundred thousand rows takes half
 * a second of a core. Says `ready` once, then answers each task; at `end` it closes its connections
 * and is gone.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { connect, type Sql } from '../db/connect.ts';
import type { Log } from '../collab/ports.ts';
import { BadFrame } from '../../shared/protocol/messages.ts';
import { Problem } from '../errors.ts';
import { createPerform } from './perform.ts';
import type { ThreadPool } from './pool.ts';
import { yieldToServer } from './priority.ts';
import type { FromWorker, ToWorker } from './tasks.ts';
import { movable } from './written.ts';

const port = parentPort;
if (port === null) throw new Error('worker runs as a worker thread only');

yieldToServer();
const { url, name, pool } = workerData as {
  readonly url: string | null;
  readonly name: string;
  readonly pool: ThreadPool;
};
/** What goes wrong is told to who asked. */
const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
// A statement lasts for as long as what it reads is worked on; who asks ends the thread in time.
const sql: Sql | null =
  url === null ? null : connect(url, { log, name, ...pool, statementTimeout: 0 });
const { perform, loadRest } = createPerform(sql);

port.on('message', (message: ToWorker) => {
  if (message.type === 'end') void end();
  // What cannot be loaded is told to who asks for it.
  else if (message.type === 'load') void loadRest().catch(silent);
  else void answer(message);
});
tell({ type: 'ready' });
// Connects now: who asks first need not wait for that. Without a database each task says so.
if (sql !== null) sql`select 1`.catch(silent);

async function answer({ name: task, ask }: Extract<ToWorker, { type: 'task' }>): Promise<void> {
  try {
    const done = await perform(task, ask);
    tell({ type: 'done', answer: done }, movable(done));
  } catch (err) {
    tell(failed(err));
  }
}

function failed(err: unknown): FromWorker {
  const { message, code, stack } = err as Error & { readonly code?: unknown };
  const problem =
    err instanceof Problem
      ? { code: err.code, errors: err.errors, passage: err.passage ?? null }
      : null;
  return {
    type: 'failed',
    message,
    code: typeof code === 'string' ? code : null,
    stack: stack ?? message,
    problem,
    badFrame: err instanceof BadFrame,
    // Too deep for the stack, or longer than a string or a list can be: the text's doing.
    tooLarge:
      err instanceof RangeError && /call stack|Invalid (string|array) length/i.test(message),
  };
}

async function end(): Promise<void> {
  await sql?.end({ timeout: 1 });
  port?.close();
}

function tell(message: FromWorker, moved: ArrayBuffer[] = []): void {
  port?.postMessage(message, moved);
}
