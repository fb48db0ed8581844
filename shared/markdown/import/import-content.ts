import type { DocumentModel } from '../../document/model.ts';
import { importMarkdown } from './import-markdown.ts';
import { importText } from './import-text.ts';

export type ContentFormat = 'markdown' | 'text';

/** Something that the document cannot hold. `line` is that of the source, from 1. */
export interface ImportWarning {
  line: number;
  what: string;
  message: string;
}

export interface Imported extends DocumentModel {
  warnings: ImportWarning[];
}

export interface ImportOptions {
  /** Makes ids for theses and counterpoints that have none. */
  newId: () => string;
}

/**
 * Text from outside as a document. Pure, and never throws on any text; the time it takes is near
 * linear in ordinary text only, so a server runs it where it can be stopped.
 */
export function importContent(
  content: string,
  format: ContentFormat,
  options: ImportOptions,
): Imported {
  return format === 'text' ? importText(content) : importMarkdown(content, options);
}
