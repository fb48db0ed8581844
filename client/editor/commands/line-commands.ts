import type { Node } from 'prosemirror-model';
import {
  Selection,
  TextSelection,
  type Command,
  type EditorState,
  type Transaction,
} from 'prosemirror-state';
import type { LineKind } from '../../../shared/document/index.ts';
import { lineKind } from '../schema/line-kinds.ts';
import {
  blockAround,
  continuesBlock,
  deleteBetween,
  joinWithBefore,
  renewTail,
  setLineKind,
  textRange,
} from './lines.ts';
import { schema } from '../schema/schema.ts';

/*
 * Enter, Backspace and Delete. A split is one inserted line break, a join one deleted one; what a
 * line is changes only as its own attribute.
 */

/**
 * Enter. Both halves are what the line was, but after the end of a heading a paragraph begins, and
 * before its start too. In an empty line of a list, quote, thesis, counterpoint or at the end of a
 * code or raw block it leaves that block (a nested item moves out one level first).
 */
export const splitLine: Command = (state, dispatch) => {
  const { from, to } = textRange(state.doc, state.selection);
  const { tr } = state;
  if (from < to) deleteBetween(tr, from, to);
  else if (leaveBlock(tr, state, from)) {
    dispatch?.(tr.scrollIntoView());
    return true;
  }
  const $at = tr.doc.resolve(from);
  const marks = state.storedMarks ?? $at.marks();
  const line = $at.parent;
  const heading = line.type === schema.nodes.heading && line.content.size > 0;
  if (heading && $at.parentOffset === 0) {
    tr.insert($at.before(), schema.nodes.paragraph.create());
  } else {
    const atEnd = heading && $at.parentOffset === line.content.size;
    tr.split($at.pos, 1, atEnd ? [{ type: schema.nodes.paragraph }] : undefined);
    tr.setSelection(TextSelection.create(tr.doc, $at.pos + 2));
    if (!atEnd) tr.ensureMarks(marks);
  }
  dispatch?.(tr.scrollIntoView());
  return true;
};

/** Begins a paragraph behind the block with the caret, whatever the block is. */
export const exitBlock: Command = (state, dispatch) => {
  const { to } = textRange(state.doc, state.selection);
  const { last } = blockAround(state.doc, state.doc.resolve(to).index(0));
  const position = endOfLine(state.doc, last);
  const tr = state.tr.insert(position, schema.nodes.paragraph.create());
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, position + 1)).scrollIntoView());
  return true;
};

/** Deletes a selection that is not empty. See `deleteBetween` for what is left. */
export const deleteSelection: Command = (state, dispatch) => {
  const { from, to } = textRange(state.doc, state.selection);
  if (from === to) return false;
  dispatch?.(deleteBetween(state.tr, from, to).scrollIntoView());
  return true;
};

/**
 * Backspace at the start of a line: a nested item moves out, then a special line becomes a
 * paragraph, then it joins the line before. Further paragraphs of one thesis, counterpoint, quote or
 * code join at once.
 */
export const joinBackward: Command = (state, dispatch) => {
  const $at = caret(state);
  if (!$at || $at.parentOffset > 0) return false;
  const number = $at.index(0);
  const kind = lineKind($at.parent);
  const joins =
    kind.kind === 'paragraph' || (kind.kind !== 'list' && continuesBlock(state.doc, number));
  const { tr } = state;
  if (!joins) setLineKind(tr, $at.before(), kind.kind === 'list' ? outOne(kind) : paragraph);
  else if (number > 0) joinWithBefore(tr, $at.before());
  if (tr.docChanged) dispatch?.(tr.scrollIntoView());
  return true;
};

/** Delete at the end of a line: joins the next one to it. */
export const joinForward: Command = (state, dispatch) => {
  const $at = caret(state);
  if (!$at || $at.parentOffset < $at.parent.content.size) return false;
  const next = $at.after();
  if (next < state.doc.content.size) dispatch?.(joinWithBefore(state.tr, next).scrollIntoView());
  return true;
};

/** Backspace behind, or Delete before, an embed. Browsers do not agree on how to delete those. */
export function deleteEmbed(side: -1 | 1): Command {
  return (state, dispatch) => {
    const $at = caret(state);
    const node = side < 0 ? $at?.nodeBefore : $at?.nodeAfter;
    if (!$at || !node?.isAtom || node.isText) return false;
    const other = $at.pos + side;
    dispatch?.(state.tr.delete(Math.min($at.pos, other), Math.max($at.pos, other)));
    return true;
  };
}

/** Puts a dividing line on a line of its own, and the caret into a paragraph behind it. */
export const insertDivider: Command = (state, dispatch) => {
  const { to } = textRange(state.doc, state.selection);
  const $at = state.doc.resolve(to);
  const { tr } = state;
  const divider = schema.nodes.divider.create();
  const free = $at.parent.type === schema.nodes.paragraph && $at.parent.content.size === 0;
  const end = $at.after();
  if (free) tr.insert(to, divider);
  else tr.insert(end, schema.nodes.paragraph.create(null, divider));
  const position = end + (free ? 1 : 3);
  tr.insert(position, schema.nodes.paragraph.create());
  dispatch?.(tr.setSelection(TextSelection.create(tr.doc, position + 1)).scrollIntoView());
  return true;
};

/** Puts a reference to the footnote `id` behind the selection. Its text is the caller's to make. */
export function insertFootnote(id: string): Command {
  return (state, dispatch) => {
    const { to } = textRange(state.doc, state.selection);
    const tr = state.tr.insert(to, schema.nodes.footnote.create({ id }));
    dispatch?.(tr.setSelection(Selection.near(tr.doc.resolve(to + 1), -1)).scrollIntoView());
    return true;
  };
}

const paragraph: LineKind = { kind: 'paragraph' };

function caret(state: EditorState) {
  const { selection } = state;
  return selection instanceof TextSelection ? selection.$cursor : null;
}

function outOne(kind: LineKind & { kind: 'list' }): LineKind {
  return kind.indent > 0 ? { ...kind, indent: kind.indent - 1 } : paragraph;
}

function leaveBlock(tr: Transaction, state: EditorState, at: number): boolean {
  const $at = state.doc.resolve(at);
  const kind = lineKind($at.parent);
  const number = $at.index(0);
  if ($at.parent.content.size > 0 || kind.kind === 'paragraph') return false;
  if ($at.parent.type.spec.code && blockAround(state.doc, number).last > number) return false;
  setLineKind(tr, $at.before(), kind.kind === 'list' ? outOne(kind) : paragraph);
  renewTail(tr, state, [{ line: $at.parent, position: $at.before(), number }]);
  return true;
}

function endOfLine(doc: Node, number: number): number {
  let position = 0;
  for (let at = 0; at <= number; at++) position += doc.child(at).nodeSize;
  return position;
}
