import { expect, test } from 'vitest';
import { runSeed, seeded } from '../support/random.ts';
import * as Y from 'yjs';
import { readUpdate } from '../../server/collab/updates/read-update.ts';
import { readingOf } from './room-pen.ts';
import { onlyTidies } from '../../server/collab/tidy/tidying.ts';

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

test.each([0, 1, 2, 3].map((n) => runSeed() + n))(
  'R4 marks that are taken out are no edit where, and only where, all text reads the same (seed %i)',
  (seed) => {
    const random = seeded(seed);
    const answers = { same: 0, other: 0 };
    for (let round = 0; round < 300; round++) {
      const doc = new Y.Doc();
      const body = doc.getText('body');
      body.insert(0, 'abcdefgh');
      for (let i = 0; i < 8; i++) {
        const from = random.int(Math.max(1, body.length - 1));
        const formats = { [random.pick(['bold', 'italic'])]: random.pick([true, null]) };
        if (random.int(3) > 0) body.format(from, Math.min(3, body.length - from), formats);
        else if (body.length > 2) body.delete(from, 1);
      }
      const before = JSON.stringify(readingOf(body));
      const marks: Y.Item[] = [];
      for (let item = body._start; item !== null; item = item.right) {
        if (!item.deleted && item.content instanceof Y.ContentFormat) marks.push(item);
      }
      const gone = marks.filter(() => random.int(4) === 0);
      if (gone.length === 0) continue;
      const known = Y.encodeStateVector(doc);
      const copy = new Y.Doc();
      copy.getText('body');
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
      doc.transact((transaction) => gone.forEach((mark) => mark.delete(transaction)));
      const same = JSON.stringify(readingOf(body)) === before;
      answers[same ? 'same' : 'other']++;
      const update = readUpdate(Y.encodeStateAsUpdate(doc, known));
      expect(onlyTidies(copy, update), before).toBe(same);
    }
    expect(Math.min(answers.same, answers.other)).toBeGreaterThan(5);
  },
);
