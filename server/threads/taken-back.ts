import type * as Y from 'yjs';
import { anchorAt, FieldText, findAgain } from '../../shared/anchors/index.ts';
import { DocumentFields } from '../../shared/document/fields.ts';
import type { Look } from './anchor-check.ts';
import { moved } from './carry-anchors.ts';
import type { ThreadRow } from './thread-store.ts';

/**
 * Where the words stand again that an accepted suggestion had replaced; null: the text says what was
 * accepted, or something else altogether.
 */
export function takenBack(
  doc: Y.Doc,
  { original, replacement }: ThreadRow,
  look?: Look<ThreadRow>,
) {
  if (
    look === undefined ||
    (replacement !== '' && look.row.quote === replacement && look.position)
  ) {
    return null;
  }
  const { row } = look;
  const text = new DocumentFields(doc).text(row.field);
  if (text === null) return null;
  const view = new FieldText(text);
  const near = look.position === null ? 0 : view.offsetOf(look.position.from);
  const lost = { ...row, sought: original, orphaned: true };
  const at = findAgain(view, lost, { near, seen: null });
  return at === null ? null : moved(view, row, anchorAt(view, at), at);
}
