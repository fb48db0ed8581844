import type { Node } from 'prosemirror-model';
import { TextSelection, type Command } from 'prosemirror-state';
import { freshId } from '../fresh-id.ts';
import { kindMarkup, lineKind } from '../schema/line-kinds.ts';
import { blockAround, setLineKind } from './lines.ts';
import { linesOf } from '../mapping/positions.ts';

/** A thesis or a counterpoint as the editor's menus list it. */
export interface ArgumentBlock {
  kind: 'thesis' | 'counterpoint';
  id: string;
  /** The thesis that a counterpoint answers. */
  answers?: string;
  /** The text of its first line. */
  text: string;
  /** The position before its first line. */
  position: number;
}

/** The theses and counterpoints of a document, in order. */
export function argumentsOf(doc: Node): ArgumentBlock[] {
  const blocks: ArgumentBlock[] = [];
  for (const { line, position, number } of linesOf(doc)) {
    const kind = lineKind(line);
    if (!('id' in kind) || blockAround(doc, number).first !== number) continue;
    blocks.push({ ...kind, text: line.textContent, position });
  }
  return blocks;
}

/** The id of the nearest thesis above line `number`. */
export function thesisBefore(doc: Node, number: number): string | undefined {
  for (let at = number - 1; at >= 0; at--) {
    const kind = lineKind(doc.child(at));
    if (kind.kind === 'thesis') return kind.id;
  }
  return undefined;
}

/**
 * "Answer this thesis": makes an empty counterpoint that is linked to it, behind the thesis and the
 * counterpoints that follow it and answer it already, and puts the caret into it.
 */
export function answerThesis(thesisId: string): Command {
  return (state, dispatch) => {
    const lines = [...linesOf(state.doc)];
    const start = lines.findIndex(({ line }) => isThesis(line, thesisId));
    if (start < 0) return false;
    let last = blockAround(state.doc, start).last;
    while (last + 1 < lines.length && answersThesis(state.doc.child(last + 1), thesisId)) last += 1;
    const behind = lines[last];
    if (!behind || !dispatch) return behind !== undefined;
    const { type, attrs } = kindMarkup({
      kind: 'counterpoint',
      id: freshId(),
      answers: thesisId,
    });
    const position = behind.position + behind.line.nodeSize;
    const tr = state.tr.insert(position, type.create(attrs));
    dispatch(tr.setSelection(TextSelection.create(tr.doc, position + 1)).scrollIntoView());
    return true;
  };
}

/** Links a counterpoint to another thesis, or to none. */
export function linkCounterpoint(counterpointId: string, thesisId: string | null): Command {
  return (state, dispatch) => {
    const { tr } = state;
    for (const { line, position } of linesOf(state.doc)) {
      const kind = lineKind(line);
      if (kind.kind !== 'counterpoint' || kind.id !== counterpointId) continue;
      const { id } = kind;
      setLineKind(tr, position, {
        kind: 'counterpoint',
        id,
        ...(thesisId !== null && { answers: thesisId }),
      });
    }
    if (!tr.docChanged) return false;
    dispatch?.(tr);
    return true;
  };
}

function isThesis(line: Node, id: string): boolean {
  const kind = lineKind(line);
  return kind.kind === 'thesis' && kind.id === id;
}

function answersThesis(line: Node, thesisId: string): boolean {
  const kind = lineKind(line);
  return kind.kind === 'counterpoint' && kind.answers === thesisId;
}
