import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { encodeSync } from '../../shared/protocol/messages.ts';
import { startEngine } from '../engine/bare-engine.ts';
import { closeCodeOf, openRaw } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';

type Engine = Awaited<ReturnType<typeof startEngine>>;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options?: Parameters<typeof startEngine>[0]): Promise<Engine> {
  const engine = await startEngine(options);
  cleanups.push(() => engine.stop());
  return engine;
}

/** A socket, once the server has said something: whether by its first message or its close code. */
async function join(engine: Engine, token: string): Promise<WebSocket> {
  const ws = knock(engine, token);
  await Promise.race([once(ws, 'message'), once(ws, 'close')]);
  return ws;
}

function knock(engine: Engine, token: string): WebSocket {
  const ws = new WebSocket(`${engine.url.replace('http', 'ws')}/collab/piece?token=${token}`);
  ws.on('error', () => undefined);
  cleanups.push(() => ws.terminate());
  return ws;
}

/** The beginning of a masked binary frame of `length` bytes; its content is still to come. */
function frameHead(length: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = 0x82;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

const tcpOf = (ws: WebSocket) => (ws as unknown as { _socket: Socket })._socket;

/** A handshake by hand, by somebody who then neither reads nor answers what is expected of them. */
async function rawHandshake(engine: Engine, path: string): Promise<Socket> {
  const { hostname, port } = new URL(engine.url);
  const tcp = connectTcp(Number(port), hostname);
  tcp.on('error', () => undefined);
  await once(tcp, 'connect');
  tcp.write(
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  cleanups.push(() => void tcp.destroy());
  return tcp;
}

const MiB = 1024 * 1024;

test('B2 who is not signed in hears 4401, and what they go on sending is not taken in', async () => {
  const engine = await start({ maxFrameBytes: 16 * MiB });
  const ws = await openRaw(engine, 'piece', '');
  const closed = closeCodeOf(ws);
  tcpOf(ws).write(frameHead(16 * MiB));
  tcpOf(ws).write(Buffer.alloc(15 * MiB));
  expect(await closed).toBe(4401);
  await until('the socket is gone', () => engine.ends[0]!.destroyed);
  expect(engine.ends[0]!.bytesRead).toBeLessThan(0.5 * MiB);
});

test.each(['/collab/piece', '/collab/piece?ext=1', '/nowhere', '/collab/a/b'])(
  'B2 %s: a peer that never answers is cut off',
  async (path) => {
    const engine = await start();
    const tcp = await rawHandshake(engine, path);
    tcp.pause();
    await until('the server takes it', () => engine.ends.length === 1);
    const [end] = engine.ends;
    if (!end!.destroyed) await once(end!, 'close');
    expect(engine.sockets.size).toBe(0);
  },
);

test('B2 while it is found out who somebody is, nothing of them is read; then all of it is', async () => {
  let open = () => {};
  const door = new Promise<void>((resolve) => (open = resolve));
  const engine = await start({ maxFrameBytes: 16 * MiB, atTheDoor: () => door });
  const ws = knock(engine, 'ann');
  await once(ws, 'open');
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'x'.repeat(8 * MiB));
  ws.send(encodeSync('update', Y.encodeStateAsUpdate(doc)));
  await until('no more goes out', () => tcpOf(ws).writableLength > 0);
  expect(engine.ends[0]!.bytesRead).toBeLessThan(0.5 * MiB);
  open();
  await until('it is written', () => engine.rows.length > 0);
});

test('B2 those who are at the door, or on their way out, take no place from who comes in', async () => {
  let open = () => {};
  let door: Promise<void> = Promise.resolve();
  const engine = await start({ maxConnections: 2, atTheDoor: () => door });
  const strangers = await Promise.all(
    Array.from({ length: 20 }, () => rawHandshake(engine, '/collab/piece')),
  );
  for (const tcp of strangers) tcp.pause();
  await until('they are told to go', () => engine.sockets.size === 20);
  const ann = await join(engine, 'ann');
  door = new Promise<void>((resolve) => (open = resolve));
  for (let n = 0; n < 20; n++) await once(knock(engine, 'cat'), 'open');
  door = Promise.resolve();
  const bob = await join(engine, 'bob');
  expect([ann.readyState, bob.readyState]).toEqual([1, 1]);
  open();
});

test('B2 one person has all places while nobody else wants them, and then a fair share', async () => {
  const engine = await start({ maxConnections: 10 });
  const anns = [];
  for (let n = 0; n < 10; n++) anns.push(await join(engine, 'ann'));
  const told = anns.map((ws) => {
    const code = { of: 0 };
    ws.on('close', (closed: number) => (code.of = closed));
    return code;
  });
  expect(await closeCodeOf(knock(engine, 'ann')), 'she has most of them').toBe(1013);
  for (const name of ['bob', 'bob', 'cat', 'bob', 'bob']) {
    expect((await join(engine, name)).readyState).toBe(1);
  }
  await until('she gave some', () => told.filter(({ of }) => of === 1013).length === 5);
  expect(told.slice(0, 5).map(({ of }) => of)).toEqual([0, 0, 0, 0, 0]);
  expect(await closeCodeOf(knock(engine, 'bob')), 'he would have as many').toBe(1013);
});

test('B2 unfinished messages of one person are bounded in all, and cost nobody else', async () => {
  const engine = await start({ maxFrameBytes: MiB });
  const anns = await Promise.all(Array.from({ length: 8 }, () => join(engine, 'ann')));
  const bob = await join(engine, 'bob');
  for (const ws of [...anns, bob]) {
    tcpOf(ws).write(frameHead(MiB));
    tcpOf(ws).write(Buffer.alloc(0.9 * MiB));
  }
  const codes = await new Promise<number[]>((resolve) => {
    const closed: number[] = [];
    for (const ws of anns) {
      ws.on('close', (code: number) => {
        closed.push(code);
        if (closed.length === 6) resolve(closed);
      });
    }
  });
  expect(codes).toEqual([1013, 1013, 1013, 1013, 1013, 1013]);
  expect(bob.readyState).toBe(1);
  expect(anns.filter((ws) => ws.readyState === 1)).toHaveLength(2);
});
