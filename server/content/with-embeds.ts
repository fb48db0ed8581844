import { diffTexts, type Change } from '../../shared/document/text/diff.ts';
import type { DeltaOp } from '../../shared/document/index.ts';

/** A text with the embeds of another in it, each where the words are that it stood behind. */
export function withEmbeds(before: readonly DeltaOp[], after: readonly DeltaOp[]): DeltaOp[] {
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
