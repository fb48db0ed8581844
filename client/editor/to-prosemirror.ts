import type { Node } from 'prosemirror-model';
import type * as Y from 'yjs';
import { readBlocks, readText, type Line } from '../../shared/document/index.ts';
import { embedNode, inlineMarks, lineMarkup } from './line-kinds.ts';
import { schema } from './schema.ts';

/** The document that shows a body. See `positions.ts` for the last line. Never throws. */
export function bodyToDoc(body: Y.Text): Node {
  return deltaToDoc(readText(body));
}

/**
 * The document that shows a delta. Accepts what `readBlocks` accepts; `docToDelta` gives the same
 * delta back, in its normal form.
 */
export function deltaToDoc(delta: readonly unknown[]): Node {
  // `readBlocks` names the embeds that it knows; their raw values are kept from the delta.
  const embeds = delta.flatMap((op) => {
    const insert = (op as { insert?: unknown } | null)?.insert;
    return typeof insert === 'object' && insert !== null ? [insert] : [];
  });
  const lines = readBlocks(delta).map((line) => lineNode(line, embeds));
  return schema.nodes.doc.create(null, lines.length > 0 ? lines : schema.nodes.paragraph.create());
}

function lineNode(line: Line, embeds: object[]): Node {
  const { type, attrs } = lineMarkup(line.attributes);
  const content = line.spans.map((span) => {
    const marks = inlineMarks(span.attributes);
    return 'text' in span ? schema.text(span.text, marks) : embedNode(embeds.shift() ?? {}, marks);
  });
  return type.create(attrs, content);
}
