import type { Command, EditorState } from 'prosemirror-state';
import {
  maxIndent,
  type HeadingLevel,
  type LineKind,
  type ListStyle,
  type RawFormat,
} from '../../../shared/document/index.ts';
import { thesisBefore } from './argument.ts';
import { freshId } from '../fresh-id.ts';
import { lineKind } from '../schema/line-kinds.ts';
import { blockAround, renewTail, selectedLines, setLineKind, type LineAt } from './lines.ts';
import { linesOf } from '../mapping/positions.ts';

/*
 * What lines are. Each command changes the lines that the selection touches, and of them the
 * attributes of their breaks only. The toggles make paragraphs of lines that are that already.
 */

export const setParagraph: Command = turnInto(() => ({ kind: 'paragraph' }));
export const toggleQuote: Command = toggle('quote', () => ({ kind: 'quote' }));
export const toggleCodeBlock: Command = toggle('code', () => ({ kind: 'code' }));

export function toggleHeading(level: HeadingLevel): Command {
  const is = (kind: LineKind) => kind.kind === 'heading' && kind.level === level;
  return toggle(is, () => ({ kind: 'heading', level }));
}

export function toggleList(style: ListStyle): Command {
  const is = (kind: LineKind) => kind.kind === 'list' && kind.style === style;
  return toggle(is, (line) => ({
    kind: 'list',
    style,
    indent: line.kind === 'list' ? line.indent : 0,
  }));
}

export function toggleRaw(format: RawFormat): Command {
  const is = (kind: LineKind) => kind.kind === 'raw' && kind.format === format;
  return toggle(is, () => ({ kind: 'raw', format }));
}

/** One thesis of all selected lines; a thesis, whole, becomes paragraphs. */
export const toggleThesis: Command = toggle('thesis', () => ({ kind: 'thesis', id: freshId() }));

/**
 * One counterpoint of all selected lines, which answers the nearest thesis before it; a
 * counterpoint, whole, becomes paragraphs.
 */
export const toggleCounterpoint: Command = toggle('counterpoint', (_line, state, first) => {
  const answers = thesisBefore(state.doc, first.number);
  return { kind: 'counterpoint', id: freshId(), ...(answers !== undefined && { answers }) };
});

export const indent: Command = shiftIndent(1);
/** Also takes a line that is not indented out of its list. */
export const outdent: Command = shiftIndent(-1);

/** Makes the selected lines what `kind` says, called for each with what it is. */
export function turnInto(kind: (line: LineKind) => LineKind): Command {
  return (state, dispatch) => {
    if (dispatch) setAll(state, selectedLines(state), kind, dispatch);
    return true;
  };
}

type KindOf = (line: LineKind, state: EditorState, first: LineAt) => LineKind;

function toggle(is: LineKind['kind'] | ((kind: LineKind) => boolean), kindOf: KindOf): Command {
  const matches = typeof is === 'string' ? (kind: LineKind) => kind.kind === is : is;
  return (state, dispatch) => {
    const lines = selectedLines(state);
    const [first] = lines;
    if (!first) return false;
    if (!dispatch) return true;
    if (lines.every(({ line }) => matches(lineKind(line)))) {
      setAll(state, wholeArguments(state, lines), () => ({ kind: 'paragraph' }), dispatch);
    } else {
      // Called once where ids are made: all lines together are one thesis.
      const made = kindOf(lineKind(first.line), state, first);
      const kind = (line: LineKind) => ('id' in made ? made : kindOf(line, state, first));
      setAll(state, lines, kind, dispatch);
    }
    return true;
  };
}

function setAll(
  state: EditorState,
  lines: readonly LineAt[],
  kind: (line: LineKind) => LineKind,
  dispatch: NonNullable<Parameters<Command>[1]>,
): void {
  const { tr } = state;
  for (const { line, position } of lines) setLineKind(tr, position, kind(lineKind(line)));
  renewTail(tr, state, lines);
  dispatch(tr.setStoredMarks(state.storedMarks).scrollIntoView());
}

/** A thesis or a counterpoint is taken back as a whole, whichever of its paragraphs is selected. */
function wholeArguments(state: EditorState, lines: readonly LineAt[]): LineAt[] {
  const numbers = new Set<number>();
  for (const { line, number } of lines) {
    const { first, last } =
      'id' in lineKind(line) ? blockAround(state.doc, number) : { first: number, last: number };
    for (let each = first; each <= last; each++) numbers.add(each);
  }
  return [...linesOf(state.doc)].filter(({ number }) => numbers.has(number));
}

function shiftIndent(by: 1 | -1): Command {
  return (state, dispatch) => {
    const items = selectedLines(state).flatMap(({ line, position }) => {
      const kind = lineKind(line);
      return kind.kind === 'list' ? [{ position, kind }] : [];
    });
    if (items.length === 0) return false;
    const { tr } = state;
    for (const { position, kind } of items) {
      const wanted = kind.indent + by;
      if (wanted < 0) setLineKind(tr, position, { kind: 'paragraph' });
      else setLineKind(tr, position, { ...kind, indent: Math.min(maxIndent, wanted) });
    }
    dispatch?.(tr.scrollIntoView());
    return true;
  };
}
