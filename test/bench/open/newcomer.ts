/**
 * A fresh process that opens a piece: its argument is the job as JSON, the answer goes over IPC.
 * Both ways of getting the content are warmed up first, by applying the state a few times and by
 * opening another, empty piece, so that the figures tell of the piece and not of compiling code.
 */
import { readFileSync } from 'node:fs';
import WebSocket from 'ws';
import * as Y from 'yjs';
import {
  addressOf,
  authFrame,
  emptyStateVector,
  prefixOf,
  readFrame,
  syncFrame,
  type Target,
} from '../load/wire.ts';

export interface OpenJob {
  readonly target: Target;
  readonly room: string;
  /** An empty room. */
  readonly other: string;
  /** File with the final state, as one update. */
  readonly stateFile: string;
  readonly times: number;
}

/** Milliseconds, one of each per opening. */
export interface Opened {
  readonly opening: number[];
  /** Until the first of its content came. */
  readonly first: number[];
  readonly applying: number[];
}

const warmUps = 3;

const job = JSON.parse(process.argv[2] ?? '') as OpenJob;
const state = readFileSync(job.stateFile);

function apply(): number {
  const doc = new Y.Doc();
  const from = performance.now();
  Y.applyUpdate(doc, state);
  return performance.now() - from;
}

/** From `new WebSocket` until the document holds all that is expected; and until the first of it came. */
async function open(room: string, expected: Y.Doc): Promise<{ whole: number; first: number }> {
  const doc = new Y.Doc();
  const prefix = prefixOf(job.target.dialect, room);
  const from = performance.now();
  let first = 0;
  const socket = new WebSocket(addressOf(job.target, room));
  const whole = await new Promise<number>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`the room closed with ${code}`)));
    socket.once('open', () => {
      if (job.target.dialect === 'hocuspocus') socket.send(authFrame(prefix));
      socket.send(syncFrame(prefix, 'step1', emptyStateVector));
    });
    socket.on('message', (data: Buffer) => {
      const frame = readFrame(data, prefix.length, false);
      if (frame.type !== 'step2' && frame.type !== 'update') return;
      first ||= performance.now() - from;
      Y.applyUpdate(doc, frame.update);
      if (holds(doc, expected)) resolve(performance.now() - from);
    });
  });
  socket.terminate();
  if (textOf(doc) !== textOf(expected)) {
    throw new Error('the opened piece reads differently from what was written');
  }
  return { whole, first };
}

function textOf(doc: Y.Doc): string {
  return JSON.stringify(doc.getText('body').toDelta());
}

function holds(doc: Y.Doc, expected: Y.Doc): boolean {
  const here = Y.decodeStateVector(Y.encodeStateVector(doc));
  return [...Y.decodeStateVector(Y.encodeStateVector(expected))].every(
    ([client, clock]) => (here.get(client) ?? 0) >= clock,
  );
}

const expected = new Y.Doc();
Y.applyUpdate(expected, state);
for (let i = 0; i < warmUps; i++) apply();
await open(job.other, new Y.Doc());
const result: Record<keyof Opened, number[]> = { opening: [], first: [], applying: [] };
for (let i = 0; i < job.times; i++) {
  result.applying.push(apply(), apply());
  const { whole, first } = await open(job.room, expected);
  result.opening.push(whole);
  result.first.push(first);
  result.applying.push(apply(), apply());
}
process.send?.(result satisfies Opened, () => process.exit(0));
