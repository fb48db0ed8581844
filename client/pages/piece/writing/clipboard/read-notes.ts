import { Fragment, type Slice } from 'prosemirror-model';
import { normalDelta, type DeltaOp } from '../../../../../shared/document/index.ts';
import { docToDelta } from '../../../../editor/mapping/from-prosemirror.ts';
import { schema } from '../../../../editor/schema/schema.ts';
import type { Notes } from '../../../../editor/clipboard/clip.ts';

/**
 * Takes the notes out of pasted elements: the items of a `section[data-footnotes]`, each named by its
 * `data-footnote`, as the marks (`sup[data-footnote]`) name them.
 */
export function readNotes(dom: Node, parse: (item: Node) => Slice): Notes {
  const notes: [string, DeltaOp[]][] = [];
  const root = dom as ParentNode;
  for (const section of root.querySelectorAll('section[data-footnotes]')) {
    for (const item of section.querySelectorAll('li[data-footnote]')) {
      const id = item.getAttribute('data-footnote') ?? '';
      const { content } = parse(item);
      if (id !== '') notes.push([id, paragraphs(content)]);
    }
    section.remove();
  }
  return Object.fromEntries(notes);
}

/** Lines of whatever kind, or words in no line, as paragraphs of a note: the last has no break. */
function paragraphs(content: Fragment): DeltaOp[] {
  const lines = content.firstChild?.isInline
    ? Fragment.from(schema.nodes.paragraph.create(null, content))
    : content;
  const plain = Fragment.fromArray(
    lines.content.map((line) => schema.nodes.paragraph.create(null, line.content)),
  );
  return normalDelta(docToDelta(schema.nodes.doc.create(null, plain), false));
}
