import { describe, expect, test } from 'vitest';
import { SavedLedger } from '../../server/collab/saved.ts';

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
    ledger.refused();
    ledger.received(2);
    expect(ledger.committed(2)).toBe(1);
    expect(ledger.committed(1_000)).toBeNull();
  });
});
