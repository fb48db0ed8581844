import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { mergeUpdates } from '../../server/collab/merge.ts';
import { Meter } from '../../server/collab/meter.ts';
import { Tally } from '../../server/collab/tally.ts';
import { Refusals, type Refusal } from '../../server/collab/writing/refusals.ts';
import { wouldChange } from '../../server/collab/writing/would-change.ts';
import { silentLog } from '../support/silent-log.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** The refusals of a room that stores nothing, and counts what each step was given, in bytes. */
function refusing({ burst = 1e9, maxBytes = 1e9 } = {}) {
  const spent = { merged: 0, here: 0, described: 0, stored: 0, writes: 0 };
  const rows = new Map<string, Uint8Array>();
  const told: Refusal[] = [];
  const refusals = new Refusals({
    tally: new Tally(),
    ...{ pieceId: 'piece', log: silentLog, maxBytes },
    share: new Meter({ burst, perSecond: 1, now: () => 0 }),
    store: {
      find: async () => null,
      forget: async () => undefined,
      async keep({ author, update }) {
        rows.set(author, update);
        spent.stored += update.length;
        spent.writes++;
        return `row of ${author}`;
      },
    },
    async merge(updates) {
      spent.merged += updates.reduce((sum, { length }) => sum + length, 0);
      return mergeUpdates(updates);
    },
    async describe(update) {
      spent.described += update.length;
      return { added: '', removed: '' };
    },
    changed: () => undefined,
  });
  const add = (author: string, update: Uint8Array) =>
    refusals.add(
      { author, clientId: 1, reason: 'may_not_edit', update },
      { refused: (refusal) => told.push(refusal) },
    );
  return { refusals, spent, rows, told, add };
}

/** What somebody types, insert by insert, each of `length` letters. */
function* inserts(count: number, length: number): Generator<Uint8Array> {
  const doc = new Y.Doc();
  let last: Uint8Array | null = null;
  doc.on('update', (update: Uint8Array) => (last = update));
  for (let n = 0; n < count; n++) {
    doc.getText('body').insert(0, String.fromCharCode(97 + (n % 26)).repeat(length));
    yield last!;
  }
}

async function pass(ms: number): Promise<void> {
  for (let i = 0; i < ms; i += 100) {
    await vi.advanceTimersByTimeAsync(100);
    await turn();
  }
}

test('B1 a long refused edit is written the more rarely, the longer it is, and never in vain', async () => {
  const { refusals, spent, rows, add } = refusing();
  let bytes = 0;
  for (const update of inserts(100, 30_000)) {
    add('ann', update);
    bytes += update.length;
    await pass(1_000);
  }
  await refusals.flushed();
  expect(spent.stored, 'not all of it each second').toBeLessThan(100 * 2 * 64 * 1024 + 2 * bytes);
  expect(spent.described).toBe(spent.stored);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, rows.get('ann')!);
  expect(doc.getText('body').length, 'all of it is kept').toBe(3_000_000);
});

test('B1 what is long is merged off the event loop', async () => {
  const { refusals, spent, add } = refusing();
  for (const update of inserts(48, 70_000)) add('ann', update);
  await refusals.flushed();
  expect(spent.merged).toBeGreaterThan(48 * 70_000);
  expect(spent.writes).toBeLessThan(4);
});

test('R4 who is refused for the first time is told at once, and a stop waits for no gap', async () => {
  const { refusals, told, add } = refusing();
  const [first, ...more] = [...inserts(40, 100_000)];
  add('ann', first!);
  await pass(100);
  expect(told).toMatchObject([{ kept: true }]);
  for (const update of more) add('ann', update);
  const stored = refusals.flushed();
  await turn();
  for (let n = 0; n < 20; n++) await turn();
  await stored;
  expect(refusals.settled).toBe(true);
});

test('B2 what one person takes of being refused is bounded, in all pieces, and nobody else is', async () => {
  const { refusals, told, add } = refusing({ burst: 1_000_000 });
  let kept = 0;
  for (const update of inserts(100, 50_000)) {
    add('ann', update);
    await refusals.flushed();
    if (told.at(-1)?.kept === true) kept++;
  }
  expect(kept).toBeGreaterThan(10);
  expect(kept).toBeLessThan(30);
  const [update] = [...inserts(1, 50_000)];
  add('bob', update!);
  await refusals.flushed();
  expect(told.at(-1)).toMatchObject({ kept: true });
});

test('B1 what is removed of a long piece is told without going through the piece', () => {
  const doc = new Y.Doc();
  const text = doc.getText('body');
  // Each letter is an item of its own: it was typed before the one before it.
  for (let n = 0; n < 60_000; n++) text.insert(0, String(n % 10));
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  let update = new Uint8Array();
  other.on('update', (bytes: Uint8Array) => (update = bytes as typeof update));
  other.getText('body').delete(59_000, 3);
  let looked = 0;
  for (let item = doc.getText('body')._start; item !== null; item = item.right) {
    const { right } = item;
    Object.defineProperty(item, 'right', {
      get: () => {
        looked++;
        return right;
      },
    });
  }
  looked = 0;
  const change = wouldChange(doc, Y.decodeUpdate(update));
  expect([...change.removed].sort().join('')).toBe('789');
  expect(looked).toBeLessThan(30_000);
});
