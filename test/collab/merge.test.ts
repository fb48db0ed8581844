import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { mergeUpdates } from '../../server/collab/merge.ts';
import { Outbox } from '../../server/collab/room/outbox.ts';

function keystrokes(count: number): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const body = doc.getText('body');
  for (let i = 0; i < count; i++) body.insert(i, String(i % 10));
  return updates;
}

function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc.getText('body').toJSON();
}

test.each([1, 2, 99, 100, 101, 250, 10_001])(
  '%i updates merge into one that does the same',
  (n) => {
    const updates = keystrokes(n);
    expect(textOf([mergeUpdates(updates)])).toBe(textOf(updates));
  },
);

// Merged at once, these took minutes, in which nobody in any piece heard anything.
test('60,000 keystrokes in one turn are handed on whole, in frames of a bounded size', () => {
  const updates = keystrokes(60_000);
  const delivered: Uint8Array[] = [];
  const outbox = new Outbox<string>({
    members: () => 2,
    isDelivering: () => false,
    presenceOf: () => [],
    deliver: ({ frames: { text } }) => {
      const length = text.readUInt8(1) & 127;
      const header = length < 126 ? 2 : length === 126 ? 4 : 10;
      // 0, 2, and the length of the update as a varUint of one to three bytes.
      let at = header + 2;
      while (text[at]! >= 128) at++;
      delivered.push(text.subarray(at + 1));
    },
  });
  for (const update of updates) outbox.addText(update, 'ann');
  outbox.flush();
  outbox.close();
  expect(delivered).toHaveLength(60);
  expect(textOf(delivered)).toHaveLength(60_000);
});
