import type { MarkType } from 'prosemirror-model';
import type { EditorState } from 'prosemirror-state';
import type { LineKind } from '../../../shared/document/index.ts';
import { linkRange } from './inline-commands.ts';
import { lineKind } from '../schema/line-kinds.ts';
import { selectedLines } from './lines.ts';
import { schema } from '../schema/schema.ts';

/** What a toolbar shows of the selection. */
export interface SelectionInfo {
  /** What the selected lines are, or undefined where they differ in kind. */
  line: LineKind | undefined;
  bold: boolean;
  italic: boolean;
  strike: boolean;
  code: boolean;
  /** Where the selected link leads. */
  link: string | undefined;
  /** Whether there is text to link. */
  canLink: boolean;
  canIndent: boolean;
  empty: boolean;
}

/** Linear in the selection; for every transaction that changes it. */
export function selectionInfo(state: EditorState): SelectionInfo {
  const { bold, italic, strike, code } = schema.marks;
  const kinds = selectedLines(state).map(({ line }) => lineKind(line));
  const [first] = kinds;
  const link = linkRange(state);
  return {
    line: kinds.every((kind) => sameKind(kind, first)) ? first : undefined,
    bold: hasMark(state, bold),
    italic: hasMark(state, italic),
    strike: hasMark(state, strike),
    code: hasMark(state, code),
    link: link?.href === '' ? undefined : link?.href,
    canLink: link !== undefined,
    canIndent: kinds.some(({ kind }) => kind === 'list'),
    empty: state.selection.empty,
  };
}

function sameKind(kind: LineKind, other: LineKind | undefined): boolean {
  if (kind.kind === 'heading' && other?.kind === 'heading') return kind.level === other.level;
  if (kind.kind === 'list' && other?.kind === 'list') return kind.style === other.style;
  if (kind.kind === 'raw' && other?.kind === 'raw') return kind.format === other.format;
  return kind.kind === other?.kind;
}

/** Whether all of the selected text has the mark, or what is typed next will have it. */
function hasMark(state: EditorState, type: MarkType): boolean {
  const { from, to, empty, $from } = state.selection;
  if (empty) return type.isInSet(state.storedMarks ?? $from.marks()) !== undefined;
  let found = false;
  let missing = false;
  state.doc.nodesBetween(from, to, (node) => {
    if (!node.isInline) return;
    if (type.isInSet(node.marks)) found = true;
    else missing = true;
  });
  return found && !missing;
}
