import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import { readDocument, type DocumentModel } from '../../shared/document/index.ts';

/**
 * A strong entity tag of a document: the same words with the same looks have the same one, whoever
 * wrote them and however often the server was started since. It stands for the text of a piece, in
 * whatever form that is read. Rejected: the journal's sequence, which words that are yet to be
 * committed do not have.
 */
export function etagOf(document: Y.Doc | DocumentModel): string {
  const model = document instanceof Y.Doc ? readDocument(document) : document;
  const hash = createHash('sha256').update(JSON.stringify(model));
  return `"${hash.digest('base64url')}"`;
}

/** Whether an `If-Match` header names the tag. Weak tags match nothing (RFC 9110, 13.1.1). */
export function matches(header: string, etag: string): boolean {
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim() === etag);
}
