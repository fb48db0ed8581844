import { isDeepStrictEqual } from 'node:util';
import * as Y from 'yjs';

/**
 * Resolves when all documents have the same edits and read the same. What of their formats Yjs has
 * tidied away, each in its own time, does not count: nobody sees it.
 */
export function agreed(docs: readonly Y.Doc[]): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      const [first, ...rest] = docs.map((doc) => Y.snapshot(doc).sv);
      if (!rest.every((other) => isDeepStrictEqual(other, first))) return;
      const [read, ...others] = docs.map((doc) => doc.getText('body').toDelta() as unknown);
      if (!others.every((other) => isDeepStrictEqual(other, read))) return;
      for (const doc of docs) doc.off('update', check);
      resolve();
    };
    for (const doc of docs) doc.on('update', check);
    check();
  });
}
