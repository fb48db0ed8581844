import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { History } from '../../../client/editor/index.ts';
import { AwaitedEdit } from '../../../client/editor/undo/awaited-edit.ts';
import { replacePassage } from '../../../shared/document/editing/replace-passage.ts';

const words = fc.array(fc.constantFrom('buses', 'cheap', 'pay', 'they', 'for'), { maxLength: 5 });
const passage = words.map((all) => all.join(' '));

const sync = (from: Y.Doc, to: Y.Doc) =>
  Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'remote');

/** A copy of a document, for somebody else to write in. */
function copyOf(doc: Y.Doc, clientID: number): Y.Doc {
  const copy = new Y.Doc();
  copy.clientID = clientID;
  copy.getText('body');
  sync(doc, copy);
  return copy;
}

test('an edit that the server made in one’s name is undone whole, and nothing that others wrote with it', () => {
  const scene = {
    original: passage,
    replacement: passage,
    isNew: fc.boolean(),
    typed: fc.boolean(),
  };
  fc.assert(
    fc.property(fc.record(scene), ({ original, replacement, isNew, typed }) => {
      fc.pre(original !== replacement);
      const doc = new Y.Doc();
      doc.clientID = 1;
      const body = doc.getText('body');
      const history = new History(body);
      const other = copyOf(doc, 2);
      other.getText('body').insert(0, `Night. ${original}. End\n`);
      other.getText('body').format(7, original.length, { bold: true });
      sync(other, doc);
      if (typed) doc.transact(() => body.insert(0, 'Mine. '), history.origin);
      const from = body.toJSON().indexOf('Night. ') + 7;
      const before = body.toDelta() as unknown;

      const awaited = new AwaitedEdit(body, from, from + original.length);
      expect(awaited.read()).toBe(null);
      const server = copyOf(doc, 900);
      replacePassage(server.getText('body'), from, from + original.length, replacement);
      // Somebody types at the same moment, and it comes in the same update; perhaps their first word.
      const beside = isNew ? copyOf(doc, 3) : other;
      sync(doc, beside);
      const there = beside.getText('body');
      there.insert(there.toJSON().indexOf('End'), 'New ');
      sync(beside, server);
      sync(server, doc);
      expect(body.toJSON()).toContain(`Night. ${replacement}. New End`);

      const told: string[] = [];
      history.adopt(awaited.read()!, () => told.push(body.toJSON()));
      expect(history.canUndo).toBe(true);
      history.undo();
      expect(body.toJSON()).toContain(`Night. ${original}. New End`);
      expect(told).toEqual([body.toJSON()]);
      expect(history.canRedo).toBe(false);
      body.delete(body.toJSON().indexOf('New '), 4);
      expect(body.toDelta()).toEqual(before);
      expect(history.undo()).toBe(typed);
      history.destroy();
    }),
  );
});
