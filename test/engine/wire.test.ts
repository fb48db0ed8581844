import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import * as Y from 'yjs';
import { Journal } from '../../server/collab/journal.ts';
import type { JournalEntry } from '../../server/collab/ports.ts';
import { Rooms } from '../../server/collab/rooms.ts';
import { CollabSocket } from '../../server/collab/socket.ts';
import { encodePresence, encodeSync } from '../../shared/protocol/messages.ts';
import { encodePresenceEntry, joinPresence } from '../../shared/protocol/presence.ts';
import { closeCodeOf, openRaw } from '../support/raw-socket.ts';
import { silentLog } from '../support/silent-log.ts';
import { until } from '../support/until.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The engine alone on a real socket; the journal is a list, so that its commits can be held up. */
async function startEngine({ beatMs = 60_000, maxConnections = 100 } = {}) {
  const rows: JournalEntry[] = [];
  let gate: Promise<void> = Promise.resolve();
  const journal = new Journal(
    {
      async append(entries) {
        await gate;
        rows.push(...entries);
        return new Map([['piece', { last: rows.length, rows: entries.length }]]);
      },
    },
    { maxPendingBytes: 1e6, gapMs: 0, log: silentLog, onPressure: () => undefined },
  );
  const rooms = new Rooms({
    journal,
    store: {
      load: async () => ({ snapshot: null, tail: [], clientIds: new Map(), locked: false }),
      rowsAfter: async () => [],
      saveSnapshot: async () => undefined,
    },
    reader: { holds: async (_pieceId, asked) => asked.map(() => 'held' as const) },
    refused: { find: async () => null, keep: async () => 'r-1' },
    maxRefusedBytes: 1e6,
    maxPieceBytes: 1e8,
    log: silentLog,
    idleMs: 60_000,
    snapshotEvery: 500,
    onChanged: async () => undefined,
  });
  const http = createServer();
  const sockets = new CollabSocket(http, {
    rooms,
    log: silentLog,
    maxFrameBytes: 1e6,
    maxConnections,
    beatMs,
    originAllowed: (origin) => origin === undefined || origin === 'https://news.example',
    admit: async ({ token }) => ({
      ok: true,
      person: { id: `u-${token}`, name: `${token}`, color: '#123456' },
      role: token === 'reader' ? 'reader' : 'writer',
      credential: { kind: 'token', id: `t-${token}`, expiresAt: null },
    }),
    lastsUntil: async () => null,
    sessionOf: () => null,
    addressOf: () => '127.0.0.1',
    mustWait: async () => null,
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  cleanups.push(async () => {
    await rooms.stop();
    await sockets.close(200);
    http.close();
  });
  return {
    url,
    rows,
    sockets,
    /** Holds commits up until the returned function is called. */
    holdCommits() {
      let release = () => {};
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
  };
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

test('what one turn brought goes out as one write per member: text merged, presence with it', async () => {
  const server = await startEngine();
  const ann = await listen(server, 'token=ann');
  const bob = await listen(server, 'token=bob');
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
