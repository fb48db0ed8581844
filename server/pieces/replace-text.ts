import type * as Y from 'yjs';

/**
 * Makes `text` read `wanted` by one deletion and one insertion, between what the two have in common
 * at the start and at the end, so that the rest keeps its authors and cursors (S3). Does nothing
 * where it already reads so. Never cuts between the halves of a surrogate pair.
 */
export function replaceText(text: Y.Text, wanted: string): void {
  const present = text.toJSON();
  if (present === wanted) return;
  const shorter = Math.min(present.length, wanted.length);
  let start = 0;
  while (start < shorter && present[start] === wanted[start]) start += 1;
  if (isHighSurrogate(present, start - 1)) start -= 1;
  let end = 0;
  while (end < shorter - start && present.at(-1 - end) === wanted.at(-1 - end)) end += 1;
  if (isLowSurrogate(present, present.length - end)) end -= 1;
  const insert = wanted.slice(start, wanted.length - end);
  const remove = present.length - end - start;
  const change = () => {
    if (remove > 0) text.delete(start, remove);
    if (insert !== '') text.insert(start, insert);
  };
  if (text.doc === null) change();
  else text.doc.transact(change);
}

function isHighSurrogate(text: string, index: number): boolean {
  return /[\ud800-\udbff]/.test(text[index] ?? '');
}

function isLowSurrogate(text: string, index: number): boolean {
  return /[\udc00-\udfff]/.test(text[index] ?? '');
}
