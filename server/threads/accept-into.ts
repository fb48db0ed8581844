import type * as Y from 'yjs';
import { anchorAt, BodyText, offsetsOf } from '../../shared/anchors/index.ts';
import { replacePassage } from '../../shared/document/replace-passage.ts';
import { sharedTypes } from '../../shared/document/schema.ts';
import type { Look } from './anchor-check.ts';
import { carryAnchors, moved, type Carried } from './carry-anchors.ts';
import type { AnchorRow, ThreadRow } from './thread-store.ts';

/** What became of an accepted suggestion: where anchors are now, or the passage as it reads instead. */
export type Acceptance = Carried | { readonly passage: string };

/**
 * Puts a suggestion into a document, or changes nothing where its passage reads otherwise by now.
 * Other threads on the same words go on to those that replace them.
 */
export function acceptInto(
  doc: Y.Doc,
  { id, original, replacement }: ThreadRow,
  threads: readonly Look<AnchorRow>[],
): Acceptance {
  const own = threads.find(({ row }) => row.id === id);
  if (own === undefined || own.position === null) return { passage: '' };
  if (own.row.quote !== original) return { passage: own.row.quote };
  const { from, to } = own.position;
  const body = doc.getText(sharedTypes.body);
  const length = body.length;
  const changes = replacePassage(body, from, to, replacement ?? '');
  const others = threads.filter(({ row }) => row.id !== id);
  const carried = carryAnchors(body, others, changes, { surely: true });
  const view = new BodyText(body);
  const at = offsetsOf(view, { from, to: to + body.length - length });
  const accepted = moved(view, own.row, anchorAt(view, at), at);
  return {
    changes: [...carried.changes, accepted.change],
    moved: [...carried.moved, accepted.located],
  };
}
