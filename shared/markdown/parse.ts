import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { directiveFromMarkdown } from 'mdast-util-directive';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { directive } from 'micromark-extension-directive';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfmFootnote } from 'micromark-extension-gfm-footnote';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Construct, Extension } from 'micromark-util-types';

/**
 * Markdown as a tree. Line ends must be "\n".
 *
 * The grammar is put together from its parts, not taken as whole GFM: of directives only the
 * container form exists, because the text form reads ":30" in "at 10:b" and ":smile:" as its own;
 * bare addresses are text, as in CommonMark; one tilde is a tilde. Tables are read only to be
 * noticed.
 */
export function parseMarkdown(source: string): Root {
  return fromMarkdown(source, {
    extensions: [
      containers,
      frontmatter('yaml'),
      gfmFootnote(),
      gfmStrikethrough({ singleTilde: false }),
      gfmTable(),
    ],
    mdastExtensions: [
      directiveFromMarkdown(),
      frontmatterFromMarkdown('yaml'),
      gfmFootnoteFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmTableFromMarkdown(),
    ],
  });
}

const colon = 58;
const containers: Extension = { flow: { [colon]: containerConstruct() } };

function containerConstruct(): Construct {
  const constructs = [directive().flow?.[colon] ?? []].flat();
  const container = constructs[0];
  if (!container) throw new Error('micromark-extension-directive has no container construct');
  return container;
}

/** Every node of a tree, in the order of the text. Iterative: trees can be deeper than the stack. */
export function* everyNode(root: Root): Generator<Nodes> {
  const open: Nodes[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    yield node;
    // One by one: the arguments of a call are limited by the stack, a document's blocks are not.
    const children: readonly Nodes[] = 'children' in node ? node.children : [];
    for (let i = children.length - 1; i >= 0; i -= 1) open.push(...children.slice(i, i + 1));
  }
}
