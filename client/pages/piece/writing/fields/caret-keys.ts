import type { Node as PmNode } from 'prosemirror-model';
import { Plugin, TextSelection, type Selection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';

/**
 * Arrow keys, Home and End beside what cannot be written in: a note's mark, somebody's caret. Browsers
 * stop there once more, take it for the whole line, or do not get past it.
 */
export function caretKeys(): Plugin {
  return new Plugin({ props: { handleKeyDown: (view, event) => handled(view, event) } });
}

type Direction = 1 | -1;

function handled(view: EditorView, event: KeyboardEvent): boolean {
  const { selection } = view.state;
  const { key, shiftKey: extends_, ctrlKey, altKey, metaKey } = event;
  if (view.composing || metaKey || !(selection instanceof TextSelection)) return false;
  const { $head } = selection;
  if ((key === 'Home' || key === 'End') && !ctrlKey) {
    const direction = key === 'End' ? 1 : -1;
    const rest = beside($head, direction);
    if (rest.length > 0 && rest.every((node) => !node.isText)) {
      return move(view, direction > 0 ? $head.end() : $head.start(), extends_);
    }
    stepIntoText(view, direction, extends_);
  }
  if ((key === 'ArrowLeft' || key === 'ArrowRight') && (selection.empty || extends_)) {
    const rightToLeft = getComputedStyle(lineOf(view, $head)).direction === 'rtl';
    const direction = (key === 'ArrowRight') === rightToLeft ? -1 : 1;
    const node = direction > 0 ? $head.nodeAfter : $head.nodeBefore;
    if (node && !node.isText) return move(view, $head.pos + direction, extends_);
    if (node && !ctrlKey && !altKey && isBesideUneditable(view)) {
      return move(view, $head.pos + direction * letterLength(node, direction), extends_);
    }
  }
  return false;
}

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** UTF-16 units of the letter at that end of what stands beside the caret. */
function letterLength({ text = '' }: PmNode, direction: Direction): number {
  // Of a long text its end will do: no letter is longer.
  const near = direction > 0 ? text.slice(0, 64) : text.slice(-64);
  const all = [...letters.segment(near)];
  return (direction > 0 ? all[0] : all.at(-1))?.segment.length ?? 1;
}

/** The nodes of the line on one side of a position. */
function beside($at: Selection['$head'], direction: Direction): PmNode[] {
  const nodes: PmNode[] = [];
  const [from, to] =
    direction > 0 ? [$at.parentOffset, $at.parent.content.size] : [0, $at.parentOffset];
  $at.parent.nodesBetween(from, to, (node) => void nodes.push(node));
  return from < to ? nodes : [];
}

function move(view: EditorView, head: number, extend: boolean): boolean {
  const { doc, selection, tr } = view.state;
  const anchor = extend ? selection.anchor : head;
  view.dispatch(tr.setSelection(TextSelection.create(doc, anchor, head)).scrollIntoView());
  return true;
}

/** Whether the browser's caret touches an element that cannot be written in. */
function isBesideUneditable(view: EditorView): boolean {
  const { focusNode, focusOffset = 0 } = document.getSelection() ?? {};
  if (!focusNode || !view.dom.contains(focusNode)) return false;
  const inText = focusNode instanceof Text;
  const before = inText ? focusNode.previousSibling : focusNode.childNodes[focusOffset - 1];
  const after = inText ? focusNode.nextSibling : focusNode.childNodes[focusOffset];
  return (
    (isUneditable(before) && (!inText || focusOffset === 0)) ||
    (isUneditable(after) && (!inText || focusOffset === focusNode.data.length))
  );
}

/** Puts the browser's caret past what cannot be written in, into the text on that side. */
function stepIntoText(view: EditorView, direction: Direction, extend: boolean): void {
  const shown = document.getSelection();
  if (!shown?.anchorNode || !isBesideUneditable(view)) return;
  const { $head } = view.state.selection;
  const ahead = beside($head, direction);
  const atoms = direction > 0 ? ahead.findIndex(isText) : ahead.toReversed().findIndex(isText);
  if (atoms < 0) return;
  const inText = $head.pos + direction * (atoms + 1);
  const { node: text } = view.domAtPos(inText, direction > 0 ? -1 : 1);
  if (!(text instanceof Text)) return;
  const offset = direction > 0 ? 0 : text.data.length;
  if (extend) shown.setBaseAndExtent(shown.anchorNode, shown.anchorOffset, text, offset);
  else shown.collapse(text, offset);
}

function isText(node: PmNode): boolean {
  return node.isText;
}

function isUneditable(node: Node | null | undefined): boolean {
  return node instanceof HTMLElement && node.contentEditable === 'false';
}

function lineOf(view: EditorView, $at: Selection['$head']): Element {
  const line = view.nodeDOM($at.before());
  return line instanceof Element ? line : view.dom;
}
