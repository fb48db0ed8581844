import type { Mark, Node } from 'prosemirror-model';
import type * as Y from 'yjs';
import { normalDelta, readBlocks, readText, type Line } from '../../../shared/document/index.ts';
import { embedNode, inlineMarks, lineMarkup } from '../schema/line-kinds.ts';
import { schema } from '../schema/schema.ts';

/** The document that shows a body. See `positions.ts` for the last line. Never throws. */
export function bodyToDoc(body: Y.Text): Node {
  return deltaToDoc(readText(body));
}

/** The document of one line that shows a text. Never throws. */
export function textToLine(text: Y.Text): Node {
  return deltaToLine(readText(text));
}

/** Its line breaks, which only another program writes there, are nodes in the one line. */
export function deltaToLine(delta: readonly unknown[]): Node {
  const content = normalDelta(delta).flatMap(({ insert, attributes = {} }) =>
    inlineNodes(insert, inlineMarks(attributes)),
  );
  return schema.nodes.oneLine.create(null, schema.nodes.paragraph.create(null, content));
}

/** What of a delta's op stands in a document of one line. */
export function inlineNodes(insert: string | object, marks: readonly Mark[]): Node[] {
  if (typeof insert !== 'string') return [embedNode(insert, marks)];
  const parts = insert.split(/(\n)/).filter((part) => part !== '');
  return parts.map((part) =>
    part === '\n' ? schema.nodes.lineBreak.create(null, null, marks) : schema.text(part, marks),
  );
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
