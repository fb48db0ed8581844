import type * as Y from 'yjs';
import { anchorAt, FieldText, offsetsOf } from '../../../shared/anchors/index.ts';
import { DocumentFields } from '../../../shared/document/fields.ts';
import { replacePassage } from '../../../shared/document/editing/replace-passage.ts';
import type { Look } from '../anchors/look.ts';
import { carryAnchors, moved, type Carried } from '../anchors/carry-anchors.ts';
import type { AnchorRow, ThreadRow } from '../thread-store.ts';

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
  const text = own === undefined ? null : new DocumentFields(doc).text(own.row.field);
  if (own === undefined || text === null || own.position === null) return { passage: '' };
  if (own.row.quote !== original) return { passage: own.row.quote };
  const { from, to } = own.position;
  const length = text.length;
  const changes = replacePassage(text, from, to, replacement ?? '');
  const others = threads.filter(({ row }) => row.id !== id && row.field === own.row.field);
  const carried = carryAnchors(text, others, changes, { surely: true });
  const view = new FieldText(text);
  const at = offsetsOf(view, { from, to: to + text.length - length });
  const accepted = moved(view, own.row, anchorAt(view, at), at);
  return {
    changes: [...carried.changes, accepted.change],
    moved: [...carried.moved, accepted.located],
  };
}
