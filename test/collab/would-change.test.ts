import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { isComplete, partOf } from '../../server/collab/updates/update-parts.ts';
import { wouldChange } from '../../server/collab/writing/would-change.ts';

function docWith(text: string): Y.Doc {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, text);
  return doc;
}

function editsOf(doc: Y.Doc, edit: (body: Y.Text) => void): Uint8Array {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const before = Y.encodeStateVector(copy);
  edit(copy.getText('body'));
  return Y.encodeStateAsUpdate(copy, before);
}

test('R4 what was typed at one place reads as it would, whatever the order of the keystrokes', () => {
  const typing = fc.array(
    fc.record({ at: fc.nat(), text: fc.string({ minLength: 1, maxLength: 4 }), cut: fc.boolean() }),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(typing, fc.nat(5), (strokes, place) => {
      const doc = docWith('abcde');
      let typed = '';
      const update = editsOf(doc, (body) => {
        for (const { at, text, cut } of strokes) {
          const from = at % (typed.length + 1);
          body.insert(place + from, text);
          typed = typed.slice(0, from) + text + typed.slice(from);
          if (!cut) continue;
          body.delete(place + from, 1);
          typed = typed.slice(0, from) + typed.slice(from + 1);
        }
      });
      const { added, removed } = wouldChange(doc, readUpdate(update));
      // Whoever types behind what they have deleted stands beside it, on a line of its own.
      expect([...added.replaceAll('\n', '')].sort().join('')).toBe(
        [...typed.replaceAll('\n', '')].sort().join(''),
      );
      if (!strokes.some(({ cut }) => cut)) expect(added).toBe(typed);
      expect(removed).toBe('');
    }),
  );
});

test('R4 what would go is told in the order of the text, and what is gone is not told again', () => {
  const doc = docWith('one two three');
  const update = editsOf(doc, (body) => {
    body.delete(8, 5);
    body.delete(0, 4);
    body.insert(0, 'new ');
  });
  expect(wouldChange(doc, readUpdate(update))).toEqual({ added: 'new ', removed: 'one three' });
  doc.getText('body').delete(0, 4);
  expect(wouldChange(doc, readUpdate(update))).toEqual({ added: 'new ', removed: 'three' });
  Y.applyUpdate(doc, update);
  expect(wouldChange(doc, readUpdate(update))).toEqual({ added: '', removed: '' });
});

test('P2 an update can be parted by who wrote what, and the parts are the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(30), fc.string(), fc.boolean())), (edits) => {
      const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc()];
      for (const [who, at, text, remove] of edits) {
        const body = docs[who]!.getText('body');
        if (remove)
          body.delete(at % (body.length + 1), Math.min(1, body.length - (at % (body.length + 1))));
        else body.insert(at % (body.length + 1), text);
        for (const other of docs) Y.applyUpdate(other, Y.encodeStateAsUpdate(docs[who]!));
      }
      const whole = Y.encodeStateAsUpdate(docs[0]!);
      const read = readUpdate(whole);
      const [mine, theirs] = [
        partOf(read, (client) => client === docs[0]!.clientID, true),
        partOf(read, (client) => client !== docs[0]!.clientID, false),
      ];
      const rebuilt = new Y.Doc();
      for (const part of [mine, theirs]) if (part) Y.applyUpdate(rebuilt, part);
      expect(Y.equalSnapshots(Y.snapshot(rebuilt), Y.snapshot(docs[0]!))).toBe(true);
      expect(rebuilt.getText('body').toJSON()).toBe(docs[0]!.getText('body').toJSON());
      if (theirs)
        for (const { id } of readUpdate(theirs).structs)
          expect(id.client).not.toBe(docs[0]!.clientID);
    }),
    { numRuns: 200 },
  );
});

test('whether an update builds on something that is not here', () => {
  const doc = docWith('abc');
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  const updates: Uint8Array[] = [];
  copy.on('update', (update: Uint8Array) => updates.push(update));
  const body = copy.getText('body');
  body.insert(3, 'd');
  body.insert(4, 'e');
  body.delete(4, 1);
  const complete = updates.map((update) => isComplete(doc, readUpdate(update)));
  expect(complete).toEqual([true, false, false]);
  expect(isComplete(doc, readUpdate(Y.mergeUpdates(updates)))).toBe(true);
});
