import type { Node } from 'prosemirror-model';
import type { Attributes } from '../../../shared/document/index.ts';
import { embedValue, inlineAttributes, lineAttributes } from '../schema/line-kinds.ts';
import { linesOf } from '../mapping/positions.ts';

/** One index of the body: a UTF-16 unit, an embed or a line break, with all of its attributes. */
export interface Token {
  /** Equal keys are the same content: the unit itself, "\n", or an embed's value in JSON. */
  key: string;
  insert: string | object;
  attributes: Attributes;
}

/** The tokens of a document from one index to another, the last line's break among them. */
export function tokensBetween(doc: Node, from: number, to: number): Token[] {
  const tokens: Token[] = [];
  for (const { line, from: start } of linesOf(doc)) {
    const end = start + line.content.size;
    if (start >= to) break;
    if (end < from) continue;
    line.forEach((node, offset) => {
      addInline(tokens, node, from - start - offset, to - start - offset);
    });
    if (end >= from && end < to) {
      tokens.push({ key: '\n', insert: '\n', attributes: lineAttributes(line) });
    }
  }
  return tokens;
}

/** The index of the first break at or behind `index`. */
export function breakAfter(doc: Node, index: number): { index: number; line: Node } | undefined {
  for (const { line, from } of linesOf(doc)) {
    if (from + line.content.size >= index) return { index: from + line.content.size, line };
  }
  return undefined;
}

function addInline(tokens: Token[], node: Node, from: number, to: number): void {
  const attributes = inlineAttributes(node.marks);
  if (node.text !== undefined) {
    for (const unit of node.text.slice(Math.max(0, from), Math.max(0, to)).split('')) {
      tokens.push({ key: unit, insert: unit, attributes });
    }
  } else if (from <= 0 && to > 0) {
    const insert = embedValue(node);
    tokens.push({ key: `embed ${JSON.stringify(insert)}`, insert, attributes });
  }
}
