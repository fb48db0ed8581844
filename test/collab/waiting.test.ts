import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyUpdate, hasWaiting, stateSince, waitingIn } from '../../server/collab/apply.ts';
import { hydrate } from '../../server/collab/rooms/hydrate.ts';
import { deletionsUpdate } from '../../server/collab/updates/update-parts.ts';
import {
  mostWaitingDeletions,
  waitingSize,
  waitsForTooMuch,
  waitsOf,
} from '../../server/collab/writing/waiting.ts';
import { waitingDeletions } from '../../server/collab/writing/waiting-deletions.ts';
import { runSeed, seeded } from '../support/random.ts';

function isTooMuch(doc: Y.Doc, update: Uint8Array): boolean {
  const waits = waitsOf(Y.decodeUpdate(update), (client) => Y.getState(doc.store, client));
  return waitsForTooMuch(doc, waits, update.length);
}

function deletions(ranges: Iterable<[client: number, clock: number, len: number]>): Uint8Array {
  const clients = new Map<number, { clock: number; len: number }[]>();
  for (const [client, clock, len] of ranges) {
    const list = clients.get(client) ?? [];
    clients.set(client, list);
    list.push({ clock, len });
  }
  return deletionsUpdate({ clients });
}

/** Letters, marks and deletions of three authors who hear of each other now and then. */
function manyUpdates(seed: number): Uint8Array[] {
  const random = seeded(seed);
  const authors = [1, 2, 3].map((id) => {
    const doc = new Y.Doc();
    doc.clientID = id;
    return doc;
  });
  const updates: Uint8Array[] = [];
  for (const doc of authors) {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'other') updates.push(update);
    });
  }
  for (let i = 0; i < 120; i++) {
    const doc = random.pick(authors);
    const body = doc.getText('body');
    if (random.int(3) === 0 && body.length > 3) body.delete(random.int(body.length - 3), 3);
    else body.insert(random.int(body.length + 1), 'abcdef'.slice(0, 1 + random.int(6)));
    if (random.int(6) === 0) {
      const from = random.pick(authors);
      const state = Y.encodeStateAsUpdate(from, Y.encodeStateVector(doc));
      if (from !== doc) Y.applyUpdate(doc, state, 'other');
    }
  }
  return updates;
}

function expectSame(one: Y.Doc, other: Y.Doc): void {
  expect(one.getText('body').toJSON()).toBe(other.getText('body').toJSON());
  expect(Y.equalSnapshots(Y.snapshot(one), Y.snapshot(other))).toBe(true);
}

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => runSeed() + n))(
  'B3 D6 updates in any order are the document that Yjs makes of them, also where it was stored between (seed %i)',
  (seed) => {
    const random = seeded(seed);
    const updates = manyUpdates(seed);
    const order = updates.map((update) => ({ update, at: random.next() }));
    order.sort((a, b) => a.at - b.at);
    const plain = new Y.Doc();
    plain.getText('body');
    let doc = new Y.Doc();
    doc.getText('body');
    for (const { update } of order) {
      Y.applyUpdate(plain, update);
      applyUpdate(doc, update, null);
      expect(doc.store.pendingDs, 'Yjs has no deletions to read anew').toBeNull();
      if (random.int(20) > 0) continue;
      const states = [stateSince(doc), ...waitingIn(doc)];
      const rows = states.map((state, i) => {
        return { seq: i + 1, author: null, at: new Date(), update: state };
      });
      doc = hydrate({ snapshot: null, tail: rows, clientIds: new Map(), locked: false });
    }
    expectSame(doc, plain);
    expect(hasWaiting(doc)).toBe(false);
  },
);

test('B3 a piece that an older build let wait for a million deletions is opened, and waits for them', () => {
  const count = 1_000_000;
  const ranges = function* (): Generator<[number, number, number]> {
    for (let i = 0; i < count / 2; i++) yield [77, 2 * i, 1];
    for (let i = 0; i < count / 2; i++) yield [1_000 + i, 5, 3];
  };
  const rows = [deletions(ranges())].map((update) => {
    return { seq: 1, author: null, at: new Date(), update };
  });
  const doc = hydrate({ snapshot: null, tail: rows, clientIds: new Map(), locked: false });
  expect(doc.store.pendingDs).toBeNull();
  expect(waitingDeletions(doc).count).toBe(count);
  expect(waitingSize(doc), 'it is no reason to call the piece full').toBeLessThan(64 * 1024);

  const author = new Y.Doc();
  author.clientID = 77;
  author.getText('body').insert(0, 'abcdefgh');
  const { effect, kept } = applyUpdate(doc, Y.encodeStateAsUpdate(author), null);
  expect(doc.getText('body').toJSON()).toBe('bdfh');
  expect(kept, 'the journal has the deletions').toEqual(Y.encodeStateAsUpdate(author));
  const told = new Y.Doc();
  Y.applyUpdate(told, effect!);
  expect(told.getText('body').toJSON()).toBe('bdfh');
  expect(waitingDeletions(doc).touches([author.clientID + 1])).toBe(false);
});

test.each<[string, () => Uint8Array]>([
  [
    'deletions of many clients',
    () => deletions(Array.from({ length: mostWaitingDeletions + 1 }, (_, i) => [i + 1, 9, 1])),
  ],
  [
    'many tiny deletions of one client',
    () => deletions(Array.from({ length: mostWaitingDeletions + 1 }, (_, i) => [1, 2 * i, 1])),
  ],
  [
    'deletions at huge clocks',
    () =>
      deletions(
        Array.from({ length: mostWaitingDeletions + 1 }, (_, i) => [2 ** 31 + i, 2 ** 52, 2 ** 40]),
      ),
  ],
  [
    'words that build on what is not there',
    () => {
      const author = new Y.Doc();
      author.getText('body').insert(0, 'a');
      const before = Y.encodeStateVector(author);
      author.getText('body').insert(1, 'b'.repeat(70_000));
      return Y.encodeStateAsUpdate(author, before);
    },
  ],
])('B3 %s: above the bound a document does not wait for them', (_what, make) => {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'words');
  const update = make();
  expect(isTooMuch(doc, update)).toBe(true);
});

test('B3 words that are whole, and deletions of what is there, wait for nothing, however large they are', () => {
  const author = new Y.Doc();
  author.getText('body').insert(0, 'a'.repeat(100_000));
  const state = Y.encodeStateAsUpdate(author);
  const doc = new Y.Doc();
  expect(isTooMuch(doc, state)).toBe(false);
  Y.applyUpdate(doc, state);
  const gone = deletions(
    Array.from({ length: 2 * mostWaitingDeletions }, (_, i) => [author.clientID, 2 * i, 1]),
  );
  expect(isTooMuch(doc, gone)).toBe(false);
});

test('B3 what waits already is journalled once, however often it comes', () => {
  const author = new Y.Doc();
  author.getText('body').insert(0, 'a');
  const before = Y.encodeStateVector(author);
  author.getText('body').insert(1, 'bc');
  author.getText('body').delete(2, 1);
  const ahead = Y.encodeStateAsUpdate(author, before);
  const doc = new Y.Doc();
  doc.getText('body');
  expect(applyUpdate(doc, ahead, null).kept).toEqual(ahead);
  for (let i = 0; i < 3; i++) {
    const again = applyUpdate(doc, ahead, null);
    expect(again.kept).toBeNull();
    expect(again.ahead).not.toBeNull();
  }
});
