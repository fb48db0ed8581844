import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { stateWorkOn } from '../../server/states/on-threads.ts';
import { createWorkers } from '../../server/workers/pool.ts';
import { strayDeletions } from '../adversary/attacks/stray-deletions.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { until } from '../support/until.ts';
import { RoomPen } from './room-pen.ts';

describe('B1 what is not taken is read on a thread alone', () => {
  test.each([
    ['R4 words above the size of a piece', () => letters(5, 60_000).all, null, ['piece_full']],
    ['B3 words that wait for others', () => letters(5, 60_000).behind, null, ['piece_full']],
    ['B3 deletions of what nobody wrote', () => strayDeletions(1, 200_000), 4400, []],
  ])('%s', async (_what, make, code, refused) => {
    const threads = oneThread();
    const work = stateWorkOn(threads);
    try {
      const server = new SimulatedServer({ work, maxPieceBytes: 100_000 });
      await server.start();
      const pen = new RoomPen(server);
      const reasons: string[] = [];
      server.room.refusals.add = ({ reason }) => void reasons.push(reason);
      const update = make();
      const decoded = [
        vi.spyOn(Y.UpdateDecoderV1.prototype, 'readInfo'),
        vi.spyOn(Y.UpdateDecoderV1.prototype, 'readDsLen'),
      ];
      pen.post(update);
      await until('it is judged', () => pen.code !== null || reasons.length > 0);
      expect([pen.code, reasons]).toEqual([code, refused]);
      // Other files share this process, and what they have not ended yet may read something small.
      const ofUpdate = (decoder: unknown) =>
        (decoder as Y.UpdateDecoderV1).restDecoder.arr.length > update.length / 2;
      expect(decoded.map((spy) => spy.mock.contexts.filter(ofUpdate).length)).toEqual([0, 0]);
      expect(server.room.journal.position).toBe(0);
    } finally {
      vi.restoreAllMocks();
      await threads.close();
    }
  });
});

test('R4 B1 what is refused and long is merged on the thread of the server, and kept', async () => {
  const threads = oneThread();
  const work = stateWorkOn(threads);
  try {
    const server = new SimulatedServer({ work });
    await server.start();
    const { room } = server;
    const told = new Promise<boolean>((resolve) => {
      const author = { refused: ({ kept }: { kept: boolean }) => resolve(kept) };
      for (const client of [5, 6]) {
        const refused = { author: 'ann', reason: 'unconfirmed' as const, clientId: 0 };
        room.refusals.add({ ...refused, update: letters(client, 10_000).all }, author);
      }
    });
    await room.refusals.flushed();
    expect(await told).toBe(true);
  } finally {
    await threads.close();
  }
});

function oneThread() {
  return createWorkers({ url: null, maxWaitingTasks: 64, importTimeoutMs: 10_000 });
}

/** Letters, and the same without the first one, before which all stand. */
function letters(client: number, count: number): { all: Uint8Array; behind: Uint8Array } {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.getText('body').insert(0, 'x');
  const before = Y.encodeStateVector(doc);
  doc.transact(() => {
    for (let i = 0; i < count; i++) doc.getText('body').insert(0, 'x');
  });
  return { all: Y.encodeStateAsUpdate(doc), behind: Y.encodeStateAsUpdate(doc, before) };
}
