import { Fragment, type Node } from 'prosemirror-model';
import {
  countLine,
  noCounts,
  type ListCounts,
} from '../../../../../shared/document/render/list-numbers.ts';
import { lineKind } from '../../../../editor/schema/line-kinds.ts';
import { schema } from '../../../../editor/schema/schema.ts';

/**
 * Lines as a footnote has them, where all are paragraphs: what kind they were is in their words, since a
 * published note says nothing else. As pasted HTML is read into a note.
 */
export function asParagraphs(lines: readonly Node[]): Node[] {
  let counts: ListCounts = noCounts;
  return lines.map((line) => {
    const kind = lineKind(line);
    counts = countLine(counts, kind);
    const words = [...line.content.content].map(asWords);
    switch (kind.kind) {
      case 'list': {
        const sign = kind.style === 'ordered' ? `${counts[kind.indent] ?? 1}. ` : '- ';
        return paragraph([schema.text(sign), ...words]);
      }
      case 'heading':
        return paragraph(words.map((node) => marked(node, schema.marks.bold.create())));
      case 'code':
      case 'raw':
        return paragraph(words.map((node) => marked(node, schema.marks.code.create())));
      case 'quote':
      case 'thesis':
      case 'counterpoint':
      case 'paragraph':
        return paragraph(words);
    }
  });
}

/** A published note has no divider. */
function asWords(node: Node): Node {
  return node.type === schema.nodes.divider ? schema.text('* * *') : node;
}

function paragraph(words: readonly Node[]): Node {
  return schema.nodes.paragraph.create(null, Fragment.fromArray([...words]));
}

function marked(node: Node, mark: ReturnType<typeof schema.marks.bold.create>): Node {
  return node.isText ? node.mark(mark.addToSet(node.marks)) : node;
}
