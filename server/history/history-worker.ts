/**
 * The thread that rebuilds pieces from their journal (history-thread.ts). It has a connection of its
 * own: reading a hundred thousand rows takes half a second of a core. Says `ready` once, then answers
 * each task; at `end` it closes its connection and is gone.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '../db/connect.ts';
import type { Log } from '../collab/ports.ts';
import { holds } from './holds.ts';
import { packPiece } from './packer.ts';
import { attributionOf, changesBetween, historyOf, stateAt } from './questions.ts';
import { planRestore } from './restore.ts';
import type { Answer, Ask, FromWorker, TaskName, ToWorker } from './tasks.ts';

const port = parentPort;
if (port === null) throw new Error('history-worker runs as a worker thread only');

const { url, name } = workerData as { readonly url: string; readonly name: string };
/** What goes wrong is told to who asked. */
const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
// A statement lasts for as long as what it reads is worked on; who asks ends the thread in time.
const sql = connect(url, { log, name, max: 2, statementTimeout: 0 });

const perform: { readonly [Name in TaskName]: (ask: Ask<Name>) => Promise<Answer<Name>> } = {
  at: ({ pieceId, until }) => stateAt(sql, pieceId, until),
  history: ({ pieceId }) => historyOf(sql, pieceId),
  attribution: ({ pieceId, until }) => attributionOf(sql, pieceId, until),
  diff: ({ pieceId, from, to }) => changesBetween(sql, pieceId, from, to),
  restore: (ask) => planRestore(sql, ask),
  holds: ({ pieceId, updates }) => holds(sql, pieceId, updates),
  pack: ({ pieceId, unfilled }) => packPiece(sql, pieceId, { unfilled }),
};

port.on('message', (message: ToWorker) => {
  if (message.type === 'end') void end();
  else void answer(message.name, message.ask);
});
tell({ type: 'ready' });
// Connects now: who asks first need not wait for that. Without a database each task says so.
sql`select 1`.catch(silent);

async function answer(name: TaskName, ask: Ask<TaskName>): Promise<void> {
  try {
    const work = perform[name] as (ask: Ask<TaskName>) => Promise<unknown>;
    tell({ type: 'done', answer: await work(ask) });
  } catch (err) {
    const { message, code, stack } = err as Error & { readonly code?: unknown };
    tell({
      type: 'failed',
      message,
      code: typeof code === 'string' ? code : null,
      stack: stack ?? message,
    });
  }
}

async function end(): Promise<void> {
  await sql.end({ timeout: 1 });
  port?.close();
}

function tell(message: FromWorker): void {
  port?.postMessage(message);
}
