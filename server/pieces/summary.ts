import type * as Y from 'yjs';
import { countWords, sharedTypes } from '../../shared/document/index.ts';
import type { Queryable } from '../db/connect.ts';

/** What lists and search show of a piece, read off its document. */
export interface Summary {
  readonly title: string;
  readonly standfirst: string;
  readonly words: number;
}

/** Longest title and standfirst that a row keeps, in UTF-16 units; a client may write any length. */
const longest = { title: 1_000, standfirst: 5_000 };

/** Pure: the same document always has the same summary. */
export function summarise(doc: Y.Doc): Summary {
  return {
    title: rowText(doc.getText(sharedTypes.title), longest.title),
    standfirst: rowText(doc.getText(sharedTypes.standfirst), longest.standfirst),
    words: countWords(doc.getText(sharedTypes.body).toJSON()),
  };
}

/**
 * Stores a summary; `at` is when the text was changed. A piece that does not exist is passed over:
 * it may have gone since.
 */
export async function saveSummary(
  sql: Queryable,
  pieceId: string,
  { title, standfirst, words }: Summary,
  at: Date,
): Promise<void> {
  await sql`
    update pieces
    set title = ${title}, standfirst = ${standfirst}, words = ${words},
        updated_at = greatest(updated_at, ${at})
    where id = ${pieceId}`;
}

/** One line, without NUL, which Postgres cannot store, and never cut inside a character. */
function rowText(text: Y.Text, length: number): string {
  const line = text
    .toJSON()
    .replaceAll('\0', '')
    .replace(/[\r\n\t]+/g, ' ')
    .trim();
  if (line.length <= length) return line;
  return line.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
