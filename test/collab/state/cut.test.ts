import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { hydrateInTurns } from '../../../server/collab/rooms/hydrate.ts';
import { cutUpdate } from '../../../server/collab/state/cut.ts';
import { isComplete } from '../../../server/collab/updates/update-parts.ts';
import { workInProcess } from '../../../server/states/in-process.ts';
import { applyStored, newDocument } from '../../../shared/document/new-document.ts';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import { written } from '../../adversary/long-piece.ts';
import { runSeed, seeded } from '../../support/random.ts';

const nothing = new Uint8Array([0]);

function expectSame(one: Y.Doc, other: Y.Doc): void {
  expect(one.getText('body').toDelta()).toEqual(other.getText('body').toDelta());
  expect(Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other))).toBe(true);
}

/** Several who write into each other's words, and merge. */
function crowd(seed: number): Y.Doc {
  const random = seeded(seed);
  const docs = Array.from({ length: 5 }, (_, i) => {
    const doc = newDocument();
    doc.clientID = 1 + i;
    return doc;
  });
  for (let i = 0; i < 4_000; i++) {
    const doc = random.pick(docs);
    const body = doc.getText('body');
    const at = random.int(body.length + 1);
    if (random.int(4) === 0 && at + 3 < body.length) body.delete(at, 3);
    else if (random.int(10) === 0) body.format(0, Math.min(body.length, 9), { bold: true });
    else body.insert(at, 'abcdef'.slice(random.int(5)));
    if (random.int(20) === 0) {
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(docs), Y.encodeStateVector(doc)));
    }
  }
  for (const other of docs.slice(1)) Y.applyUpdate(docs[0]!, Y.encodeStateAsUpdate(other));
  return docs[0]!;
}

test.each([0, 1, 2].map((n) => runSeed() + n))(
  'B1 an update in slices does the same, and each slice can be applied when its turn comes (seed %i)',
  (seed) => {
    const whole = crowd(seed);
    const { slices } = cutUpdate(Y.encodeStateAsUpdate(whole), nothing);
    expect(slices.length).toBeGreaterThan(5);
    const doc = newDocument();
    for (const slice of slices) {
      const read = Y.decodeUpdate(slice);
      expect(isComplete(doc, read)).toBe(true);
      const ranges = [...read.ds.clients.values()].reduce((sum, list) => sum + list.length, 0);
      expect(read.structs.length + ranges).toBeLessThanOrEqual(250);
      // As a room puts slices in: what Yjs tidies up between two of them would be an edit.
      applyStored(doc, [slice]);
    }
    expectSame(doc, whole);
  },
);

test('B1 D6 a long piece is opened in turns, and is what it was', async () => {
  const state = written(8_000);
  const whole = newDocument();
  Y.applyUpdate(whole, state);
  const tail: Uint8Array[] = [];
  whole.on('update', (update: Uint8Array) => tail.push(update));
  whole.getText('body').insert(3, 'typed');
  whole.getText('body').insert(5, 'pasted '.repeat(8_000));
  whole.getText('body').delete(0, 90);
  const stored = {
    snapshot: { seq: 1, state },
    tail: tail.map((update, i) => ({ seq: 2 + i, author: null, at: new Date(), update })),
    ...{ clientIds: new Map<number, string | null>(), locked: false },
  };
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const { doc, base, since } = await hydrateInTurns(stored, workInProcess, new Set([null]));
  clearInterval(timer);
  expectSame(doc, whole);
  expect(turns).toBeGreaterThan(0);
  const told = newDocument();
  for (const update of [base!.state, ...since]) Y.applyUpdate(told, update);
  expectSame(told, whole);
});

test('R3 what is no update of Yjs is not cut', () => {
  const state = Y.encodeStateAsUpdate(crowd(1));
  expect(() => cutUpdate(state.subarray(0, state.length - 5), nothing)).toThrow(BadFrame);
  expect(() => cutUpdate(new Uint8Array([...state, 7]), nothing)).toThrow(BadFrame);
});
