import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { newDocument } from '../../shared/document/new-document.ts';
import { stateWorkOn } from '../../server/states/on-threads.ts';
import { createWorkers } from '../../server/workers/pool.ts';
import { written } from '../adversary/long-piece.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { until } from '../support/until.ts';
import { RoomPen } from './room-pen.ts';

describe('B1 what somebody sends who may not write is read on a thread, and looked at slice by slice', () => {
  const state = written(12_000);
  const threads = createWorkers({ url: null, maxWaitingTasks: 64, importTimeoutMs: 10_000 });
  const work = stateWorkOn(threads);
  afterAll(() => threads.close());
  let server: SimulatedServer;
  let reader: RoomPen;
  let refused: { reason: string; clientId: number }[];

  // None of these changes the piece.
  beforeAll(async () => {
    server = new SimulatedServer({ work });
    await server.start();
    const pen = new RoomPen(server);
    pen.post(state);
    expect(await pen.outcome()).toBe('saved');
    server.room.refusals.add = ({ reason, clientId }) => void refused.push({ reason, clientId });
  });
  beforeEach(() => {
    refused = [];
    reader = new RoomPen(server, 'rita', 'reader');
  });

  /** What a reader has, with what they did to it. */
  function changed(change: (body: Y.Text) => void, clientID = 77): Uint8Array {
    const doc = newDocument();
    Y.applyUpdate(doc, state);
    doc.clientID = clientID;
    doc.transact(() => change(doc.getText('body')));
    return Y.encodeStateAsUpdate(doc);
  }

  /** The most structs that are read in one turn of the event loop. */
  function mostRead(): () => number {
    let [most, inTurn] = [0, 0];
    const { prototype } = Y.UpdateDecoderV1;
    const read = Object.getOwnPropertyDescriptor(prototype, 'readInfo')!.value as () => number;
    // Not a spy, which would keep each of the calls.
    prototype.readInfo = function (this: Y.UpdateDecoderV1) {
      if (inTurn++ === 0) setImmediate(() => (inTurn = 0));
      most = Math.max(most, inTurn);
      return read.call(this);
    };
    onTestFinished(() => void (prototype.readInfo = read));
    return () => most;
  }

  test('R4 what the piece has is no attempt to edit, and is saved', async () => {
    const before = Y.encodeStateVector(server.room.doc);
    expect(Y.decodeUpdate(state).structs.length).toBeGreaterThan(15_000);
    const most = mostRead();
    reader.post(state, 'step2');
    await until('it is saved', () => {
      server.commit();
      return reader.saved === 1;
    });
    expect(refused).toEqual([]);
    expect(Y.encodeStateVector(server.room.doc)).toEqual(before);
    expect(most(), 'structs in one turn').toBeLessThan(10_000);
  });

  test.each<[string, (body: Y.Text) => void, number]>([
    ['R4 words', (body) => body.insert(5, 'new'), 77],
    ['R4 a deletion', (body) => body.delete(5, 3), 0],
    ['R4 a mark', (body) => body.format(5, 30, { bold: true }), 77],
  ])('%s among it are refused and kept', async (_what, change, clientId) => {
    const text = server.room.doc.getText('body').toJSON();
    reader.post(changed(change), 'step2');
    await until('it is refused', () => refused.length > 0);
    expect(refused).toEqual([{ reason: 'may_not_edit', clientId }]);
    expect(server.room.doc.getText('body').toJSON()).toBe(text);
    expect([reader.code, reader.saved]).toEqual([null, 0]);
  });

  test('R3 other words under ids that are taken cost the connection', async () => {
    const text = Buffer.from(state).toString('latin1');
    reader.post(Buffer.from(text.replaceAll('wor', 'lie'), 'latin1'), 'step2');
    await until('it is judged', () => reader.code !== null || refused.length > 0);
    expect([reader.code, refused]).toEqual([4400, []]);
  });

  test('R4 P1 what somebody brings who was taken off is kept where it is news', async () => {
    const edit = { author: 'leo', reason: 'right_withdrawn' as const };
    server.room.refusals.flushed = async () => undefined;
    await server.room.refuse({ ...edit, update: state }, null);
    expect(refused).toEqual([]);
    await server.room.refuse({ ...edit, update: changed((body) => body.delete(5, 3)) }, null);
    expect(refused).toEqual([{ reason: 'right_withdrawn', clientId: 0 }]);
    await turn();
  });
});
