import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { Journal, type JournalListener } from '../../server/collab/journal/journal.ts';
import type { JournalEntry, JournalStore } from '../../server/collab/ports.ts';
import { neverHeld } from '../support/alone.ts';

type Commit = Map<string, { last: number; rows: number }>;

/** A store whose commits the test lets happen, or fail, by hand. */
class HandStore implements JournalStore {
  readonly calls: { entries: readonly JournalEntry[]; ok: () => void; fail: () => void }[] = [];
  readonly rows: JournalEntry[] = [];
  readonly unknown = new Set<string>();

  readonly appendHeld = neverHeld.appendHeld;

  append(entries: readonly JournalEntry[]): Promise<Commit> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        entries,
        ok: () => resolve(this.#commit(entries)),
        fail: () => reject(new Error('the database is away')),
      });
    });
  }

  async call(n: number) {
    while (this.calls.length <= n) await turn();
    return this.calls[n]!;
  }

  #commit(entries: readonly JournalEntry[]): Commit {
    const commit: Commit = new Map();
    for (const entry of entries) {
      if (this.unknown.has(entry.pieceId)) continue;
      this.rows.push(entry);
      const last = this.rows.filter((row) => row.pieceId === entry.pieceId).length;
      commit.set(entry.pieceId, { last, rows: (commit.get(entry.pieceId)?.rows ?? 0) + 1 });
    }
    return commit;
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

function setup(maxPendingBytes = 1_000_000) {
  const store = new HandStore();
  const pressure: boolean[] = [];
  const journal = new Journal(store, {
    maxPendingBytes,
    gapMs: 0,
    log: silent,
    onPressure: (under) => pressure.push(under),
  });
  const committed: number[] = [];
  const gone: string[] = [];
  const queueFor = (pieceId: string) => {
    const listener: JournalListener = {
      committed: (position) => committed.push(position),
      gone: () => gone.push(pieceId),
    };
    return journal.queueFor(pieceId, listener);
  };
  return { store, journal, queueFor, committed, gone, pressure };
}

/** Updates of one document, one a letter. */
function letters(text: string): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  [...text].forEach((letter, i) => doc.getText('body').insert(i, letter));
  return updates;
}

function textOf(rows: readonly JournalEntry[]): string {
  const doc = new Y.Doc();
  for (const row of rows) Y.applyUpdate(doc, row.update);
  return doc.getText('body').toJSON();
}

describe('D3 group commit', () => {
  test('the next flush starts when the last has ended, with all that came meanwhile', async () => {
    const { store, journal, queueFor } = setup();
    const queue = queueFor('a');
    const [h, ...ello] = letters('hello');
    journal.append(queue, 'ann', h!);
    const first = await store.call(0);
    for (const update of ello) journal.append(queue, 'ann', update);
    await turn();
    expect(store.calls).toHaveLength(1);
    first.ok();
    const second = await store.call(1);
    expect(second.entries, 'updates of one piece and author merge').toHaveLength(1);
    second.ok();
    await journal.flushed();
    expect(textOf(store.rows)).toBe('hello');
  });

  test('one commit carries every piece that changed', async () => {
    const { store, journal, queueFor } = setup();
    const [update] = letters('x');
    for (const id of ['a', 'b', 'c']) journal.append(queueFor(id), 'ann', update!);
    const call = await store.call(0);
    expect(call.entries.map((entry) => entry.pieceId)).toEqual(['a', 'b', 'c']);
    call.ok();
    await journal.flushed();
  });

  test('A1 what is more than a letter has a row of its own: cut, pasted or moved', async () => {
    const { store, journal, queueFor } = setup();
    const queue = queueFor('a');
    const doc = new Y.Doc();
    const body = doc.getText('body');
    const acts: (() => void)[] = [
      () => body.insert(0, 'a'),
      () => body.insert(1, 'é'),
      () => body.insert(2, 'three'),
      () => body.insert(7, 'b'),
      () => body.delete(7, 1),
      () => body.delete(2, 5),
      () => body.insert(0, 'three'),
      () => body.insert(5, '😀'),
      () => body.delete(5, 2),
      () => {
        body.delete(0, 5);
        body.insert(1, 'three');
      },
    ];
    doc.on('update', (update: Uint8Array) => journal.append(queue, 'ann', update));
    for (const act of acts) doc.transact(act);
    const call = await store.call(0);
    const sizes = call.entries.map(({ update }) => {
      const { structs, ds } = Y.decodeUpdate(update);
      const deleted = [...ds.clients.values()].flat().map(({ len }) => len);
      return [structs, deleted].map(({ length }) => length > 0);
    });
    // Two letters; three; a letter in and out; out; in; an emoji in and out; a move.
    expect(sizes).toEqual([
      ...[
        [true, false],
        [true, false],
        [true, true],
        [false, true],
      ],
      ...[
        [true, false],
        [true, true],
        [true, true],
      ],
    ]);
    call.ok();
    await journal.flushed();
  });

  test('authors in turn keep their turns', async () => {
    const { store, journal, queueFor } = setup();
    const queue = queueFor('a');
    const updates = letters('abcd');
    ['ann', 'ann', 'bob', 'ann'].forEach((author, i) => {
      journal.append(queue, author, updates[i]!);
    });
    const call = await store.call(0);
    expect(call.entries.map((entry) => entry.author)).toEqual(['ann', 'bob', 'ann']);
    call.ok();
    await journal.flushed();
    expect(textOf(store.rows)).toBe('abcd');
  });
});

