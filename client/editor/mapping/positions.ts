import type { Node } from 'prosemirror-model';

/*
 * Positions of the editor ↔ indexes into the body.
 *
 * Line k of the body, L characters long (an embed is one), takes L + 1 indexes: its characters and
 * its break. Its node takes L + 2 positions: an opening, its characters, a closing. So the closing of
 * a node *is* the line's break, openings are the only positions without an index, and with k lines
 * before it
 *
 *     position in line k = index + k + 1        index = position − k − 1
 *
 * Both use UTF-16 units. The last break: a body normally ends with "\n", and then the last node's
 * closing is that break; there is no further, empty line behind it. A last line without its break
 * ("unended") has a closing with no index, at body.length. An empty body is one empty, unended
 * paragraph. So `body.length` is `flatLength(doc)`, less 1 where the last line is unended.
 */

/** Characters and breaks of the document, the last line's break included, whether there or not. */
export function flatLength(doc: Node): number {
  return doc.content.size - doc.childCount;
}

/** The index of a position, anywhere in the document. @throws RangeError outside of it. */
export function positionToIndex(doc: Node, position: number): number {
  const resolved = doc.resolve(position);
  return position - resolved.index(0) - Math.min(resolved.depth, 1);
}

/**
 * The position of an index, always inside of a line. Behind the last break it is the end of the
 * last line. @throws RangeError below 0 or further behind.
 */
export function indexToPosition(doc: Node, index: number): number {
  if (index === flatLength(doc)) return doc.content.size - 1;
  const { position, offset } = lineAtIndex(doc, index);
  return position + 1 + offset;
}

/** A line of the editor: its node, where it stands, and how far into it an index reaches. */
export interface LinePlace {
  line: Node;
  /** Which line it is, from 0. */
  number: number;
  /** The position before its node. */
  position: number;
  /** The index of its first character. */
  from: number;
  /** The index asked for, counted from `from`: 0 to the length of the line. */
  offset: number;
}

/** The line that holds an index, its break included. @throws RangeError outside of all lines. */
export function lineAtIndex(doc: Node, index: number): LinePlace {
  let position = 0;
  let from = 0;
  for (let number = 0; index >= 0 && number < doc.childCount; number++) {
    const line = doc.child(number);
    if (index - from <= line.content.size) {
      return { line, number, position, from, offset: index - from };
    }
    position += line.nodeSize;
    from += line.content.size + 1;
  }
  throw new RangeError(`Index ${index} is outside of a document of ${flatLength(doc)}`);
}

/** Every line with its places, in order. */
export function* linesOf(doc: Node): Generator<Omit<LinePlace, 'offset'>> {
  let position = 0;
  for (let number = 0; number < doc.childCount; number++) {
    const line = doc.child(number);
    yield { line, number, position, from: position - number };
    position += line.nodeSize;
  }
}
