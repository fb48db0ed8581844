import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { applyUpdate, hasReached, stateSince } from '../../server/collab/apply.ts';

/** Six letters and two deletions, one update each, by one author. */
function keystrokes(): { updates: Uint8Array[]; author: Y.Doc } {
  const author = new Y.Doc();
  const updates: Uint8Array[] = [];
  author.on('update', (update: Uint8Array) => updates.push(update));
  const body = author.getText('body');
  [...'abcdef'].forEach((letter, i) => body.insert(i, letter));
  body.delete(5, 1);
  body.delete(4, 1);
  return { updates, author };
}

test('D2 every update that is ahead of the document is kept as it is, not only the first', () => {
  const { updates, author } = keystrokes();
  const doc = new Y.Doc();
  const [rebuilt, told] = [new Y.Doc(), new Y.Doc()];
  // The first letter comes last, as from a client that types while it is coming back.
  for (const i of [1, 2, 3, 4, 5, 6, 7]) {
    const { effect, kept, ahead } = applyUpdate(doc, updates[i]!, null);
    expect(kept, `update ${i}`).toEqual(updates[i]);
    expect(hasReached(doc, ahead!)).toBe(false);
    expect(effect, 'nobody is told what cannot be read yet').toBeNull();
    Y.applyUpdate(rebuilt, kept!);
  }
  const { effect, kept, ahead } = applyUpdate(doc, updates[0]!, null);
  expect(ahead).toBeNull();
  Y.applyUpdate(rebuilt, kept!);
  Y.applyUpdate(told, effect!);
  for (const copy of [doc, rebuilt, told]) {
    expect(copy.getText('body').toJSON()).toBe('abcd');
    expect(Y.equalSnapshots(Y.snapshot(copy), Y.snapshot(author))).toBe(true);
  }
});

test('an update that is here already is no news, also while another one waits', () => {
  const { updates } = keystrokes();
  const doc = new Y.Doc();
  for (const i of [0, 1, 3]) applyUpdate(doc, updates[i]!, null);
  expect(applyUpdate(doc, updates[1]!, null)).toEqual({
    effect: null,
    kept: null,
    ahead: null,
    more: false,
  });
});

test('the state that a client is given holds nothing that waits', () => {
  const { updates } = keystrokes();
  const doc = new Y.Doc();
  for (const i of [0, 1, 3, 7]) applyUpdate(doc, updates[i]!, null);
  const given = new Y.Doc();
  Y.applyUpdate(given, stateSince(doc));
  expect(given.getText('body').toJSON()).toBe('ab');
  expect([given.store.pendingStructs, given.store.pendingDs]).toEqual([null, null]);
  applyUpdate(doc, updates[2]!, null);
  applyUpdate(doc, updates[4]!, null);
  expect(doc.getText('body').toJSON(), 'what waited is not forgotten').toBe('abcd');
});

test.each([
  ['of nothing but new edits', () => undefined],
  ['that deletes, too', (body: Y.Text) => body.delete(4, 1)],
])('what Yjs tidies up after an update %s is kept, and its sender needs it', (_what, also) => {
  const start = new Y.Doc();
  start.getText('body').insert(0, 'One. Two.');
  const [ann, ben, server, rebuilt] = [new Y.Doc(), new Y.Doc(), new Y.Doc(), new Y.Doc()];
  for (const doc of [ann, ben, server, rebuilt]) {
    doc.getText('body');
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(start));
  }
  const sent: Uint8Array[] = [];
  for (const doc of [ann, ben]) doc.on('update', (update: Uint8Array) => sent.push(update));
  ben.getText('body').delete(0, 3);
  ann.transact(() => {
    ann.getText('body').format(0, 3, { bold: true });
    also(ann.getText('body'));
  });
  const applied = sent.map((update) => applyUpdate(server, update, null));
  expect(applied.map(({ more }) => more)).toEqual([false, true]);
  for (const { effect, kept } of applied) {
    for (const doc of [ann, ben]) Y.applyUpdate(doc, effect!);
    Y.applyUpdate(rebuilt, kept!);
  }
  for (const doc of [ann, ben, rebuilt]) {
    expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(server))).toBe(true);
  }
});
