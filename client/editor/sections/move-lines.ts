import { Fragment, type Node } from 'prosemirror-model';
import { TextSelection, type Command, type Selection, type Transaction } from 'prosemirror-state';

/** Lines `first` to `last`, both with, that are to stand before line `before` (as counted now). */
export interface Move {
  first: number;
  last: number;
  before: number;
}

/** Lines that are taken out and put in before line `before`, as counted before that. */
export type Cut = Move;

/**
 * Which lines to take out for a move. The body is a text, so what moves is deleted in one place and
 * written in another; what somebody else types into it at that moment stays at the old place. But to
 * move one stretch behind another is to move the other before the one: so the stretch goes in which
 * nobody else is writing, and else the smaller one. Null where nothing would change.
 * `busy`: lines with others' carets; `size`: characters of a line.
 */
export function planMove(
  { first, last, before }: Move,
  busy: readonly number[],
  size: (line: number) => number,
): Cut | null {
  if (before >= first && before <= last + 1) return null;
  const down = before > last;
  const moved: Cut = { first, last, before };
  const other: Cut = down
    ? { first: last + 1, last: before - 1, before: first }
    : { first: before, last: first - 1, before: last + 1 };
  const isBusy = (cut: Cut) => busy.some((line) => line >= cut.first && line <= cut.last);
  if (isBusy(moved) !== isBusy(other)) return isBusy(moved) ? other : moved;
  return sizeOf(other, size) < sizeOf(moved, size) ? other : moved;
}

/** Moves lines as one edit; one's own caret moves with its text. `busy`: positions of others' carets. */
export function moveLines(move: Move, busy: readonly number[] = []): Command {
  return (state, dispatch) => {
    const { doc } = state;
    if (!isMove(move, doc)) return false;
    const lines = busy.map((position) =>
      doc.resolve(Math.min(position, doc.content.size)).index(0),
    );
    const cut = planMove(move, lines, (line) => doc.child(line).nodeSize);
    if (!cut) return false;
    if (!dispatch) return true;
    const tr = cutAndPut(state.tr, cut);
    tr.setSelection(movedSelection(state.selection, tr, doc, cut));
    dispatch(tr);
    return true;
  };
}

function cutAndPut(tr: Transaction, { first, last, before }: Cut): Transaction {
  const { doc } = tr;
  const [from, to] = [startOf(doc, first), startOf(doc, last + 1)];
  const nodes: Node[] = [];
  for (let line = first; line <= last; line++) nodes.push(doc.child(line));
  const at = startOf(doc, before);
  // Put in first: a document may not be empty in between.
  tr.insert(at, Fragment.from(nodes));
  const shift = at <= from ? to - from : 0;
  return tr.delete(from + shift, to + shift);
}

/** Where a selection is after a cut: with the lines that it was in. */
function movedSelection(selection: Selection, tr: Transaction, doc: Node, cut: Cut): Selection {
  const [from, to] = [startOf(doc, cut.first), startOf(doc, cut.last + 1)];
  const at = startOf(doc, cut.before);
  const place = (position: number) => {
    if (position > from && position < to) return position + (at <= from ? at - from : at - to);
    if (at <= from) return position > at && position <= from ? position + (to - from) : position;
    return position >= to && position < at ? position - (to - from) : position;
  };
  const resolve = (position: number) => tr.doc.resolve(place(position));
  return TextSelection.between(resolve(selection.anchor), resolve(selection.head));
}

function isMove({ first, last, before }: Move, doc: Node): boolean {
  return (
    first >= 0 && first <= last && last < doc.childCount && before >= 0 && before <= doc.childCount
  );
}

function startOf(doc: Node, line: number): number {
  let position = 0;
  for (let at = 0; at < line; at++) position += doc.child(at).nodeSize;
  return position;
}

function sizeOf({ first, last }: Cut, size: (line: number) => number): number {
  let sum = 0;
  for (let line = first; line <= last; line++) sum += size(line);
  return sum;
}
