import * as Y from 'yjs';
import { compareDocuments } from '../../../shared/document/compare/index.ts';
import { newDocument, readDocument, type DocumentModel } from '../../../shared/document/index.ts';
import { freshLetters, steps } from '../../fuzz/writers.ts';
import type { Random } from '../../support/random.ts';

/** A piece with something in each of its texts. */
export function somePiece(): Y.Doc {
  const doc = newDocument();
  doc.clientID = 1;
  doc.getText('title').insert(0, 'A title');
  doc.getText('standfirst').insert(0, 'And what it is about');
  const body = doc.getText('body');
  body.insert(0, 'One two three.\nFour five six.\nSeven eight nine.\n');
  body.format(4, 3, { bold: true });
  body.insertEmbed(14, { footnote: 'n1' });
  const note = new Y.Text();
  note.insert(0, 'A note');
  doc.getMap('footnotes').set('n1', note);
  doc.getMap('meta').set('byline', 'Ann');
  return doc;
}

export function copyOf(doc: Y.Doc, clientID: number): Y.Doc {
  const copy = newDocument();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  copy.clientID = clientID;
  return copy;
}

type Edit = (doc: Y.Doc, random: Random) => void;
const letters = freshLetters();
const bodySteps = Object.values(steps).map(
  (step): Edit =>
    (doc, random) =>
      step(doc.getText('body'), random, letters),
);

/** All kinds of edits, in all fields. */
const edits: readonly Edit[] = [
  ...bodySteps,
  (doc, random) => doc.getText('title').insert(random.int(3), letters.next()),
  (doc) => doc.getText('title').format(0, 3, { italic: true }),
  (doc, random) => doc.getText('standfirst').delete(random.int(4), 2),
  (doc, random) => note(doc)?.insert(0, random.pick(['see ', 'cf. '])),
  (doc) => note(doc)?.delete(0, note(doc)?.length ?? 0),
  (doc) => doc.getMap('footnotes').delete('n1'),
  (doc, random) => {
    const text = new Y.Text();
    text.insert(0, `note ${random.int(100)}`);
    doc.getMap('footnotes').set(random.pick(['n1', 'n2']), text);
  },
  (doc, random) => doc.getText('body').insertEmbed(random.int(5), { divider: true }),
  (doc, random) => doc.getMap('meta').set(random.pick(['byline', 'tags']), random.int(100)),
  (doc) => doc.getMap('meta').delete('byline'),
];

function note(doc: Y.Doc): Y.Text | null {
  const text = doc.getMap('footnotes').get('n1');
  return text instanceof Y.Text ? text : null;
}

export function edit(doc: Y.Doc, random: Random, count: number): void {
  for (let i = 0; i < count; i++) random.pick(edits)(doc, random);
}

/** What differs between two states, as an owner is shown it. */
export function differences(before: DocumentModel, after: DocumentModel) {
  const { lines, footnotes, title, standfirst } = compareDocuments(before, after);
  const changed = <T extends { change: string }>(all: readonly T[]) =>
    all.filter(({ change }) => change !== 'same');
  return { title, standfirst, lines: changed(lines), footnotes: changed(footnotes) };
}

export const readAll = (doc: Y.Doc) => ({
  model: readDocument(doc),
  meta: doc.getMap('meta').toJSON() as Record<string, unknown>,
});
