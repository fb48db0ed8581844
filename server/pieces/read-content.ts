import * as Y from 'yjs';
import { v7 as newId } from 'uuid';
import { writeDocument } from '../../shared/document/index.ts';
import {
  importContent,
  type ContentFormat,
  type ImportWarning,
} from '../../shared/markdown/index.ts';
import { summarise, type Summary } from './summary.ts';

/**
 * What a piece begins with. `title` and `standfirst`, where given, win over the content's; one that
 * says the same words has the marks that they have there.
 */
export interface Beginning {
  readonly content: string;
  readonly format: ContentFormat;
  readonly title?: string | undefined;
  readonly standfirst?: string | undefined;
}

/** A finished first state, ready to be stored. */
export interface ReadContent {
  /** The whole document, as a Yjs update (v1). */
  readonly update: Uint8Array;
  /** That all of it is written with. */
  readonly clientId: number;
  readonly summary: Summary;
  readonly warnings: readonly ImportWarning[];
}

/** Makes the document of a new piece. Pure but for ids; nasty content may take it very long. */
export function readContent({ content, format, title, standfirst }: Beginning): ReadContent {
  const { warnings, ...model } = importContent(content, format, { newId });
  const doc = new Y.Doc();
  writeDocument(doc, {
    ...model,
    title: title ?? model.title,
    standfirst: standfirst ?? model.standfirst,
  });
  const update = Y.encodeStateAsUpdate(doc);
  const read = { update, clientId: doc.clientID, summary: summarise(doc), warnings };
  doc.destroy();
  return read;
}
