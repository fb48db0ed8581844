import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { newDocument } from '../../shared/document/new-document.ts';
import { lettersBefore } from '../adversary/attacks/far-places.ts';
import { SimulatedServer } from '../durability/simulated-server.ts';
import { workInProcess } from '../../server/states/in-process.ts';
import { runSeed, seeded } from '../support/random.ts';
import { rounds } from '../support/test-length.ts';
import { until } from '../support/until.ts';
import { RoomPen } from './room-pen.ts';

/** What several wrote into each other's words, in `edits` steps: the updates, in order. */
function crowd(seed: number, edits: number): Uint8Array[] {
  const random = seeded(seed);
  const updates: Uint8Array[] = [];
  const docs = Array.from({ length: 4 }, (_, i) => {
    const doc = newDocument();
    doc.clientID = 1 + i;
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'another') updates.push(update);
    });
    return doc;
  });
  for (let i = 0; i < edits; i++) {
    const doc = random.pick(docs);
    const body = doc.getText('body');
    const at = random.int(body.length + 1);
    if (random.int(4) === 0 && at + 3 < body.length) body.delete(at, 3);
    else if (random.int(10) === 0) {
      const start = random.int(Math.max(1, body.length - 9));
      body.format(start, Math.min(body.length - start, 9), { bold: random.pick([true, null]) });
    } else body.insert(at, 'abcdef'.slice(random.int(5)));
    if (random.int(20) === 0) {
      const known = Y.encodeStateVector(doc);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(docs), known), 'another');
    }
  }
  return updates;
}

function documentOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = newDocument();
  doc.transact(() => updates.forEach((update) => Y.applyUpdate(doc, update)));
  return doc;
}

/** The same letters in the same order, with the same ids, and looking the same. */
function expectSame(one: Y.Doc, other: Y.Doc): void {
  expect(one.getText('body').toDelta()).toEqual(other.getText('body').toDelta());
  expect(Y.decodeStateVector(Y.encodeStateVector(one))).toEqual(
    Y.decodeStateVector(Y.encodeStateVector(other)),
  );
}

async function started(): Promise<SimulatedServer> {
  const server = new SimulatedServer();
  await server.start();
  return server;
}

const seeds = Array.from({ length: rounds(1) }, (_, n) => runSeed() + n);

