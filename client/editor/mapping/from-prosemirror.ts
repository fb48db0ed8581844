import type { Node } from 'prosemirror-model';
import { normalDelta, type DeltaOp } from '../../../shared/document/index.ts';
import { embedValue, inlineAttributes, lineAttributes } from '../schema/line-kinds.ts';

/**
 * The normal delta of a document; the inverse of `deltaToDoc`, and of `deltaToLine`. `ended` says whether the last line has
 * its break (see `positions.ts`); one without is a paragraph in the body, whatever its node says.
 */
export function docToDelta(doc: Node, ended = true): DeltaOp[] {
  const ops: DeltaOp[] = [];
  doc.forEach((line, _position, number) => {
    line.forEach((node) => {
      const attributes = inlineAttributes(node.marks);
      ops.push({ insert: node.text ?? embedValue(node), attributes });
    });
    if (ended || number < doc.childCount - 1) {
      ops.push({ insert: '\n', attributes: lineAttributes(line) });
    }
  });
  return normalDelta(ops);
}
