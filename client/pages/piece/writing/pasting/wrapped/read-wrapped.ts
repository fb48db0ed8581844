import { readText } from '../../../../../../shared/text-import/index.ts';
import type { Pasted } from '../html/read-html.ts';

/** Lines that were wrapped, as the paragraphs that they were; null where nobody wrapped them. */
export function readWrapped(text: string): Pasted | null {
  // A short line within another's text is no heading of it.
  const { body, joined } = readText(text, { headings: false });
  return joined ? { body, notes: new Map() } : null;
}
