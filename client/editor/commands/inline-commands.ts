import { toggleMark } from 'prosemirror-commands';
import type { Mark, Node } from 'prosemirror-model';
import type { Command, EditorState } from 'prosemirror-state';
import { schema } from '../schema/schema.ts';

/*
 * How text looks. A mark is taken off where all of the selection has it, put on everywhere else; with
 * no selection it holds for what is typed next.
 */

const whole = { removeWhenPresent: false, includeWhitespace: true };

export const toggleBold: Command = toggleMark(schema.marks.bold, null, whole);
export const toggleItalic: Command = toggleMark(schema.marks.italic, null, whole);
export const toggleStrike: Command = toggleMark(schema.marks.strike, null, whole);
export const toggleCode: Command = toggleMark(schema.marks.code, null, whole);

/** Links the selection, or, with a caret, changes the link around it. An empty `href` unlinks. */
export function setLink(href: string): Command {
  return (state, dispatch) => {
    const range = linkRange(state);
    if (!range) return false;
    const { from, to } = range;
    const { link } = schema.marks;
    const { tr } = state;
    if (href === '') tr.removeMark(from, to, link);
    else tr.addMark(from, to, link.create({ href }));
    dispatch?.(tr);
    return true;
  };
}

/** What `setLink` would change, and where it leads now ('' where to nothing). */
export function linkRange(
  state: EditorState,
): { from: number; to: number; href: string } | undefined {
  const { from, to, $from, empty } = state.selection;
  if (!empty) return { from, to, href: hrefOf(firstLink(state.doc, from, to)) };
  const mark =
    schema.marks.link.isInSet($from.nodeAfter?.marks ?? []) ??
    schema.marks.link.isInSet($from.nodeBefore?.marks ?? []);
  return mark && { ...extent($from.parent, $from.start(), from, mark), href: hrefOf(mark) };
}

function hrefOf(mark: Mark | undefined): string {
  return (mark?.attrs['href'] as string | undefined) ?? '';
}

function firstLink(doc: Node, from: number, to: number): Mark | undefined {
  let found: Mark | undefined;
  doc.nodesBetween(from, to, (node) => {
    found ??= schema.marks.link.isInSet(node.marks);
  });
  return found;
}

/** The run of text with this mark that `position` is in or touches. */
function extent(line: Node, start: number, position: number, mark: Mark) {
  const runs: { from: number; to: number }[] = [];
  line.forEach((node, offset) => {
    if (!mark.isInSet(node.marks)) return;
    const from = start + offset;
    const last = runs.at(-1);
    if (last?.to === from) last.to = from + node.nodeSize;
    else runs.push({ from, to: from + node.nodeSize });
  });
  return (
    runs.find(({ from, to }) => from <= position && position < to) ??
    runs.find(({ to }) => to === position) ?? { from: position, to: position }
  );
}
