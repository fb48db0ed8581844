import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { directiveFromMarkdown } from 'mdast-util-directive';
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Extension } from 'micromark-util-types';
import { boundedContainers, boundedFootnotes } from './containers.ts';

/**
 * Markdown as a tree, without front matter. Line ends must be "\n".
 *
 * The grammar is put together from its parts, not taken as whole GFM: of directives only the
 * container form exists, because the text form reads ":30" in "at 10:b" and ":smile:" as its own;
 * bare addresses are text, as in CommonMark; one tilde is a tilde. Tables are read to be kept as
 * their source.
 */
export function parseMarkdown(source: string): Root {
  return fromMarkdown(source, {
    extensions: markdownExtensions(),
    mdastExtensions: [
      directiveFromMarkdown(),
      gfmFootnoteFromMarkdown(),
      gfmStrikethroughFromMarkdown(),
      gfmTableFromMarkdown(),
    ],
  });
}

/** The grammar, for one text. */
export function markdownExtensions(): Extension[] {
  return [
    boundedContainers(),
    boundedFootnotes(),
    gfmStrikethrough({ singleTilde: false }),
    gfmTable(),
  ];
}

/** Every node of a tree, in the order of the text. Iterative: trees can be deeper than the stack. */
export function* everyNode(root: Nodes): Generator<Nodes> {
  const open: Nodes[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    yield node;
    // One by one: the arguments of a call are limited by the stack, a document's blocks are not.
    const children: readonly Nodes[] = 'children' in node ? node.children : [];
    for (let i = children.length - 1; i >= 0; i -= 1) open.push(...children.slice(i, i + 1));
  }
}
