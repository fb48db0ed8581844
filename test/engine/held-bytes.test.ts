import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { Connection } from '../../server/collab/connection/connection.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { encodeSync } from '../../shared/protocol/messages.ts';
import { closeCodeOf, openRaw } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { startEngine } from './bare-engine.ts';

const MiB = 1024 * 1024;

afterEach(() => void vi.restoreAllMocks());

/** An engine that reads no large update until it is let; what its connections wait for is counted. */
async function slowReader() {
  let go = () => {};
  const may = new Promise<void>((resolve) => (go = resolve));
  const held = vi.spyOn(Connection.prototype, 'hold');
  const engine = await startEngine({
    maxFrameBytes: 16 * MiB,
    // It finds out that a peer has gone when it writes to it. Four beats without an answer end a peer, and
    // this process, which is all of them, is busy with 15 MiB for some time.
    beatMs: 500,
    work: {
      readLarge: (...asked) => may.then(() => workInProcess.readLarge(...asked)),
    },
  });
  onTestFinished(() => engine.stop());
  const join = async (token: string) => {
    const ws = new WebSocket(`${engine.url.replace('http', 'ws')}/collab/piece?token=${token}`);
    onTestFinished(() => ws.terminate());
    const code = { of: 0 };
    ws.on('error', () => undefined);
    ws.on('close', (closed: number) => (code.of = closed));
    await once(ws, 'message');
    return { ws, code, end: engine.ends.at(-1)! };
  };
  // A piece is noted as open before it takes its first words: what comes before would wait twice.
  const bob = await join('bob');
  bob.ws.send(words('b', 10));
  await until('his first words are written', () => engine.rows.length === 1);
  held.mockClear();
  return { engine, go, held, join, bob };
}

function words(letter: string, count: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, letter.repeat(count));
  return encodeSync('update', Y.encodeStateAsUpdate(doc));
}

const reset = (ws: WebSocket) => (ws as unknown as { _socket: Socket })._socket.resetAndDestroy();

test('B2 D2 who sends large messages and goes, again and again, has 32 MiB of them waiting, and those are written', async () => {
  const { engine, go, held, join, bob } = await slowReader();
  const codes: number[] = [];
  for (let n = 0; n < 7; n++) {
    const { ws, code, end } = await join('ann');
    const before = held.mock.calls.length;
    ws.send(words('a', 8 * MiB));
    await until('it waits, or is sent away', () => code.of > 0 || held.mock.calls.length > before);
    if (code.of === 0) {
      reset(ws);
      await until('the server knows that she has gone', () => end.destroyed);
    }
    codes.push(code.of);
  }
  // A reset is no code of the server's.
  expect(codes.filter((code) => code === 1013)).toHaveLength(4);
  expect(held).toHaveBeenCalledTimes(3);
  bob.ws.send(words('b', 10));
  await until('a stranger goes on writing', () => engine.rows.length === 2);
  go();
  await until('all that was taken is written', () => engine.rows.length === 5);
  const doc = new Y.Doc();
  for (const { update } of engine.rows) Y.applyUpdate(doc, update);
  expect(doc.getText('body').length).toBe(3 * 8 * MiB + 20);
  await until('sockets are read again', () => engine.rooms.canSave());
  const again = await join('ann');
  again.ws.send(words('c', 8 * MiB));
  await until('and then more is taken', () => engine.rows.length === 6);
  expect([bob.ws.readyState, bob.code.of]).toEqual([1, 0]);
});

test('B2 a person’s connections that have gone with a few bytes each waiting are bounded, too', async () => {
  const { held, join } = await slowReader();
  // All but a mebibyte of what she may have waiting.
  for (const size of [15.5, 15.5]) {
    const { ws } = await join('ann');
    const before = held.mock.calls.length;
    ws.send(words('a', size * MiB));
    await until('it waits', () => held.mock.calls.length > before);
  }
  let gone = 0;
  for (; gone < 100; gone++) {
    const { ws, code, end } = await join('ann');
    const before = held.mock.calls.length;
    ws.send(words('a', 33 * 1024));
    await until('it waits, or is sent away', () => code.of > 0 || held.mock.calls.length > before);
    if (code.of === 1013) break;
    reset(ws);
    await until('the server knows that she has gone', () => end.destroyed);
  }
  expect(gone).toBeGreaterThan(5);
  expect(gone).toBeLessThan(15);
});

test('B2 what somebody says while the piece is being opened is bounded, too', async () => {
  const engine = await startEngine({ maxFrameBytes: 16 * MiB });
  onTestFinished(() => engine.stop());
  let go = () => {};
  const may = new Promise<void>((resolve) => (go = resolve));
  const open = engine.rooms.open.bind(engine.rooms);
  vi.spyOn(engine.rooms, 'open').mockImplementation((...asked) => may.then(() => open(...asked)));
  const ws = await openRaw(engine, 'piece', 'token=ann');
  const closed = closeCodeOf(ws);
  for (let n = 0; n < 5; n++) ws.send(words('a', 8 * MiB));
  expect(await closed).toBe(1013);
  go();
  const again = await openRaw(engine, 'piece', 'token=ann');
  onTestFinished(() => again.terminate());
  for (let n = 0; n < 3; n++) again.send(words('a', 8 * MiB));
  await until('what is within it is written', () => engine.rows.length === 3);
});
