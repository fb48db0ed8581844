import type { DeltaOp } from '../../../../../shared/document/index.ts';

/** All that programs end a line by: Word has U+000B for a break within a paragraph. */
const lineEnds = /\r\n?|[\n\v\f\u0085\u2028\u2029]/;

/** What no text has: a pasted one brings it by accident. */
const unseen = /(?!\t)\p{Cc}|\uFEFF/gu;

/** Lines of plain text. Blank ones only keep paragraphs apart, but in code they are lines. */
export function plainLines(text: string, blankOnes = false): string[] {
  const lines = text.split(lineEnds).map((line) => line.replace(unseen, ''));
  if (blankOnes) return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  return lines.filter((line) => line.trim() !== '');
}

/** Each line as a paragraph; the looks of what is typed there come from the caller. */
export function plainBody(lines: readonly string[]): DeltaOp[] {
  return [{ insert: lines.map((line) => `${line}\n`).join('') }];
}
