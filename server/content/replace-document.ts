import * as Y from 'yjs';
import { diffDeltas, diffTexts, type Change } from '../../shared/document/diff.ts';
import {
  readText,
  sharedTypes,
  type DeltaOp,
  type DocumentModel,
} from '../../shared/document/index.ts';
import { rewrite } from '../../shared/document/rewrite.ts';
import type { ContentFormat } from '../../shared/markdown/index.ts';
import { replaceText } from '../pieces/replace-text.ts';

/**
 * Makes a document read as content from outside does, by the fewest changes (S3), in one transaction.
 * What the content does not say stays: a title or standfirst that it has none of; of plain text also
 * the look of what is the same, footnotes and dividers, which it cannot name.
 */
export function replaceDocument(doc: Y.Doc, wanted: DocumentModel, format: ContentFormat): void {
  doc.transact(() => {
    const { title, standfirst } = wanted;
    if (title !== '') replaceText(doc.getText(sharedTypes.title), title);
    if (standfirst !== '') replaceText(doc.getText(sharedTypes.standfirst), standfirst);
    const looks = format === 'markdown';
    if (looks) replaceFootnotes(doc.getMap(sharedTypes.footnotes), wanted.footnotes);
    const body = doc.getText(sharedTypes.body);
    const before = readText(body);
    const after = looks ? wanted.body : withEmbeds(before, wanted.body);
    rewrite(body, before, after, diffDeltas(before, after), { looks });
  });
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

/** A text with the embeds of another in it, each where the words are that it stood behind. */
function withEmbeds(before: readonly DeltaOp[], after: readonly DeltaOp[]): DeltaOp[] {
  const embeds: { readonly op: DeltaOp; readonly offset: number }[] = [];
  let plain = '';
  for (const op of before) {
    if (typeof op.insert === 'string') plain += op.insert;
    else embeds.push({ op, offset: plain.length });
  }
  if (embeds.length === 0) return [...after];
  const wanted = after.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');
  const changes = diffTexts(plain, wanted);
  const places = embeds.map(({ op, offset }) => ({ op, offset: placeOf(changes, offset) }));
  const merged: DeltaOp[] = [];
  let offset = 0;
  for (const { insert, attributes } of after) {
    if (typeof insert !== 'string') continue;
    let from = 0;
    for (let next = places[0]; next && next.offset <= offset + insert.length; next = places[0]) {
      const cut = next.offset - offset;
      if (cut > from)
        merged.push({ insert: insert.slice(from, cut), ...(attributes && { attributes }) });
      merged.push(next.op);
      from = cut;
      places.shift();
    }
    if (from < insert.length) {
      merged.push({ insert: insert.slice(from), ...(attributes && { attributes }) });
    }
    offset += insert.length;
  }
  return [...merged, ...places.map(({ op }) => op)];
}

function placeOf(changes: readonly Change[], offset: number): number {
  let shift = 0;
  for (const { at, remove, from, to } of changes) {
    if (offset <= at) break;
    if (offset < at + remove) return from;
    shift = to - (at + remove);
  }
  return offset + shift;
}
