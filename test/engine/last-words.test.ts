import { once } from 'node:events';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { Overloaded } from '../../server/collab/engine.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { encodeSync } from '../../shared/protocol/messages.ts';
import { closeCodeOf } from '../support/raw-socket.ts';
import { until } from '../support/until.ts';
import { startEngine } from './bare-engine.ts';

afterEach(() => void vi.useRealTimers());

/** An engine that reads no large update until it is let. */
async function slowReader(idleMs?: number) {
  let go = () => {};
  const may = new Promise<void>((resolve) => (go = resolve));
  const read = vi.fn();
  const engine = await startEngine({
    ...(idleMs !== undefined && { idleMs }),
    work: {
      async readLarge(...asked) {
        read();
        await may;
        return workInProcess.readLarge(...asked);
      },
    },
  });
  onTestFinished(() => engine.stop());
  return { engine, go, read };
}

type Engine = Awaited<ReturnType<typeof startEngine>>;

function words(count: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'x'.repeat(count));
  return Y.encodeStateAsUpdate(doc);
}

/** A former writer who answers the server's question; resolves with what their connection is closed with. */
async function sayLastWords(engine: Engine, update: Uint8Array): Promise<Promise<number>[]> {
  const ws = new WebSocket(`${engine.url.replace('http', 'ws')}/collab/piece?token=former`);
  onTestFinished(() => ws.terminate());
  const closed = closeCodeOf(ws);
  await once(ws, 'message');
  ws.send(encodeSync('step2', update));
  // In a list, so that it is not waited for.
  return [closed];
}

test('R4 a piece is not let go while the last words of a former writer are being looked at', async () => {
  const { engine, go, read } = await slowReader(50);
  const [closed] = await sayLastWords(engine, words(100_000));
  await until('they are being read', () => read.mock.calls.length === 1);
  await engine.rooms.open('another', 'bob');
  await until('another that became idle later is let go', () => engine.rooms.size < 2);
  const room = await engine.rooms.open('piece', null);
  expect(room.settled).toBe(false);
  go();
  expect(await closed).toBe(4403);
  expect(engine.kept).toMatchObject([{ author: 'u-former', reason: 'right_withdrawn' }]);
  await until('then it is let go, too', () => engine.rooms.size === 0);
});

test('R4 a former writer is not told that all is done where the piece is closed meanwhile: they come again', async () => {
  const { engine, go, read } = await slowReader();
  const [closed] = await sayLastWords(engine, words(100_000));
  await until('they are being read', () => read.mock.calls.length === 1);
  engine.rooms.closePiece('piece');
  go();
  expect(await closed).toBe(1013);
  expect(engine.kept).toEqual([]);
});

test.each([
  ['few', 10],
  ['many', 100_000],
])('R4 last words, %s, of a piece that closes are not taken for kept', async (_many, count) => {
  const { engine, go } = await slowReader();
  const room = await engine.rooms.open('piece', 'u-former');
  const last = { author: 'u-former', update: words(count), reason: 'right_withdrawn' as const };
  const kept = expect(room.refuse(last, null)).rejects.toBeInstanceOf(Overloaded);
  engine.rooms.closePiece('piece');
  go();
  await kept;
  await expect(room.refuse(last, null), 'nor when it has closed').rejects.toThrow(Overloaded);
});

test('R4 a former writer whose words cannot be kept in time is told to come again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
  const { engine, go, read } = await slowReader();
  const [closed] = await sayLastWords(engine, words(100_000));
  await until('they are being read', () => read.mock.calls.length === 1);
  vi.advanceTimersByTime(5_000);
  expect(await closed).toBe(1013);
  go();
  await until('what was sent is kept all the same', () => engine.kept.length === 1);
  const [again] = await sayLastWords(engine, words(100_000));
  expect(await again).toBe(4403);
});
