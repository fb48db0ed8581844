import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { newDocument } from '../../shared/document/new-document.ts';
import { PieceLocked } from '../../server/collab/engine.ts';
import { turnsOf } from '../../server/collab/writing/put-in-slices.ts';
import { readLarge } from '../../server/collab/state/read-large.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { until } from '../support/until.ts';
import { RoomPen } from './room-pen.ts';

/** Each typed before the last, so none of them is one item with its neighbour. */
const letters = 30_000;
/** What is done in one turn, in items: some 3 ms. */
const mostAtOnce = 2_501;

function lettersOf(clientID: number, count: number): Y.Doc {
  const doc = newDocument();
  doc.clientID = clientID;
  doc.transact(() => {
    for (let i = 0; i < count; i++) doc.getText('body').insert(0, 'x');
  });
  return doc;
}

const long = Y.encodeStateAsUpdate(lettersOf(5, letters));

/** What `change` does to a copy of a document. */
function madeOn(doc: Y.Doc, clientID: number, change: (doc: Y.Doc) => void): Uint8Array {
  const copy = newDocument();
  copy.clientID = clientID;
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(copy);
  copy.transact(() => change(copy));
  return Y.encodeStateAsUpdate(copy, before);
}

const wiped = (doc: Y.Doc) => madeOn(doc, 9, (copy) => copy.getText('body').delete(0, letters));
const written = (doc: Y.Doc, clientID = 9) =>
  madeOn(doc, clientID, (copy) => {
    for (let i = 0; i < letters; i++) copy.getText('body').insert(0, 'y');
  });

