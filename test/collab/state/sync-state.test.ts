import { setImmediate as turn } from 'node:timers/promises';
import * as decoding from 'lib0/decoding';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { effectOf } from '../../../server/collab/apply.ts';
import { cutUpdate } from '../../../server/collab/state/cut.ts';
import { joinState } from '../../../server/collab/state/join.ts';
import { readLarge } from '../../../server/collab/state/read-large.ts';
import { SyncState } from '../../../server/collab/state/sync-state.ts';
import { newDocument } from '../../../shared/document/new-document.ts';
import { messageType, syncType } from '../../../shared/protocol/messages.ts';
import { payloads } from '../../durability/simulated-client.ts';
import { runSeed, seeded } from '../../support/random.ts';

/** A document, what is to be sent of it, and work that is done when the test says. */
function makeState(smallBytes?: number) {
  const doc = newDocument();
  const jobs: (() => void)[] = [];
  const failures: unknown[] = [];
  const is = { whole: true };
  let joined = 0;
  const sync = new SyncState({
    doc: () => doc,
    isWhole: () => is.whole,
    failed: (err) => void failures.push(err),
    ...(smallBytes !== undefined && { smallBytes }),
    work: {
      join: (updates) =>
        new Promise((resolve) => {
          joined++;
          jobs.push(() => resolve(joinState(updates)));
        }),
      cut: async (update, known) => cutUpdate(update, known),
      readLarge: async (update, known, foreign) => readLarge(update, known, foreign),
      merge: async () => new Uint8Array(),
    },
  });
  sync.begin(null, []);
  const edit = (change: (body: Y.Text) => void) => {
    const effect = effectOf(doc, () => doc.transact(() => change(doc.getText('body'))));
    if (effect !== null) sync.add(effect);
  };
  return { doc, sync, edit, jobs, is, failures, joined: () => joined };
}

/** What a client that has some of the document has after an answer, and how it was told. */
function answered(sync: SyncState, has: Y.Doc = new Y.Doc()): { steps: number[]; doc: Y.Doc } {
  const stateVector = Y.encodeStateVector(has);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(has));
  const steps: number[] = [];
  for (const part of sync.answer(stateVector, 'ann')) {
    for (const message of payloads(part)) {
      const decoder = decoding.createDecoder(message);
      expect(decoding.readVarUint(decoder)).toBe(messageType.sync);
      steps.push(decoding.readVarUint(decoder));
      Y.applyUpdate(doc, decoding.readVarUint8Array(decoder));
    }
  }
  return { steps, doc };
}

function expectSame(one: Y.Doc, other: Y.Doc): void {
  expect(one.getText('body').toDelta()).toEqual(other.getText('body').toDelta());
  expect(Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other))).toBe(true);
  expect([one.store.pendingStructs, one.store.pendingDs]).toEqual([null, null]);
}

describe.each([
  ['small pieces', undefined],
  ['large pieces', 0],
])('%s', (_what, smallBytes) => {
  test.each([0, 1, 2, 3, 4, 5].map((n) => runSeed() + n))(
    'R1 whoever asks has the document afterwards, whatever they had before (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const below = (n: number) => random.int(n);
      const { doc, sync, edit, jobs } = makeState(smallBytes);
      const past: Y.Doc[] = [new Y.Doc()];
      for (let i = 0; i < 300; i++) {
        edit((body) => {
          if (below(20) === 0) doc.clientID = 1 + below(2 ** 31);
          const at = below(body.length + 1);
          if (below(4) === 0 && at < body.length) body.delete(at, Math.min(3, body.length - at));
          else if (below(10) === 0) body.format(0, Math.min(5, body.length), { bold: true });
          else body.insert(at, 'word '.repeat(below(3) === 0 ? below(2_000) : 1));
        });
        if (below(10) === 0) {
          const { steps, doc: has } = answered(sync, past[below(past.length)]);
          expect(steps.filter((step) => step === syncType.step2)).toHaveLength(1);
          expect(steps.at(-1), 'a stock client is synchronised by it').toBe(syncType.step2);
          expectSame(has, doc);
          past.push(has);
        }
        if (below(30) === 0) for (const run of jobs.splice(0)) run();
        if (below(5) === 0) await Promise.resolve();
      }
      let whole: Uint8Array | null = null;
      void sync.whole(null).then((state) => (whole = state));
      while (whole === null) {
        for (const run of jobs.splice(0)) run();
        await turn();
      }
      const rebuilt = new Y.Doc();
      Y.applyUpdate(rebuilt, whole);
      expectSame(rebuilt, doc);
    },
  );
});

test('B1 asking again and again writes nothing anew, and has the state written once at most', () => {
  const { edit, sync, joined } = makeState(0);
  for (let i = 0; i < 200; i++) edit((body) => body.insert(0, `${i} `.repeat(100)));
  const frames = sync.answer(new Uint8Array([0]), 'ann');
  for (let i = 0; i < 400; i++) {
    const again = sync.answer(new Uint8Array([0]), 'ann');
    expect(again.every((frame, at) => frame === frames[at])).toBe(true);
  }
  expect(joined()).toBe(1);
});

test('B1 a state that could not be written is tried again, and asking goes on', async () => {
  const doc = newDocument();
  const failures: unknown[] = [];
  const sync = new SyncState({
    ...{ doc: () => doc, isWhole: () => true, smallBytes: 0 },
    ...{ failed: (err) => void failures.push(err) },
    work: {
      join: () => Promise.reject(new Error('no thread')),
      cut: async (update, known) => cutUpdate(update, known),
      readLarge: async (update, known, foreign) => readLarge(update, known, foreign),
      merge: async () => new Uint8Array(),
    },
  });
  doc.getText('body').insert(0, 'words');
  sync.begin(null, [Y.encodeStateAsUpdate(doc)]);
  await expect(sync.whole(null)).rejects.toThrow('no thread');
  expectSame(answered(sync).doc, doc);
});

test('D1 B1 while the document holds a part of a large update, nothing of it is told or written', async () => {
  for (const smallBytes of [undefined, 0]) {
    const { doc, sync, edit, is, jobs } = makeState(smallBytes);
    edit((body) => body.insert(0, 'Before. '));
    const before = new Y.Doc();
    Y.applyUpdate(before, Y.encodeStateAsUpdate(doc));
    const start = new Y.Doc();
    start.getText('body').insert(0, 'Own. ');
    is.whole = false;
    doc.getText('body').insert(8, 'Half of it');
    for (const has of [new Y.Doc(), start]) {
      const { doc: told } = answered(sync, has);
      expect(told.getText('body').toJSON()).not.toContain('Half');
      expect(told.getText('body').toJSON()).toContain('Before. ');
    }
    const whole = sync.whole(null);
    for (const run of jobs.splice(0)) run();
    const rebuilt = new Y.Doc();
    Y.applyUpdate(rebuilt, await whole);
    expectSame(rebuilt, before);
  }
});
