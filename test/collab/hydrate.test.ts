import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { hydrate } from '../../server/collab/hydrate.ts';
import { applyStored, newDocument } from '../../shared/document/index.ts';

/** The texts of a document that hold formats: the body, and a footnote. */
const textsOf = (doc: Y.Doc) => [doc.getText('body'), doc.getMap<Y.Text>('footnotes').get('a')!];

test('D1 D6 a piece is opened with what is stored of it, and nothing that Yjs would tidy up beyond that', () => {
  const doc = newDocument();
  doc.getMap('footnotes').set('a', new Y.Text());
  for (const text of textsOf(doc)) {
    text.insert(0, 'Nobody has counted them.');
    text.format(0, 6, { bold: true });
  }
  const state = Y.encodeStateAsUpdate(doc);
  // Of what is bold two people delete a part each at the same time: a mark stays that ends it.
  const edits = [0, 1].map((who) => {
    const own = newDocument();
    applyStored(own, [state]);
    const before = Y.encodeStateVector(own);
    for (const text of textsOf(own)) text.delete(3 * who, 3);
    return Y.encodeStateAsUpdate(own, before);
  });
  applyStored(doc, edits);
  const rows = [state, ...edits].map((update, i) => {
    return { seq: i + 1, author: null, at: new Date(), update };
  });
  const rest = { clientIds: new Map() };
  const whole = { seq: 3, state: Y.encodeStateAsUpdate(doc) };
  for (const stored of [
    { ...rest, snapshot: null, tail: rows },
    { ...rest, snapshot: { seq: 1, state }, tail: rows.slice(1) },
    { ...rest, snapshot: whole, tail: [] },
  ]) {
    const opened = hydrate({ ...stored, locked: false });
    expect(Y.equalSnapshots(Y.snapshot(opened), Y.snapshot(doc))).toBe(true);
    for (const text of textsOf(opened)) expect(text.toJSON()).toBe(' has counted them.');
  }
});
