import { describe, expect, test } from 'vitest';
import { Ledger } from '../../../client/collab/ledger.ts';

describe('D2 what of one’s own is saved, by the server’s word alone', () => {
  test('an edit is unsaved until the message that holds it is reported', () => {
    const ledger = new Ledger();
    expect(ledger.hasUnsaved).toBe(false);
    ledger.connected();
    ledger.sent(); // The answer to the server's question: nothing of one's own is in it.
    ledger.edited();
    ledger.sent();
    expect(ledger.saved(1), 'the report says nothing of the edit').toBe(false);
    expect(ledger.hasUnsaved).toBe(true);
    expect(ledger.saved(2)).toBe(true);
    expect(ledger.hasUnsaved).toBe(false);
    expect(ledger.isWaiting).toBe(false);
  });

  test('what is written while a report is on its way stays unsaved', () => {
    const ledger = new Ledger();
    ledger.connected();
    ledger.edited();
    ledger.sent();
    ledger.edited();
    ledger.sent();
    expect(ledger.saved(1)).toBe(true);
    expect(ledger.hasUnsaved).toBe(true);
    expect(ledger.saved(1), 'the same report again is no news').toBe(false);
    expect(ledger.saved(2)).toBe(true);
    expect(ledger.hasUnsaved).toBe(false);
  });

  test('a new connection counts from the start, and its answer holds all that was not saved', () => {
    const ledger = new Ledger();
    ledger.connected();
    for (let i = 0; i < 5; i++) {
      ledger.edited();
      ledger.sent();
    }
    expect(ledger.saved(2)).toBe(true);
    ledger.edited(); // While it is away.
    ledger.connected();
    expect(ledger.isWaiting).toBe(false);
    expect(ledger.saved(0)).toBe(false);
    ledger.sent();
    expect(ledger.hasUnsaved).toBe(true);
    expect(ledger.saved(1)).toBe(true);
    expect(ledger.hasUnsaved).toBe(false);
  });

  test('an edit that was never sent is not saved by any report', () => {
    const ledger = new Ledger();
    ledger.connected();
    ledger.sent();
    ledger.edited();
    expect(ledger.saved(7)).toBe(false);
    expect(ledger.hasUnsaved).toBe(true);
  });
});
