import * as Y from 'yjs';
import { diffDeltas } from '../../shared/document/text/diff.ts';
import {
  changeMeta,
  headDelta,
  headFields,
  readText,
  sharedTypes,
  type DeltaOp,
  type DocumentModel,
} from '../../shared/document/index.ts';
import { rewrite } from '../../shared/document/editing/rewrite.ts';
import type { ContentFormat } from '../../shared/markdown/index.ts';
import { withEmbeds } from './with-embeds.ts';

/**
 * Makes a document read as content from outside does, by the fewest changes (S3), in one transaction.
 * What the content does not say stays: a title or standfirst that it has none of, and the fields
 * beside the text where it has not one; of plain text also the look of what is the same, footnotes and
 * dividers, which it cannot name.
 */
export function replaceDocument(doc: Y.Doc, wanted: DocumentModel, format: ContentFormat): void {
  doc.transact(() => {
    const looks = format === 'markdown';
    for (const field of headFields) {
      const after = headDelta(wanted, field);
      if (after.length > 0) replaceHead(doc.getText(sharedTypes[field]), after, looks);
    }
    if (wanted.meta !== undefined) changeMeta(doc.getMap(sharedTypes.meta), wanted.meta);
    if (looks) replaceFootnotes(doc.getMap(sharedTypes.footnotes), wanted.footnotes);
    const body = doc.getText(sharedTypes.body);
    const before = readText(body);
    const after = looks ? wanted.body : withEmbeds(before, wanted.body);
    rewrite(body, before, after, diffDeltas(before, after), { looks });
  });
}

/** Markdown that names no embeds of a title takes out none: it has no form for them. */
function replaceHead(text: Y.Text, wanted: readonly DeltaOp[], looks: boolean): void {
  const before = readText(text);
  const names = wanted.some(({ insert }) => typeof insert !== 'string');
  const after = names ? wanted : withEmbeds(before, wanted);
  rewrite(text, before, after, diffDeltas(before, after), { looks });
}

/** Makes the footnotes read as is wanted; those that are not wanted go. */
export function replaceFootnotes(map: Y.Map<unknown>, wanted: DocumentModel['footnotes']): void {
  for (const id of [...map.keys()]) if (!Object.hasOwn(wanted, id)) map.delete(id);
  for (const [id, after] of Object.entries(wanted)) {
    const known = map.get(id);
    const text = known instanceof Y.Text ? known : new Y.Text();
    if (text !== known) map.set(id, text);
    const before = readText(text);
    rewrite(text, before, after, diffDeltas(before, after), { looks: true });
  }
}