describe.each(seeds)('a large update (seed %i)', (seed) => {
  const updates = crowd(seed, 5_000);
  const all = Y.mergeUpdates(updates);
  const allWritten = documentOf([all]);
  const random = seeded(seed);
  const from = random.int(Math.floor(updates.length / 2));

  test('D1 B1 in slices ends in the document that Yjs makes of it, and in one row of the journal', async () => {
    const server = await started();
    const pen = new RoomPen(server);
    if (from > 0) {
      pen.post(Y.mergeUpdates(updates.slice(0, from)));
      expect(await pen.outcome()).toBe('saved');
    }
    const rows = server.room.journal.position;
    const sizes: number[] = [];
    server.room.doc.on('update', (update: Uint8Array) => {
      const { structs, ds } = Y.decodeUpdate(update);
      const ranges = [...ds.clients.values()].reduce((sum, list) => sum + list.length, 0);
      sizes.push(structs.length + ranges);
    });
    expect(all.length).toBeGreaterThan(32 * 1024);
    pen.post(all);
    expect(await pen.outcome()).toBe('saved');
    // One by one, as they were written.
    expectSame(server.room.doc, documentOf(updates));
    expectSame(server.journalled(), allWritten);
    expect(server.room.journal.position).toBe(rows + 1);
    expect(sizes.length, 'slices').toBeGreaterThan(20);
    // Deletions that go through a struct part it, and what Yjs tells of a slice has more ranges then.
    expect(Math.max(...sizes), 'structs and deletions in one').toBeLessThanOrEqual(400);
  });

  test('R3 D2 what others type meanwhile waits, is built on all of it, and is saved', async () => {
    const server = await started();
    const pen = new RoomPen(server);
    const other = new RoomPen(server, 'ben');
    const theirs = newDocument();
    pen.post(all);
    await turn();
    theirs.getText('body').insert(0, 'Meanwhile. ');
    other.post(Y.encodeStateAsUpdate(theirs));
    expect(await pen.outcome()).toBe('saved');
    expect(await other.outcome()).toBe('saved');
    const whole = documentOf([all, Y.encodeStateAsUpdate(theirs)]);
    expectSame(server.room.doc, whole);
    expectSame(server.journalled(), whole);
  });

  test('D2 a crash in the middle leaves nothing of it, and it can be sent again', async () => {
    const server = await started();
    new RoomPen(server).post(all);
    for (let i = random.int(20); i > 0; i--) await turn();
    server.crash({ committed: random.int(2) === 0 });
    await server.start();
    const pen = new RoomPen(server);
    pen.post(all);
    expect(await pen.outcome()).toBe('saved');
    expectSame(server.journalled(), allWritten);
  });

  test('R3 R1 one that breaks off in its last slice costs its connection, and leaves nothing', async () => {
    const server = await started();
    const pen = new RoomPen(server);
    const [known, more] = [updates.slice(0, from + 1), updates.slice(from + 1)];
    pen.post(Y.mergeUpdates(known));
    expect(await pen.outcome()).toBe('saved');
    const other = new RoomPen(server, 'ben');
    // Under a clientID of its own, other words than the piece has; as the last in order.
    const forger = newDocument();
    forger.clientID = 0;
    forger.getText('title').insert(0, 'one');
    other.post(Y.encodeStateAsUpdate(forger));
    expect(await other.outcome()).toBe('saved');
    const liar = newDocument();
    liar.clientID = 0;
    liar.getText('title').insert(0, 'two');
    pen.post(Y.mergeUpdates([...more, Y.encodeStateAsUpdate(liar)]));
    expect(await pen.outcome()).toBe('closed');
    // A key beside words that are being taken back would wait for them.
    while (!server.room.sound) await turn();
    other.post(keyOf(server.room.doc));
    expect(await other.outcome()).toBe('saved');
    for (const doc of [server.room.doc, server.journalled()]) {
      expect(doc.getText('title').toJSON()).toBe('one');
      expect(doc.getText('body').toJSON()).toBe(`!${documentOf(known).getText('body').toJSON()}`);
    }
    // What it had claimed is claimed by whoever sends the words in earnest.
    const again = new RoomPen(server);
    again.post(Y.mergeUpdates(more));
    expect(await again.outcome()).toBe('saved');
  });

  test('R4 P1 locked in the middle, it is as if it had come after', async () => {
    const server = await started();
    const pen = new RoomPen(server);
    const before = Y.encodeStateVector(server.room.doc);
    const { refusals } = server.room;
    const refused: unknown[] = [];
    refusals.add = (one) => void refused.push(one.reason);
    pen.post(all);
    while (Y.encodeStateVector(server.room.doc).length === before.length) await turn();
    server.room.setLocked(true);
    while (refused.length === 0) {
      server.commit();
      await turn();
    }
    expect(refused).toEqual(['piece_locked']);
    expect(server.room.sound).toBe(true);
    expect(server.room.doc.getText('body').length).toBe(0);
    expect([pen.code, pen.saved]).toEqual([null, 0]);
  });
});

test('D1 R4 a state that is written while a large update is put in holds nothing of it, should it be taken back', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const server = new SimulatedServer({
    work: {
      ...workInProcess,
      join: (updates, askers) => held.then(() => workInProcess.join(updates, askers)),
    },
  });
  await server.start();
  const { room } = server;
  const edit = (change: (body: Y.Text) => void) =>
    void room.edits.edit(null, (doc) => change(doc.getText('body')));
  // More bytes than are written at once, and next to nothing once they are written.
  for (let i = 0; i < 4; i++) edit((body) => body.insert(0, 'gone '.repeat(3_000)));
  edit((body) => body.delete(0, body.length));
  void room.state(null);
  // Waits for that to be written, and finds that more has come since.
  const state = room.state(null);
  edit((body) => body.insert(0, 'Stays.'));
  const pen = new RoomPen(server);
  pen.post(Y.mergeUpdates(crowd(runSeed(), 5_000)));
  await until('a part of it is in', () => room.doc.getText('body').length > 6);
  expect(room.sound).toBe(false);
  release();
  for (let turns = 0; turns < 5; turns++) await turn();
  room.setLocked(true);
  let written: Y.Doc | null = null;
  void state.then((bytes) => (written = documentOf([bytes])));
  const isWritten = () => {
    server.commit();
    return written;
  };
  expect((await until('it is written', isWritten)).getText('body').toJSON()).toBe('Stays.');
});