test('D1 D4 what waited long for the database is kept with its times, to the second', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  onTestFinished(() => void vi.useRealTimers());
  const { store, journal, queueFor } = setup();
  const queue = queueFor('a');
  const updates = letters('typed while it was away');
  for (const [i, update] of updates.entries()) {
    vi.setSystemTime(i * 400);
    journal.append(queue, 'ann', update);
  }
  (await store.call(0)).ok();
  await journal.flushed();
  expect(store.rows.map(({ at }) => at.getTime())).toEqual(
    Array.from({ length: Math.ceil(updates.length / 3) }, (_, i) => i * 1_200),
  );
  expect(textOf(store.rows)).toBe('typed while it was away');
});

describe('D2 and D4 while the database fails', () => {
  test('nothing counts as committed, and all is written in order when it is back', async () => {
    const { store, journal, queueFor, committed } = setup();
    const queue = queueFor('a');
    const updates = letters('abc');
    journal.append(queue, 'ann', updates[0]!);
    (await store.call(0)).fail();
    journal.append(queue, 'ann', updates[1]!);
    (await store.call(1)).fail();
    journal.append(queue, 'ann', updates[2]!);
    const third = await store.call(2);
    expect(committed).toEqual([]);
    expect(third.entries, 'the group that failed comes first, as it was').toHaveLength(1);
    third.ok();
    (await store.call(3)).ok();
    await journal.flushed();
    expect(committed).toEqual([1, 3]);
    expect(textOf(store.rows)).toBe('abc');
  });

  test('past the bound it asks for backpressure, and lets go below half of it', async () => {
    const { store, journal, queueFor, pressure } = setup(100);
    const queue = queueFor('a');
    const big = new Y.Doc();
    big.getText('body').insert(0, 'x'.repeat(200));
    journal.append(queue, 'ann', Y.encodeStateAsUpdate(big));
    expect(pressure).toEqual([true]);
    (await store.call(0)).fail();
    expect(journal.underPressure).toBe(true);
    (await store.call(1)).ok();
    await journal.flushed();
    expect(pressure).toEqual([true, false]);
    expect(journal.pendingBytes).toBe(0);
  });
});

test('a piece that the database does not know is reported gone, and holds nobody up', async () => {
  const { store, journal, queueFor, gone, committed } = setup();
  store.unknown.add('lost');
  const [update] = letters('x');
  journal.append(queueFor('lost'), 'ann', update!);
  journal.append(queueFor('kept'), 'ann', update!);
  (await store.call(0)).ok();
  await journal.flushed();
  expect(gone).toEqual(['lost']);
  expect(committed).toEqual([1]);
});
