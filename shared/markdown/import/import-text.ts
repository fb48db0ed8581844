import { readText } from '../../text-import/index.ts';
import type { Imported } from './import-content.ts';

/** Plain text as a document: it has no title, standfirst or notes. */
export function importText(content: string): Imported {
  const { body, warnings } = readText(content);
  return { title: '', standfirst: '', body, footnotes: {}, warnings };
}
