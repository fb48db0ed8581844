import type * as Y from 'yjs';
import { DeltaReader, insertLength, type DeltaPiece } from '../delta/delta-reader.ts';
import { sameValue } from '../delta/delta.ts';
import type { Change } from '../text/diff.ts';
import { blockAttributes, inlineAttributes, type Attributes, type DeltaOp } from '../schema.ts';

/** An op of a delta as Yjs applies it. */
type Edit =
  | { retain: number; attributes?: Attributes }
  | { delete: number }
  | { insert: string | object; attributes: Attributes };

export interface RewriteOptions {
  /** The index at which `before` begins in the body; 0 where not given. */
  readonly at?: number;
  /** Whether what stays gets the look that it has in `after`; otherwise it keeps its own. */
  readonly looks: boolean;
}

/**
 * Makes a stretch of a body that reads `before` read `after`, by the changes between them and nothing
 * more (S1, S3), in one transaction: what is the same stays, with its authors, anchors and cursors.
 * Attributes that this version does not know are never taken off.
 */
export function rewrite(
  body: Y.Text,
  before: readonly DeltaOp[],
  after: readonly DeltaOp[],
  changes: readonly Change[],
  { at = 0, looks }: RewriteOptions,
): void {
  const old = new DeltaReader(before);
  const young = new DeltaReader(after);
  const edits: Edit[] = at > 0 ? [{ retain: at }] : [];
  for (const { at, remove, from, to } of changes) {
    keep(edits, old.take(at - old.index), young.take(from - young.index), looks);
    old.take(remove);
    if (remove > 0) edits.push({ delete: remove });
    for (const { insert, attributes } of young.take(to - from)) edits.push({ insert, attributes });
  }
  keep(edits, old.rest(), young.rest(), looks);
  while (edits.length > 0 && isPlainRetain(edits.at(-1))) edits.pop();
  if (edits.length === 0) return;
  const apply = () => body.applyDelta(edits, { sanitize: true });
  if (body.doc === null) apply();
  else body.doc.transact(apply);
}

function isPlainRetain(edit: Edit | undefined): boolean {
  return edit !== undefined && 'retain' in edit && edit.attributes === undefined;
}

/** Retains what is the same, in pieces where it is to look otherwise. */
function keep(
  edits: Edit[],
  old: readonly DeltaPiece[],
  young: readonly DeltaPiece[],
  looks: boolean,
): void {
  const reader = new DeltaReader(young);
  for (const piece of old) {
    for (const part of splitBreaks(piece)) {
      const wanted = reader.take(insertLength(part.insert));
      for (const { insert, attributes } of wanted) {
        const change = looks
          ? lookChange(part.attributes, attributes, part.insert === '\n')
          : undefined;
        retain(edits, insertLength(insert), change);
      }
    }
  }
}

/** Line breaks by themselves: other attributes count on them. */
function splitBreaks({ insert, attributes }: DeltaPiece): DeltaPiece[] {
  if (typeof insert !== 'string') return [{ insert, attributes }];
  return insert
    .split(/(\n)/)
    .filter((part) => part !== '')
    .map((part) => ({ insert: part, attributes }));
}

/** What has to be set; null takes an attribute off. Strays, which nobody sees, are let be. */
function lookChange(
  before: Attributes,
  after: Attributes,
  isBreak: boolean,
): Attributes | undefined {
  const counting: readonly string[] = isBreak ? blockAttributes : inlineAttributes;
  const strays: readonly string[] = isBreak ? inlineAttributes : blockAttributes;
  const names = new Set([...counting, ...Object.keys(after).filter((n) => !strays.includes(n))]);
  const changes: Record<string, unknown> = {};
  for (const name of names) {
    const [was, is] = [before[name] ?? null, after[name] ?? null];
    if (!sameValue(was, is)) changes[name] = is;
  }
  return Object.keys(changes).length > 0 ? changes : undefined;
}

function retain(edits: Edit[], length: number, attributes: Attributes | undefined): void {
  const last = edits.at(-1);
  if (last !== undefined && 'retain' in last && sameValue(last.attributes, attributes)) {
    last.retain += length;
  } else edits.push({ retain: length, ...(attributes !== undefined && { attributes }) });
}
