import type * as Y from 'yjs';
import {
  anchorAt,
  FieldText,
  occurrences,
  offsetsOf,
  type Anchor,
  type Stretch,
} from '../../../shared/anchors/index.ts';
import { DocumentFields } from '../../../shared/document/fields.ts';
import type { Look } from '../anchors/look.ts';
import { moved } from '../anchors/carry-anchors.ts';
import type { ThreadRow } from '../thread-store.ts';

/** Characters on either side that have to be those that stand around the passage. */
const neighbours = 8;

/**
 * Where the words stand again that an accepted suggestion had replaced; null: the text says what was
 * accepted, or something else altogether. That they stand somewhere is not enough: "cat" also stands in
 * "cat dogs", which was made of an accepted "cat dog". So they have to be all of what the passage is now.
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
  const left = look.position && offsetsOf(view, look.position);
  const at = left ? around(view, left, original) : between(view, row, original);
  return at === null ? null : moved(view, row, anchorAt(view, at), at);
}

/** Over all that is left of the passage; what was deleted has left a point. */
function around(view: FieldText, at: Stretch, original: string): Stretch | null {
  for (let from = Math.max(0, at.to - original.length); from <= at.from; from++) {
    if (view.text.startsWith(original, from)) return { from, to: from + original.length };
  }
  return null;
}

/** Between the neighbours of a passage of which nothing is left. */
function between(view: FieldText, { prefix, suffix }: Anchor, original: string): Stretch | null {
  const before = prefix.slice(-neighbours);
  const after = suffix.slice(0, neighbours);
  const whole = before + original + after;
  const starts = whole === '' && view.text === '' ? [0] : occurrences(view.text, whole);
  const [from, other] = starts
    .filter((start) => {
      // Fewer neighbours are those of a passage that began or ended its text.
      const begins = before.length === neighbours || start === 0;
      const ends = after.length === neighbours || start + whole.length === view.text.length;
      return begins && ends;
    })
    .map((start) => start + before.length);
  // Two places that are alike are none.
  return from === undefined || other !== undefined ? null : { from, to: from + original.length };
}
