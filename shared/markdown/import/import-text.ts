import type { DeltaOp } from '../../document/schema.ts';
import { normalDelta } from '../../document/delta/delta.ts';
import type { Imported } from './import-content.ts';

/** Longest line, in characters, that can be a heading. */
const maxHeadingLength = 120;

/**
 * Plain text as a document. Each line is a block, blank ones only divide; a short line without
 * terminal punctuation before a longer one is a heading. No character within a line is changed.
 * A byte order mark is none of the text.
 */
export function importText(content: string): Imported {
  const lines = content
    .replace(/^\uFEFF/, '')
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .filter((line) => line.trim() !== '');
  const body: DeltaOp[] = [];
  lines.forEach((line, i) => {
    body.push({ insert: line });
    const heading = isHeading(line, lines[i + 1]);
    body.push(heading ? { insert: '\n', attributes: { header: 2 } } : { insert: '\n' });
  });
  return { title: '', standfirst: '', body: normalDelta(body), footnotes: {}, warnings: [] };
}

function isHeading(line: string, next: string | undefined): boolean {
  if (next === undefined) return false;
  const length = countCharacters(line.trim());
  if (length > maxHeadingLength || countCharacters(next.trim()) <= length) return false;
  return !endsSentence.test(line);
}

/** A full stop, question or exclamation mark in any script, with what may close around it. */
const endsSentence = /[.!?…。！？؟۔।‽][\p{Pe}\p{Pf}\p{Pi}"'*_\s\u00B9\u00B2\u00B3\u2070-\u2079]*$/u;

function countCharacters(text: string): number {
  return [...text].length;
}
