import { describe, expect, test } from 'vitest';
import { SavedLedger, type Outstanding } from '../../server/collab/journal/saved.ts';

const update = new Uint8Array(2);

describe('D2 saved counts only what a COMMIT holds', () => {
  test('nothing is saved before its journal position is committed', () => {
    const ledger = new SavedLedger();
    ledger.received(1);
    ledger.received(2);
    expect(ledger.committed(0)).toBeNull();
    expect(ledger.committed(1)).toBe(1);
    expect(ledger.committed(1)).toBeNull();
    expect(ledger.committed(2)).toBe(2);
  });

  test('old news waits for the update that made it old', () => {
    const ledger = new SavedLedger();
    ledger.received(5); // Brought nothing, but somebody else's update 5 is still on its way.
    expect(ledger.committed(4)).toBeNull();
    expect(ledger.committed(5)).toBe(1);
  });

  test('messages of one group are reported at once', () => {
    const ledger = new SavedLedger();
    for (const position of [1, 1, 2, 3, 3]) ledger.received(position);
    expect(ledger.committed(3)).toBe(5);
  });

  test('a refused message is never saved, nor is any after it', () => {
    const ledger = new SavedLedger();
    ledger.received(1);
    ledger.refused(null, update);
    ledger.received(2);
    expect(ledger.committed(2)).toBe(1);
    expect(ledger.committed(1_000)).toBeNull();
  });
});

test('D2 a message that is ahead of the document counts when what it builds on is saved too', () => {
  const ledger = new SavedLedger();
  ledger.receivedAhead(new Map([[7, 3]]), update);
  ledger.received(2);
  expect(
    ledger.advanced(
      () => false,
      (message) => message.settle(2),
    ),
  ).toBe(true);
  expect(ledger.committed(2)).toBeNull();
  expect(
    ledger.advanced(
      (reach) => (reach.get(7) ?? 0) <= 3,
      (message) => message.settle(3),
    ),
  ).toBe(false);
  expect(ledger.committed(2)).toBeNull();
  expect(ledger.committed(3)).toBe(2);
});

test('a message that is ahead does not take a refused one along', () => {
  const ledger = new SavedLedger();
  ledger.receivedAhead(new Map([[7, 3]]), update);
  ledger.refused(null, update);
  ledger.advanced(
    () => true,
    (message) => message.settle(1),
  );
  expect(ledger.committed(1)).toBe(1);
  expect(ledger.committed(1_000)).toBeNull();
});

test('R4 a refused message counts when it is in the piece after all, and is saved there', () => {
  const ledger = new SavedLedger();
  ledger.received(1);
  ledger.refused(new Map([[7, 3]]), update);
  ledger.refused(new Map([[7, 4]]), update);
  ledger.received(1);
  expect(ledger.committed(1)).toBe(1);
  expect(
    ledger.advanced(
      (reach) => (reach.get(7) ?? 0) <= 3,
      (message) => message.settle(2),
    ),
  ).toBe(true);
  expect(ledger.committed(2)).toBeNull();
  expect(
    ledger.advanced(
      () => true,
      (message) => message.settle(3),
    ),
  ).toBe(false);
  expect(ledger.committed(2)).toBeNull();
  expect(ledger.committed(3)).toBe(4);
});

test('D2 a message in doubt holds up what came after it, until it is found in the journal', () => {
  const ledger = new SavedLedger();
  const message = ledger.receivedInDoubt(update);
  ledger.refused(null, update);
  ledger.received(1);
  expect(ledger.committed(1)).toBeNull();
  message.settle(1);
  expect(ledger.committed(1)).toBe(1);
  expect(ledger.committed(1_000)).toBeNull();
});

test('B3 what waits on one connection is bounded: more of it never counts', () => {
  const ledger = new SavedLedger();
  for (let i = 0; i < 5_001; i++) ledger.receivedAhead(new Map([[7, i]]), update);
  let kept = 0;
  const reached = (message: Outstanding) => {
    kept += message.updates.length;
    message.settle(1);
  };
  ledger.advanced(() => true, reached);
  expect([kept, ledger.committed(1)]).toEqual([5_000, 5_000]);
  for (let i = 0; i < 3; i++) ledger.refused(new Map([[7, i]]), new Uint8Array(2 * 1024 * 1024));
  ledger.advanced(() => true, reached);
  expect([kept, ledger.committed(1_000)]).toEqual([5_002, null]);
});
