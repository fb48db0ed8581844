import type * as Y from 'yjs';
import {
  anchorAt,
  BodyText,
  carry,
  indexesOf,
  offsetsOf,
  similarity,
  type Anchor,
  type Stretch,
} from '../../shared/anchors/index.ts';
import type { Change } from '../../shared/document/diff.ts';
import type { Located, Look } from './anchor-check.ts';
import type { AnchorChange, AnchorRow } from './thread-store.ts';

/** Anchors that an edit of the server's took along. */
export interface Carried {
  readonly changes: readonly AnchorChange[];
  readonly moved: readonly Located<AnchorRow>[];
}

/** Less alike than this, what stands in a passage's place need not be what became of it. */
const alike = 0.5;

/**
 * The anchors of passages in which an edit has replaced words, after that edit. The server knows what
 * it put in their place; a later look at the text could only guess. `surely`: what was put there is
 * what became of the passage, however much it differs; otherwise it may have gone elsewhere.
 */
export function carryAnchors(
  body: Y.Text,
  before: readonly Look<AnchorRow>[],
  changes: readonly Change[],
  { surely }: { readonly surely: boolean },
): Carried {
  const view = new BodyText(body);
  const carried = before.flatMap(({ row, position }) => {
    if (position === null || position.from === position.to) return [];
    const to = carry(changes, position);
    if (to === 'untouched' || to === null) return [];
    const at = offsetsOf(view, to);
    const anchor = anchorAt(view, at);
    if (anchor.quote.trim() === '') return [];
    if (!surely && similarity(anchor.quote, row.quote) < alike) return [];
    return [moved(view, row, anchor, at)];
  });
  return {
    changes: carried.map(({ change }) => change),
    moved: carried.map(({ located }) => located),
  };
}

/** The anchor of a thread whose place is known. */
export function moved(view: BodyText, row: AnchorRow, anchor: Anchor, at: Stretch) {
  const change: AnchorChange = { id: row.id, anchor, seen: null, version: null };
  const located: Located<AnchorRow> = {
    row: { ...row, ...anchor, seen: null },
    position: indexesOf(view, at),
  };
  return { change, located };
}
