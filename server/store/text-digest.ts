import { createHash } from 'node:crypto';
import * as Y from 'yjs';

/** A root type as JSON. Its kind is not stored in a document: one with keys is a map. */
export function contentOf(doc: Y.Doc, name: string): string {
  const type = doc.get(name);
  if (type._map.size === 0) return JSON.stringify(doc.getText(name).toDelta());
  const entries = [...doc.getMap(name).entries()].map(([key, value]): [string, unknown] => [
    key,
    value instanceof Y.Text ? value.toDelta() : value,
  ]);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * SHA-256 over what a document reads, in hex: each of its root types, marks and notes included. A root
 * that holds nothing counts as one that is not there.
 */
export function textDigest(doc: Y.Doc): string {
  const hash = createHash('sha256');
  for (const name of [...doc.share.keys()].sort()) {
    const content = contentOf(doc, name);
    if (content !== '[]') hash.update(`${JSON.stringify(name)}:${content}\n`);
  }
  return hash.digest('hex');
}