describe('B1 one edit of most of a long piece', () => {
  let server: SimulatedServer;
  let pen: RoomPen;
  /** The items that were written or deleted in one go, at most. */
  let most: number;

  beforeEach(async () => {
    server = new SimulatedServer();
    await server.start();
    pen = new RoomPen(server);
    pen.post(long);
    expect(await pen.outcome()).toBe('saved');
    most = 0;
    server.room.doc.on('afterTransaction', ({ deleteSet, beforeState, afterState }) => {
      let count = 0;
      for (const ranges of deleteSet.clients.values()) for (const { len } of ranges) count += len;
      for (const [client, end] of afterState) count += end - (beforeState.get(client) ?? 0);
      most = Math.max(most, count);
    });
  });

  const body = (doc = server.room.doc) => doc.getText('body').toJSON();
  const merge = (update: Uint8Array, still = () => true) =>
    server.room.edits.merge('ann', { clientId: 9, userId: 'ann' }, { update, still });
  const committed = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const ended = work.finally(() => (done = true));
    ended.catch(() => undefined);
    while (!done) {
      server.commit();
      await turn();
    }
    return ended;
  };

  test('D1 by a deletion of a few bytes goes in in parts, and is one row', async () => {
    const rows = server.room.journal.position;
    const update = wiped(server.room.doc);
    expect(update.length).toBeLessThan(20);
    const other = new RoomPen(server, 'ben');
    const theirs = madeOn(server.room.doc, 77, (doc) => doc.getText('title').insert(0, 'Words'));
    pen.post(update);
    await until('a part of it is gone', () => body().length < letters);
    other.post(theirs);
    expect(body().length, 'in one go').toBeGreaterThan(0);
    expect(server.room.doc.getText('title').length, 'others wait').toBe(0);
    expect(await pen.outcome()).toBe('saved');
    expect(await other.outcome()).toBe('saved');
    for (const doc of [server.room.doc, server.journalled()]) {
      expect([body(doc), doc.getText('title').toJSON()]).toEqual(['', 'Words']);
    }
    expect(server.room.journal.position).toBe(rows + 2);
    expect(most).toBeLessThanOrEqual(mostAtOnce);
  });

  test('D2 by a deletion in which a word waits for others goes in in parts, and the word when it can', async () => {
    const theirs = newDocument();
    theirs.clientID = 9;
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(server.room.doc));
    const updates: Uint8Array[] = [];
    theirs.on('update', (update: Uint8Array) => updates.push(update));
    theirs.getText('title').insert(0, 'One');
    theirs.transact(() => {
      theirs.getText('title').insert(3, ' two');
      theirs.getText('body').delete(0, letters);
    });
    const [first, second] = updates;
    pen.post(second!);
    await until('it is put in', () => body() === '');
    expect(await pen.outcome()).toBe('waiting');
    expect(server.room.doc.getText('title').length).toBe(0);
    const other = new RoomPen(server, 'ann');
    other.post(first!);
    expect(await pen.outcome()).toBe('saved');
    for (const doc of [server.room.doc, server.journalled()]) {
      expect([body(doc), doc.getText('title').toJSON()]).toEqual(['', 'One two']);
    }
    expect(most).toBeLessThanOrEqual(mostAtOnce);
  });

  test('B1 by deletions that each part what a client wrote before all else goes in one by one', async () => {
    // Parting an item moves all that its client wrote later: 400,000 of them 0.2 ms.
    const doc = newDocument();
    doc.clientID = 4;
    doc.getText('body').insert(0, 'y'.repeat(200));
    for (let i = 0; i < 400_000; i++)
      doc.store.clients.get(4)!.push(new Y.GC(new Y.ID(4, 200 + i), 1));
    const update = madeOn(doc, 9, (copy) => {
      for (let i = 0; i < 50; i++) copy.getText('body').delete(i + 1, 1);
    });
    const parts = [...turnsOf(doc, readLarge(update, Y.encodeStateVector(doc), []))];
    const ranges = parts.map((part) => [...Y.decodeUpdate(part.update).ds.clients.values()].flat());
    expect(ranges.filter(([first]) => first!.clock < 200).map(({ length }) => length)).toEqual(
      Array(50).fill(1),
    );
  });

  test('S3 D1 from outside goes in in parts, and is one row', async () => {
    const rows = server.room.journal.position;
    expect(await committed(merge(written(server.room.doc)))).toBe(true);
    for (const doc of [server.room.doc, server.journalled()]) {
      expect(body(doc)).toBe('y'.repeat(letters) + 'x'.repeat(letters));
    }
    expect(server.room.journal.position).toBe(rows + 1);
    expect(most).toBeLessThanOrEqual(mostAtOnce);
  });

  test('S3 from outside is put in where the piece still is what it was made for, asked when nobody else writes any more', async () => {
    const update = written(server.room.doc);
    const before = body();
    expect(await merge(update, () => false)).toBe(false);
    expect(body()).toBe(before);
    const sound: boolean[] = [];
    const merged = merge(update, () => sound.push(server.room.sound) > 0);
    await until('it is asked', () => sound.length > 0);
    await turn();
    expect([sound, server.room.sound]).toEqual([[true], false]);
    await committed(merged);
  });

  test('R4 from outside, locked in the middle, leaves nothing', async () => {
    const before = body();
    const merged = merge(written(server.room.doc));
    const ended = expect(committed(merged)).rejects.toBeInstanceOf(PieceLocked);
    await until('a part of it is in', () => body() !== before);
    server.room.setLocked(true);
    await ended;
    await server.room.state(null);
    expect([body(), body(server.journalled())]).toEqual([before, before]);
  });

  test('R4 A2 that was refused once, and is applied, goes in in parts, as it was planned, and is one row', async () => {
    const rows = server.room.journal.position;
    let plans = 0;
    const plan = async () => {
      // Somebody writes while it is planned for the first time.
      if (plans++ === 0)
        pen.post(madeOn(lettersOf(5, letters), 5, (doc) => doc.getText('title').insert(0, '!')));
      const { seq } = server.room.journal;
      return { seq, update: wiped(server.room.doc), bound: [{ clientId: 9, userId: 'ben' }] };
    };
    await committed(server.room.edits.applyRefused({ author: 'ben', asker: 'ann' }, plan));
    expect(plans).toBe(2);
    expect([body(), body(server.journalled())]).toEqual(['', '']);
    expect(server.room.journal.position).toBe(rows + 2);
    expect(most).toBeLessThanOrEqual(mostAtOnce);
  });
});
