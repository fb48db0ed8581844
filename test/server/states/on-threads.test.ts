import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { OverShare } from '../../../server/collab/engine.ts';
import { stateWorkOn } from '../../../server/states/on-threads.ts';
import { createWorkers, type Workers } from '../../../server/workers/pool.ts';
import { BadFrame } from '../../../shared/protocol/messages.ts';

const open: Workers[] = [];
afterEach(() => Promise.all(open.splice(0).map((workers) => workers.close())));

/** One thread: who is next is not a matter of how many there are. */
function oneThread(maxWaitingTasks = 64) {
  const workers = createWorkers({ url: null, maxWaitingTasks, importTimeoutMs: 10_000 });
  open.push(workers);
  return stateWorkOn(workers);
}

const by = (...people: (string | null)[]) => new Set(people);
const nothing = new Uint8Array([0]);
const piece = Y.encodeStateAsUpdate(
  (() => {
    const doc = new Y.Doc();
    doc.getText('body').insert(0, 'words '.repeat(10_000));
    return doc;
  })(),
);

test('B2 pieces that one person opens wait for each other, and a stranger’s is opened next', async () => {
  const work = oneThread();
  const done: string[] = [];
  const cut = (name: string, askers: Set<string | null>) =>
    work.cut(piece, nothing, askers).then(() => done.push(name));
  await Promise.all([
    ...Array.from({ length: 6 }, (_, n) => cut(`heavy ${n}`, by('heavy'))),
    cut('stranger', by('stranger')),
  ]);
  expect(done.slice(0, 2)).toEqual(['heavy 0', 'stranger']);
});

test('B2 what a stranger begins to wait for as well comes before what is waited for longer', async () => {
  const work = oneThread();
  const done: string[] = [];
  const askers = Array.from({ length: 6 }, () => by('heavy'));
  const cuts = askers.map((all, n) => work.cut(piece, nothing, all).then(() => done.push(`${n}`)));
  askers[5]!.add('stranger');
  await Promise.all(cuts);
  // While the thread was starting nobody had used anything: the stranger's, which is last, came second.
  expect(done.slice(0, 2)).toEqual(['0', '5']);
});

test('B2 who has too much waiting is refused alone, also where a stranger’s is the next', async () => {
  const work = oneThread(2);
  const mine = [1, 2].map(() => work.join([piece], by('heavy')));
  await expect(work.join([piece], by('heavy'))).rejects.toBeInstanceOf(OverShare);
  const shared = work.join([piece], by('heavy', 'stranger'));
  const own = work.join([piece], by(null));
  expect(await Promise.all([...mine, shared, own])).toHaveLength(4);
});

test('B2 what nobody waits for any more is the server’s own, and not refused', async () => {
  const work = oneThread(1);
  expect(await work.merge([piece, piece], by())).toBeInstanceOf(Uint8Array);
});

test('R3 the fault of an update is told from that of the server', async () => {
  const work = oneThread();
  await expect(work.cut(new Uint8Array([9, 9, 9]), nothing, by('ann'))).rejects.toBeInstanceOf(
    BadFrame,
  );
  await expect(work.merge([piece, piece], by('ann'))).resolves.toEqual(piece);
});