test('D1 D6 a state holds what waited when it was asked for, also where what that waits for comes meanwhile', async () => {
  let release = () => {};
  let held = Promise.resolve();
  const server = new SimulatedServer({
    work: {
      ...workInProcess,
      join: (updates, askers) => held.then(() => workInProcess.join(updates, askers)),
    },
  });
  await server.start();
  const { room } = server;
  const pen = new RoomPen(server);
  const long = newDocument();
  for (let i = 0; i < 12; i++) {
    long.getText('body').insert(0, 'gone '.repeat(3_000));
    pen.post(Y.encodeStateAsUpdate(long, Y.encodeStateVector(room.doc)));
    expect(await pen.outcome()).toBe('saved');
  }
  const more = newDocument();
  more.getText('standfirst').insert(0, 'More.');
  const doc = newDocument();
  doc.clientID = 7;
  doc.getText('title').insert(0, 'First ');
  const first = Y.encodeStateAsUpdate(doc);
  const known = Y.encodeStateVector(doc);
  doc.getText('title').insert(6, 'second');
  const second = Y.encodeStateAsUpdate(doc, known);
  pen.post(second);
  await expect
    .poll(() => (server.commit(), server.journalled().store.pendingStructs))
    .not.toBeNull();
  await room.state(null);
  held = new Promise<void>((resolve) => (release = resolve));
  pen.post(Y.encodeStateAsUpdate(more, Y.encodeStateVector(room.doc)));
  const state = room.state(null);
  pen.post(first);
  release();
  expect(
    documentOf([await state, first])
      .getText('title')
      .toJSON(),
  ).toBe('First second');
});

test('R3 B1 letters that each look for their place among all others are put in one by one, and end at a bound', async () => {
  const server = await started();
  const pen = new RoomPen(server);
  const doc = newDocument();
  doc.getText('body').insert(0, 'x');
  pen.post(Y.encodeStateAsUpdate(doc));
  doc.transact(() => {
    for (let i = 0; i < 30_000; i += 1) doc.getText('body').insert(0, 'x');
  });
  pen.post(Y.encodeStateAsUpdate(doc));
  expect(await pen.outcome()).toBe('saved');
  let most = 0;
  server.room.doc.on('update', (update: Uint8Array) => {
    const { structs } = Y.decodeUpdate(update);
    if (server.room.doc.getText('body').length > 30_500) most = Math.max(most, structs.length);
  });
  pen.post(lettersBefore(doc.clientID, 3_000));
  expect(await pen.outcome()).toBe('closed');
  expect(most).toBeLessThanOrEqual(1);
  expect(server.journalled().getText('body').toJSON()).toBe('x'.repeat(30_001));
});

test('B3 R3 an update of more clientIDs than a piece may have is not taken', async () => {
  const server = await started();
  const pen = new RoomPen(server);
  const update = letterOfEach(20_001);
  expect(Y.decodeUpdate(update).structs.length).toBe(20_001);
  pen.post(update);
  expect(await pen.outcome()).toBe('closed');
  expect(server.room.journal.position).toBe(0);
});

/** A letter of each of so many clients, all at the beginning of the body. */
function letterOfEach(clients: number): Uint8Array {
  const [string, byName] = [4, 1];
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, clients);
    for (let client = clients; client > 0; client--) {
      for (const number of [1, client, 0]) encoding.writeVarUint(encoder, number);
      encoding.writeUint8(encoder, string);
      encoding.writeVarUint(encoder, byName);
      for (const text of ['body', 'x']) encoding.writeVarString(encoder, text);
    }
    encoding.writeVarUint(encoder, 0);
  });
}

function keyOf(doc: Y.Doc): Uint8Array {
  const copy = newDocument();
  copy.clientID = 77;
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(copy);
  copy.getText('body').insert(0, '!');
  return Y.encodeStateAsUpdate(copy, before);
}
