import type { Node } from 'prosemirror-model';
import type * as Y from 'yjs';
import { FieldText } from '../../../shared/anchors/field-text.ts';
import { flatLength, linesOf } from '../mapping/positions.ts';

/** What a thread is about, by the Yjs relative positions of its first and last letter, encoded. */
export interface Passage {
  readonly id: string;
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  /** A place between letters, where something is to be inserted. */
  readonly point: boolean;
  /** What is to stand there instead, or null where nothing is suggested. */
  readonly insertion: string | null;
  /** What it looks like. */
  readonly kind: 'comment' | 'suggestion' | 'closed';
}

/** Positions of the editor. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * Where passages are in `doc`, which shows `text`; those of which nothing is left are not in the map.
 * Null where the editor does not show all of the text yet. One pass, however many there are.
 */
export function placePassages(
  doc: Node,
  text: Y.Text,
  passages: readonly Passage[],
): ReadonlyMap<string, Place> | null {
  const behind = flatLength(doc) - text.length;
  // The last line's break may be missing from the text.
  if (behind !== 0 && behind !== 1) return null;
  const { edges } = new FieldText(
    text,
    passages.flatMap(({ start, end }) => [start, end]),
  );
  const positionOf = positions(doc);
  const places = new Map<string, Place>();
  passages.forEach(({ id, point }, i) => {
    const start = edges[2 * i] ?? null;
    const end = edges[2 * i + 1] ?? null;
    if (point) {
      const gap = end ?? start;
      const at = gap && positionOf(gap.index);
      if (at !== null) places.set(id, { from: at, to: at });
    } else if (start !== null && end !== null && start.index < end.index) {
      const [from, to] = [positionOf(start.index), positionOf(end.index)];
      if (from < to) places.set(id, { from, to });
    }
  });
  return places;
}

/** The anchor of a stretch of the editor's text, as the server takes it: bytes of both positions. */
export function anchorOf(text: Y.Text, from: number, to: number) {
  const view = new FieldText(text);
  return { start: view.positionAt(from, 'next'), end: view.positionAt(to, 'last') };
}

/** `indexToPosition` for many indexes of one document. */
function positions(doc: Node): (index: number) => number {
  const starts = [...linesOf(doc)].map(({ from }) => from);
  const last = doc.content.size - 1;
  return (index) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return Math.min(index + low + 1, last);
  };
}
