import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyStored, leaveTidyingToServer, newDocument } from '../../shared/document/index.ts';

/** "Nobody has counted them.", with some of it bold, as an update. */
function partlyBold(from: number, length: number): Uint8Array {
  const doc = newDocument();
  const body = doc.getText('body');
  body.insert(0, 'Nobody has counted them.');
  body.format(from, length, { bold: true });
  return Y.encodeStateAsUpdate(doc);
}

test('who deletes the end of bold words makes nothing bold that follows', () => {
  const doc = newDocument();
  applyStored(doc, [partlyBold(7, 3)]);
  doc.getText('body').delete(8, 2);
  expect(doc.getText('body').toDelta()).toEqual([
    { insert: 'Nobody ' },
    { insert: 'h', attributes: { bold: true } },
    { insert: ' counted them.' },
  ]);
});

/** The state of a document in which marks are left that format nothing. */
function untidy(): Uint8Array {
  const bold = partlyBold(0, 6);
  const doc = newDocument();
  applyStored(doc, [bold]);
  // Of what is bold two people delete a part each at the same time.
  for (const who of [0, 1]) {
    const own = newDocument();
    applyStored(own, [bold]);
    own.getText('body').delete(3 * who, 3);
    applyStored(doc, [Y.encodeStateAsUpdate(own)]);
  }
  return Y.encodeStateAsUpdate(doc);
}

/** What a document does to the updates of others, as updates of its own. */
function ownUpdates(doc: Y.Doc, apply: () => void): number {
  let transactions = 0;
  doc.on('update', () => transactions++);
  apply();
  return transactions - 1;
}

test('D1 what is stored is put in as it is: Yjs would tidy it up', () => {
  const stored = newDocument();
  expect(ownUpdates(stored, () => applyStored(stored, [untidy()]))).toBe(0);
  // What comes later is another matter.
  const later = newDocument();
  applyStored(later, []);
  expect(ownUpdates(later, () => Y.applyUpdate(later, untidy()))).toBe(1);
});

test('who leaves the tidying to the server edits nothing by opening a piece', () => {
  const doc = newDocument();
  leaveTidyingToServer(doc);
  expect(ownUpdates(doc, () => Y.applyUpdate(doc, untidy()))).toBe(0);
});
