import type { List } from 'mdast';
import { maxIndent, type Attributes } from '../../document/schema.ts';
import type { LineSink } from './line-sink.ts';
import { readHeld, readSource, type FlowContext } from './read-held.ts';
import { maxDepth } from './read-inline.ts';

/** A list: one line per item. An item that begins with a list has no line of its own. */
export function readList(list: List, context: FlowContext, sink: LineSink, indent = 0): void {
  if (list.ordered && (list.start ?? 1) !== 1) {
    context.warn(list, 'list start', `The list begins at 1, not at ${list.start}`);
  }
  if (indent > maxIndent) context.warn(list, 'list depth', 'Nested too deeply: levels are merged');
  const attributes = listAttributes(list, Math.min(indent, maxIndent));
  for (const item of list.children) {
    if (item.children.length === 0) sink.line([], attributes);
    item.children.forEach((child, i) => {
      if (child.type === 'list') {
        if (indent < maxDepth) readList(child, context, sink, indent + 1);
        else readSource(child, 'nesting', context, sink, attributes);
        return;
      }
      if (i > 0 && child.type === 'paragraph') {
        context.warn(child, 'list item', 'Another paragraph of an item becomes an item');
      }
      readHeld([child], context, sink, { name: 'a list', attributes }, 1);
    });
  }
}

function listAttributes(list: List, indent: number): Attributes {
  return { ...(indent > 0 && { indent }), list: list.ordered ? 'ordered' : 'bullet' };
}
