import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { onlyTidies } from '../../server/collab/tidying.ts';

/** A document, and what `change` sends from a copy of it. */
function sent(write: (body: Y.Text) => void, change: (body: Y.Text) => void) {
  const doc = new Y.Doc();
  write(doc.getText('body'));
  const copy = new Y.Doc();
  copy.getText('body');
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(copy);
  change(copy.getText('body'));
  return { doc, update: readUpdate(Y.encodeStateAsUpdate(copy, before)) };
}

test('R4 a copy that tidies marks which format nothing makes no attempt to edit', () => {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'One. Two.');
  const ben = new Y.Doc();
  Y.applyUpdate(ben, Y.encodeStateAsUpdate(doc));
  doc.getText('body').format(0, 3, { bold: true });
  ben.getText('body').delete(0, 3);
  // As it is loaded from the database: without knowing that it is a text, Yjs tidies nothing up.
  const stored = new Y.Doc();
  for (const from of [doc, ben]) Y.applyUpdate(stored, Y.encodeStateAsUpdate(from));
  const watching = new Y.Doc();
  watching.getText('body');
  for (const from of [doc, ben]) Y.applyUpdate(watching, Y.encodeStateAsUpdate(from));
  const state = Y.encodeStateAsUpdate(watching);
  expect(Y.snapshotContainsUpdate(Y.snapshot(stored), state), 'it is news').toBe(false);
  expect(onlyTidies(stored, readUpdate(state))).toBe(true);
});

test.each<[string, (body: Y.Text) => void]>([
  ['types', (body) => body.insert(1, 'x')],
  ['deletes', (body) => body.delete(1, 1)],
  ['makes bold', (body) => body.format(5, 2, { bold: true })],
  ['takes bold off', (body) => body.format(0, 3, { bold: null })],
])('R4 who %s makes an attempt to edit', (_what, change) => {
  const bold = (body: Y.Text) => {
    body.insert(0, 'One. Two.');
    body.format(0, 3, { bold: true });
  };
  const { doc, update } = sent(bold, change);
  expect(onlyTidies(doc, update)).toBe(false);
});
