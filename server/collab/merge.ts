import * as Y from 'yjs';

/** `Y.mergeUpdates` takes quadratic time: 8,000 at once 3.9 s, in groups of this many 0.1 s. */
const groupOf = 100;

/** One update that says what all of these do. `updates` is not empty, and in order. */
export function mergeUpdates(updates: readonly Uint8Array[]): Uint8Array {
  let level = [...updates];
  while (level.length > groupOf) {
    const merged: Uint8Array[] = [];
    for (let from = 0; from < level.length; from += groupOf) {
      merged.push(Y.mergeUpdates(level.slice(from, from + groupOf)));
    }
    level = merged;
  }
  const [only] = level;
  return level.length === 1 && only !== undefined ? only : Y.mergeUpdates(level);
}

/** An emoji, or a letter with its accent, in UTF-16 units. */
const longLetter = 2;

/** What has more bytes is more than a letter, or is better off alone: a megabyte is not read to be told so. */
const mostKeystrokeBytes = 1_024;

/** Whether an update is no more than a letter that was typed or deleted; reading it takes 0.7 µs. */
export function isKeystroke(update: Uint8Array): boolean {
  if (update.length > mostKeystrokeBytes) return false;
  const { structs, ds } = Y.decodeUpdate(update);
  let [written, deleted] = [0, 0];
  for (const { length } of structs) written += length;
  for (const ranges of ds.clients.values()) for (const { len } of ranges) deleted += len;
  return written <= longLetter && deleted <= longLetter;
}
