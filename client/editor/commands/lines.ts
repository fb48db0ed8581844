import { Slice, type Node } from 'prosemirror-model';
import {
  TextSelection,
  type EditorState,
  type Selection,
  type Transaction,
} from 'prosemirror-state';
import { ReplaceStep } from 'prosemirror-transform';
import { sameValue, type LineKind } from '../../../shared/document/index.ts';
import { freshId } from '../fresh-id.ts';
import { kindMarkup, lineKind, sameMarkup, unknownAttributes } from '../schema/line-kinds.ts';
import { linesOf } from '../mapping/positions.ts';

/** A line in the document: its node and the position before it. */
export interface LineAt {
  line: Node;
  position: number;
  number: number;
}

/** The ends of a selection, inside of lines whatever kind of selection it is. */
export function textRange(doc: Node, { from, to }: Selection): { from: number; to: number } {
  const most = doc.content.size - 1;
  return { from: Math.min(Math.max(from, 1), most), to: Math.min(Math.max(to, 1), most) };
}

/**
 * The lines that a selection touches. One that ends at the very start of a line does not touch it:
 * selecting a line with its break would take the next along.
 */
export function selectedLines(state: EditorState): LineAt[] {
  const { from, to } = textRange(state.doc, state.selection);
  return [...linesOf(state.doc)].filter(({ line, position }) => {
    const last = from < to ? to - 1 : to;
    return position + line.nodeSize > from && position + 1 <= last;
  });
}

/** Makes a line what `kind` says: attributes only, and those that nobody knows stay. */
export function setLineKind(tr: Transaction, position: number, kind: LineKind): void {
  const line = tr.doc.nodeAt(position);
  if (!line || sameValue(lineKind(line), kind)) return;
  const { type, attrs } = kindMarkup(kind, unknownAttributes(line));
  if (!sameMarkup(line, { type, attrs })) tr.setNodeMarkup(position, type, attrs);
}

/** The first and last line of the block that line `number` is in (see `groupBlocks`). */
export function blockAround(doc: Node, number: number): { first: number; last: number } {
  let first = number;
  let last = number;
  while (first > 0 && continuesBlock(doc, first)) first -= 1;
  while (last + 1 < doc.childCount && continuesBlock(doc, last + 1)) last += 1;
  return { first, last };
}

/** Whether line `number` belongs to one block with the line before it. */
export function continuesBlock(doc: Node, number: number): boolean {
  if (number === 0) return false;
  const before = lineKind(doc.child(number - 1));
  const kind = lineKind(doc.child(number));
  switch (kind.kind) {
    case 'paragraph':
    case 'heading':
      return false;
    case 'thesis':
    case 'counterpoint':
      return before.kind === kind.kind && before.id === kind.id;
    case 'raw':
      return before.kind === kind.kind && before.format === kind.format;
    case 'quote':
    case 'list':
    case 'code':
      return before.kind === kind.kind;
  }
}

/**
 * Gives the rest of a thesis or counterpoint an id of its own where lines taken out of its middle
 * left it in two. `state` is before the change, `lines` those that were taken out.
 */
export function renewTail(tr: Transaction, state: EditorState, lines: readonly LineAt[]): void {
  const last = lines.at(-1)?.number;
  const first = lines[0]?.number;
  if (first === undefined || last === undefined || first === 0) return;
  if (
    !continuesBlock(state.doc, first) ||
    !continuesBlock(state.doc, last + 1 < state.doc.childCount ? last + 1 : 0)
  ) {
    return;
  }
  if (continuesBlock(tr.doc, last) || continuesBlock(tr.doc, last + 1)) return;
  const id = freshId();
  const { last: end } = blockAround(state.doc, last);
  for (const { line, position, number } of linesOf(tr.doc)) {
    const kind = lineKind(line);
    if (number <= last || number > end || !('id' in kind)) continue;
    setLineKind(tr, position, { ...kind, id });
  }
}

/**
 * Deletes from one position to another, both in lines. What is left of the two lines is one, of the
 * kind of the first; of the second where nothing is left of the first (as the flat body has it).
 */
export function deleteBetween(tr: Transaction, from: number, to: number): Transaction {
  const $from = tr.doc.resolve(from);
  const $to = tr.doc.resolve(to);
  const apart = $from.index(0) !== $to.index(0);
  if (apart && $from.parentOffset === 0 && $to.parentOffset < $to.parent.content.size) {
    if ($to.parentOffset > 0) tr.step(new ReplaceStep($to.start(), to, Slice.empty));
    tr.step(new ReplaceStep($from.before(), $to.before(), Slice.empty));
    return tr.setSelection(TextSelection.create(tr.doc, from));
  }
  if (from < to) tr.step(new ReplaceStep(from, to, Slice.empty));
  return tr;
}

/** Joins the line at `position` with the one before it, by deleting one break. */
export function joinWithBefore(tr: Transaction, position: number): Transaction {
  const before = tr.doc.resolve(position).nodeBefore;
  if (!before) return tr;
  // Nothing of an empty line is to be kept, not even its kind.
  if (before.content.size === 0) return tr.delete(position - before.nodeSize, position);
  return tr.step(new ReplaceStep(position - 1, position + 1, Slice.empty, true));
}
