/**
 * The process of those who open a piece at once: its argument is the job as JSON. Says `ready`; begins when it
 * is told to, and says how long each took; at last it is told what was typed, and says who lacks something.
 */
import * as Y from 'yjs';
import type { Target } from '../load/wire.ts';
import { Newcomer } from './newcomer.ts';

export interface JoinsJob {
  readonly target: Target;
  readonly room: string;
  /** One a person. */
  readonly tokens: readonly string[];
  readonly typist: number;
}

export type ToCrowd =
  | { readonly type: 'go' }
  /** What has been typed in all: the state vector of a document that has it, and its text. */
  | { readonly type: 'typed'; readonly clock: number; readonly text: string };

export type FromCrowd =
  | { readonly type: 'ready' }
  /** Milliseconds of each who has the whole text. */
  | { readonly type: 'joined'; readonly took: readonly number[] }
  /** How many lack something, and how many of those who keep all of it read otherwise. */
  | { readonly type: 'checked'; readonly lacking: number; readonly differing: number };

/** One in so many keeps what comes, and has it read at the end. */
const oneKeeps = 50;
const joinTimeoutMs = 120_000;
const arrivalTimeoutMs = 20_000;

const job = JSON.parse(process.argv[2] ?? '') as JoinsJob;
const everybody: Newcomer[] = [];

process.on('message', (message: ToCrowd) => {
  if (message.type === 'go') void join().then(tell);
  else void check(message.clock, message.text).then(tell);
});
process.once('disconnect', () => process.exit(0));
tell({ type: 'ready' });

function tell(message: FromCrowd): void {
  process.send?.(message);
}

async function join(): Promise<FromCrowd> {
  const buffer = new Uint8Array(256 * 1024);
  const large = { lengths: new Set<number>(), clocks: new Map<string, number>() };
  let left = job.tokens.length;
  await within(joinTimeoutMs, (done) => {
    for (const [i, token] of job.tokens.entries()) {
      let counts = true;
      const settled = () => {
        if (counts && --left === 0) done();
        counts = false;
      };
      const options = {
        ...{ room: job.room, typist: job.typist, large, keeps: i % oneKeeps === 0 },
        target: { ...job.target, params: { token } },
      };
      everybody.push(new Newcomer({ ...options, joined: settled, closed: settled }, buffer));
    }
  });
  return { type: 'joined', took: everybody.flatMap(({ took }) => (took === null ? [] : [took])) };
}

async function check(clock: number, text: string): Promise<FromCrowd> {
  const lack = () => everybody.filter((one) => one.clock < clock).length;
  await within(arrivalTimeoutMs, (done) => {
    const timer = setInterval(() => {
      if (lack() > 0) return;
      clearInterval(timer);
      done();
    }, 50);
  });
  const lacking = lack();
  for (const one of everybody.filter((newcomer) => newcomer.clock < clock).slice(0, 3)) {
    console.error(`  somebody has what was typed up to ${one.clock} of ${clock}`);
  }
  const differing = everybody.filter(
    ({ updates }) => updates.length > 0 && textOf(updates) !== text,
  ).length;
  for (const one of everybody) one.leave();
  return { type: 'checked', lacking, differing };
}

function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('body').toJSON();
}

/** Resolves when `work` says that it is done, or after so many ms: who is not done then lacks something. */
async function within(ms: number, work: (done: () => void) => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
    work(resolve);
  });
  clearTimeout(timer);
}
