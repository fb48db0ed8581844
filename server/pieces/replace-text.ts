import type * as Y from 'yjs';
import { DeltaReader } from '../../shared/document/delta/delta-reader.ts';
import { sameValue } from '../../shared/document/delta/delta.ts';
import { diffDeltas, type Change } from '../../shared/document/text/diff.ts';
import { readText, type Attributes, type DeltaOp } from '../../shared/document/index.ts';
import { rewrite } from '../../shared/document/editing/rewrite.ts';
import { sliceDelta } from '../../shared/document/delta/slice.ts';
import { withEmbeds } from '../content/with-embeds.ts';

/**
 * Makes the words of a text read `wanted`, by the fewest of them (S3): what stays keeps its authors,
 * cursors and look. New words look like those that they stand for, or those around them, where these
 * all look alike. Embeds, which words cannot name, stay where they are.
 */
export function replaceText(text: Y.Text, wanted: string): void {
  const before = readText(text);
  const after = withEmbeds(before, wanted === '' ? [] : [{ insert: wanted }]);
  const changes = diffDeltas(before, after);
  rewrite(text, before, lookedLike(before, after, changes), changes, { looks: false });
}

/** The new text, in which what is put in has its look. */
function lookedLike(
  before: readonly DeltaOp[],
  after: readonly DeltaOp[],
  changes: readonly Change[],
): DeltaOp[] {
  const reader = new DeltaReader(after);
  const ops: DeltaOp[] = [];
  for (const { at, remove, from, to } of changes) {
    ops.push(...reader.take(from - reader.index));
    const [start, end] = remove > 0 ? [at, at + remove] : [at - 1, at + 1];
    const attributes = sharedBy(sliceDelta(before, start, end), end - start);
    for (const { insert } of reader.take(to - from)) ops.push({ insert, attributes });
  }
  return [...ops, ...reader.rest()];
}

/** What all of a stretch has; nothing where some of it is outside of the text. */
function sharedBy(delta: readonly DeltaOp[], length: number): Attributes {
  const [first, ...others] = delta;
  const found = delta.reduce(
    (sum, { insert }) => sum + (typeof insert === 'string' ? insert.length : 1),
    0,
  );
  if (first === undefined || found < length) return {};
  const entries = Object.entries(first.attributes ?? {}).filter(([name, value]) =>
    others.every(({ attributes }) => sameValue(attributes?.[name], value)),
  );
  return Object.fromEntries(entries);
}
