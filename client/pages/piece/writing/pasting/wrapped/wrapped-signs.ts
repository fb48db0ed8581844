/** A long line, and another right under it: only then what looks closer is loaded. */
const wrapped = /[^\r\n]{40}(?:\r\n|[\r\n])[^\S\r\n]*\S/;
/** Fewer characters to a line, in scripts that are twice as wide. */
const unspaced = /\p{Script=Han}[^\r\n]{20,}(?:\r\n|[\r\n])[^\S\r\n]*\S/u;

export function mayBeWrapped(text: string): boolean {
  return wrapped.test(text) || unspaced.test(text);
}
