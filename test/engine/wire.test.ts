import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import * as Y from 'yjs';
import { PieceSocket } from '../../server/collab/connection/piece-socket.ts';
import { encodePresence, encodeSync } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { closeCodeOf, openRaw } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { startEngine as bareEngine } from './bare-engine.ts';

const emitOf = Reflect.get(EventEmitter.prototype, 'emit') as (...args: unknown[]) => boolean;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startEngine(options?: Parameters<typeof bareEngine>[0]) {
  const engine = await bareEngine(options);
  cleanups.push(() => engine.stop());
  return engine;
}

/** A socket whose frames, and the TCP chunks they came in, are kept from the first on. */
async function listen(server: { url: string }, query: string) {
  const ws = await openRaw(server, 'piece', query);
  const frames: Buffer[] = [];
  const chunks: Buffer[] = [];
  ws.on('message', (data: Buffer) => frames.push(data));
  (ws as unknown as { _socket: NodeJS.EventEmitter })._socket.prependListener(
    'data',
    (chunk: Buffer) => chunks.push(chunk),
  );
  ws.send(encodeSync('step1', Y.encodeStateVector(new Y.Doc())));
  await until('the sync answer', () => frames.some((frame) => frame[0] === 0 && frame[1] === 1));
  frames.length = 0;
  chunks.length = 0;
  cleanups.push(async () => ws.terminate());
  return { ws, frames, chunks };
}

function typed(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, text);
  return encodeSync('update', Y.encodeStateAsUpdate(doc));
}

const cursor = (clientId: number, clock = 1) =>
  encodePresence(joinPresence([encodePresenceEntry(clientId, clock, '{"cursor":1}')]));

/** Sends several frames as one TCP segment. */
function sendTogether(ws: WebSocket, frames: readonly Uint8Array[]): void {
  const socket = (ws as unknown as { _socket: { cork(): void; uncork(): void } })._socket;
  socket.cork();
  for (const frame of frames) ws.send(frame);
  socket.uncork();
}

test('B2 of many short messages that are read at once, 64 are told apart in a turn of the event loop', async () => {
  const server = await startEngine();
  const ann = await listen(server, 'token=ann');
  let [most, inTurn, all] = [0, 0, 0];
  const emit = vi.spyOn(EventEmitter.prototype, 'emit').mockImplementation(function (
    this: EventEmitter,
    event: unknown,
    ...args: unknown[]
  ) {
    if (event === 'ping' && this instanceof PieceSocket) {
      if (inTurn++ === 0) setImmediate(() => (inTurn = 0));
      most = Math.max(most, inTurn);
      all++;
    }
    return Reflect.apply(emitOf, this, [event, ...args]);
  });
  onTestFinished(() => emit.mockRestore());
  const raw = (ann.ws as unknown as { _socket: Socket })._socket;
  // A ping without content, with the mask that a client has to send.
  raw.write(Buffer.concat(Array(5_000).fill(Buffer.from([0x89, 0x80, 0, 0, 0, 0]))));
  await until('all are heard', () => all === 5_000);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(65);
});

test('what one turn brought goes out as one write per member: text merged, presence with it', async () => {
  const server = await startEngine();
  const ann = await listen(server, 'token=ann');
  const bob = await listen(server, 'token=bob');
  // The first words of a process take long to read, and would be all that she may say at once.
  ann.ws.send(typed('First'));
  await until('the first frame', () => bob.frames.length === 1);
  bob.frames.length = 0;
  bob.chunks.length = 0;
  sendTogether(ann.ws, [typed('Hello'), cursor(1), typed('world'), cursor(1, 2)]);
  await until('the frames', () => bob.frames.length >= 2);
  expect(bob.frames.map((frame) => frame[0])).toEqual([0, 1]);
  expect(bob.chunks).toHaveLength(1);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, bob.frames[0]!.subarray(3));
  expect(doc.getText('body').length).toBe(10);
  expect(ann.frames, 'nobody hears their own words back').toEqual([]);
});

test('presence alone goes out too, and only once for many moves', async () => {
  const server = await startEngine();
  const ann = await listen(server, 'token=ann');
  const bob = await listen(server, 'token=bob');
  sendTogether(ann.ws, [cursor(1, 1), cursor(1, 2), cursor(1, 3)]);
  await until('the presence', () => bob.frames.length > 0);
  expect(bob.frames).toHaveLength(1);
  expect(bob.frames[0]!.includes('"user":{"id":"u-ann"')).toBe(true);
});

test('D2 saved is sent after the commit, to clients with ext=1 and to nobody else', async () => {
  const server = await startEngine();
  const ann = await listen(server, 'token=ann&ext=1');
  const bob = await listen(server, 'token=bob');
  const release = server.holdCommits();
  ann.ws.send(typed('Hello'));
  await until('bob reads it', () => bob.frames.length > 0);
  expect(ann.frames, 'handed on, but not saved').toEqual([]);
  release();
  await until('saved', () => ann.frames.length > 0);
  expect(server.rows).toHaveLength(1);
  expect([...ann.frames[0]!]).toEqual([100, 1]);
  expect(bob.frames.filter((frame) => frame[0]! >= 100)).toEqual([]);
});

test('R4 what a reader writes changes nothing, is not counted as saved, and is told', async () => {
  const server = await startEngine();
  const reader = await listen(server, 'token=reader&ext=1');
  const bob = await listen(server, 'token=bob&ext=1');
  const empty = encodeSync('step2', Y.encodeStateAsUpdate(new Y.Doc()));
  reader.ws.send(empty);
  await until('an empty answer is no refusal', () => reader.frames.length === 1);
  expect([...reader.frames[0]!]).toEqual([100, 1]);
  reader.ws.send(typed('graffiti'));
  await until('the event', () => reader.frames.length === 2);
  expect(reader.frames[1]![0]).toBe(101);
  expect(JSON.parse(reader.frames[1]!.subarray(2).toString())).toMatchObject({ type: 'refused' });
  bob.ws.send(typed('mine'));
  await until('bob is saved', () => bob.frames.length > 0);
  expect(server.rows.map((row) => row.author)).toEqual(['u-bob']);
  expect(bob.frames.filter((frame) => frame[0] === 0)).toEqual([]);
});

test('a silent room still hears from the server, so that stock clients stay', async () => {
  const server = await startEngine({ beatMs: 40 });
  const ann = await listen(server, 'token=ann');
  await until('the beat', () => ann.frames.length > 0);
  expect([...ann.frames[0]!], 'a presence update of nobody').toEqual([1, 1, 0]);
});

test('a peer that does not answer is cut off, and its presence with it', async () => {
  const server = await startEngine({ beatMs: 40 });
  const ann = await listen(server, 'token=ann');
  const bob = await listen(server, 'token=bob');
  ann.ws.send(cursor(1));
  await until('bob sees ann', () => bob.frames.some((frame) => frame.includes('u-ann')));
  (ann.ws as unknown as { _socket: { pause(): void } })._socket.pause();
  await until('bob sees ann leave', () => bob.frames.some((frame) => frame.includes('null')));
  expect(server.sockets.size).toBe(1);
});

test('one connection over the limit: 1013', async () => {
  const server = await startEngine({ maxConnections: 1 });
  await listen(server, 'token=ann');
  expect(await closeCodeOf(await openRaw(server, 'piece', 'token=bob'))).toBe(1013);
});
