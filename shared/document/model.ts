import * as Y from 'yjs';
import { normalDelta } from './delta/delta.ts';
import { headDelta, headFields, headOf, type DocumentHead } from './head.ts';
import { readText } from './delta/read-text.ts';
import { changeMeta, readMeta, type Meta } from './meta.ts';
import { sharedTypes, type DeltaOp } from './schema.ts';

/**
 * A document as plain values, its title and standfirst as in `DocumentHead`. `body` and each footnote are normal deltas (see `normalDelta`); a
 * footnote has no block attributes, and a "\n" in it divides its paragraphs.
 */
export interface DocumentModel extends DocumentHead {
  body: DeltaOp[];
  footnotes: Record<string, DeltaOp[]>;
  /** In the order of the names; absent where there is none. */
  meta?: Meta;
}

/** The present state of a document. Never throws, whatever clients have written. */
export function readDocument(doc: Y.Doc): DocumentModel {
  const footnotes: [string, DeltaOp[]][] = [];
  doc.getMap(sharedTypes.footnotes).forEach((value, id) => {
    if (value instanceof Y.Text) footnotes.push([id, readText(value)]);
    else if (typeof value === 'string') footnotes.push([id, normalDelta([{ insert: value }])]);
  });
  footnotes.sort(([a], [b]) => (a < b ? -1 : 1));
  const meta = readMeta(doc.getMap(sharedTypes.meta));
  return {
    ...headOf({
      title: readText(doc.getText(sharedTypes.title)),
      standfirst: readText(doc.getText(sharedTypes.standfirst)),
    }),
    body: readText(doc.getText(sharedTypes.body)),
    footnotes: Object.fromEntries(footnotes),
    ...(Object.keys(meta).length > 0 && { meta }),
  };
}

/**
 * Puts the first content into a fresh document, in one transaction. Only the server may do this,
 * once per piece: two copies of the same first content merge into both (D7).
 * @throws RangeError when the document already holds text.
 */
export function writeDocument(doc: Y.Doc, model: DocumentModel, origin?: unknown): void {
  const head = headFields.map((field) => [field, doc.getText(sharedTypes[field])] as const);
  const body = doc.getText(sharedTypes.body);
  const footnotes = doc.getMap(sharedTypes.footnotes);
  const meta = doc.getMap(sharedTypes.meta);
  const length = head.reduce((sum, [, text]) => sum + text.length, body.length);
  if (length + footnotes.size + meta.size > 0) {
    throw new RangeError('The document already has content');
  }
  doc.transact(() => {
    for (const [field, text] of head) {
      const delta = headDelta(model, field);
      if (delta.length > 0) fill(text, delta);
    }
    if (model.body.length > 0) fill(body, model.body);
    for (const [id, delta] of Object.entries(model.footnotes)) {
      const text = new Y.Text();
      if (delta.length > 0) fill(text, delta);
      footnotes.set(id, text);
    }
    if (model.meta !== undefined) changeMeta(meta, model.meta);
  }, origin);
}

function fill(text: Y.Text, delta: readonly DeltaOp[]): void {
  // Yjs writes nulls into the attributes that it is given, so it gets copies.
  const copy = delta.map((op) =>
    op.attributes ? { ...op, attributes: { ...op.attributes } } : op,
  );
  // Without `sanitize`, whatever its name says, Yjs drops a delta's last line break.
  text.applyDelta(copy, { sanitize: true });
}
