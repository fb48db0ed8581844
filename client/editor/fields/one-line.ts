import { Fragment, Slice, type Node } from 'prosemirror-model';
import { schema } from '../schema/schema.ts';

/*
 * A field of one line. Its document has one paragraph (the schema's `oneLine`), so no command can break
 * it; its text has no line break at its end. Breaks that another program wrote into the text are shown
 * as spaces, one for one (`lineBreak`), and stay what they are.
 */

/** The words of a slice with their marks, its lines a space apart. Embeds are left out. */
export function asOneLine(slice: Slice): Slice {
  const lines: Node[][] = [];
  slice.content.descendants((node) => {
    if (!node.isTextblock) return true;
    const words: Node[] = [];
    node.forEach((inline) => {
      if (inline.isText || inline.type === schema.nodes.lineBreak) words.push(inline);
    });
    if (words.length > 0) lines.push(words);
    return false;
  });
  const content = lines.flatMap((words, i) => (i === 0 ? words : [schema.text(' '), ...words]));
  return new Slice(Fragment.from(schema.nodes.paragraph.create(null, content)), 1, 1);
}
