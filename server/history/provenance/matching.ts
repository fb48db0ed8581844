/** Letters of a text, and where its first and last sign that is no white space is: `to` without. */
export interface Core {
  readonly code: Uint16Array;
  readonly from: number;
  readonly to: number;
}

export function coreOf(code: Uint16Array): Core {
  let [from, to] = [0, code.length];
  while (from < to && isSpace(code[from])) from++;
  while (to > from && isSpace(code[to - 1])) to--;
  return { code, from, to };
}

/**
 * Whether two texts are the same apart from white space around them: who cuts a word takes the space
 * before it or the one behind, and where a line is put, either of two breaks may be the new one. Of
 * mere white space, all has to be the same.
 */
export function isSame(one: Core, other: Core): boolean {
  if (one.from === one.to || other.from === other.to) {
    return equal(one.code, 0, one.code.length, other.code, 0, other.code.length);
  }
  return equal(one.code, one.from, one.to, other.code, other.from, other.to);
}

function equal(
  ...[one, from, to, other, otherFrom, otherTo]: [
    ...[Uint16Array, number, number],
    ...[Uint16Array, number, number],
  ]
): boolean {
  if (to - from !== otherTo - otherFrom) return false;
  for (let i = from; i < to; i++) if (one[i] !== other[otherFrom + i - from]) return false;
  return true;
}

/** The part of a stretch of a text that is whole words: what is left of a cut one is a new word. */
export function wholeWords(
  code: Uint16Array,
  from: number,
  to: number,
): { readonly from: number; readonly to: number } {
  if (from > 0 && isWord(code[from - 1])) while (from < to && isWord(code[from])) from++;
  if (to < code.length && isWord(code[to])) while (to > from && isWord(code[to - 1])) to--;
  return { from, to };
}

export function isSpace(code: number | undefined): boolean {
  return code === 0x20 || (code !== undefined && code >= 0x09 && code <= 0x0d);
}

const letter = /[\p{L}\p{N}\p{M}]/u;
const wordCodes = new Map<number, boolean>();

/** Of scripts that divide words by spaces: from 0x2e80 on hardly any does. */
function isWord(code: number | undefined): boolean {
  if (code === undefined || code >= 0x2e80) return false;
  const known = wordCodes.get(code);
  if (known !== undefined) return known;
  const found = letter.test(String.fromCharCode(code));
  wordCodes.set(code, found);
  return found;
}
