import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { Derived } from '../../server/collab/rooms/derived.ts';
import type { Room } from '../../server/collab/room/room.ts';
import { silentLog } from '../support/silent-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Of a room with two rows more than was written down; `fail` lets what is under way fail. */
function derived() {
  let fail: (cause: Error) => void = () => undefined;
  let tries = 0;
  const room = {
    ...{
      pieceId: 'piece',
      doc: new Y.Doc(),
      sound: true,
      headChanged: false,
      changedAt: new Date(),
    },
    journal: { seq: 2, whenSaved: async () => undefined },
    state: async () => new Uint8Array(),
  } as unknown as Room;
  const one = new Derived(
    room,
    {
      store: {} as never,
      log: silentLog,
      snapshotEvery: 500,
      onChanged: () => {
        tries++;
        return new Promise((_resolve, reject) => (fail = reject));
      },
    },
    { snapshotSeq: 0, toldSeq: 0 },
  );
  return { one, fail: () => fail(new Error('the database is closed')), tries: () => tries };
}

test('what fails is tried again', async () => {
  const { one, fail, tries } = derived();
  const tending = one.tend(1);
  fail();
  await tending;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(tries()).toBe(2);
});

test.each([
  ['fails after it', (one: Derived, fail: () => void) => [one.close(), fail()]],
  ['fails before it', (one: Derived, fail: () => void) => [fail(), one.close()]],
  [
    'is committed after it',
    (one: Derived, fail: () => void) => [one.close(), one.committed(), fail()],
  ],
] as const)(
  'D5 nothing waits to be tried again once a room is closed, whatever %s: the process can end',
  async (_what, end) => {
    const { one, fail, tries } = derived();
    const tending = one.last();
    await vi.advanceTimersByTimeAsync(0);
    end(one, fail);
    await tending;
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tries()).toBe(1);
  },
);
