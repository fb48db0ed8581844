import type { Blockquote, Node, Nodes, Parents, Root, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import type { RawFormat } from '../../document/schema.ts';
import { everyNode } from './parse.ts';
import { closingTag, holdsCode, openingTag, rawParagraph } from './raw-paragraphs.ts';

/** Blocks that are kept as their source. `children` are what was read of it: what it refers to. */
export interface RawBlock extends Node {
  type: 'rawBlock';
  format: RawFormat;
  /** What it is, for warnings. */
  what: string;
  children: RootContent[];
}

declare module 'mdast' {
  interface RootContentMap {
    rawBlock: RawBlock;
  }
}

/**
 * Puts raw blocks in the place of what a document has no form for: tables, HTML, shortcodes, formulas,
 * containers that are not known. Footnotes hold none: what is in them is kept as text. A paragraph with
 * HTML in it is one as a whole, where it stands by itself: its words alone would mean something else
 * (H<sub>2</sub>O), and its tags as text would be seen.
 */
export function markRaw(root: Root, source: string): void {
  const open: Parents[] = [root];
  for (let parent = open.pop(); parent; parent = open.pop()) {
    const outer = parent.type === 'root';
    const joined = joinTags(parent.children as RootContent[], source);
    parent.children = joined.map((node) => {
      const kind = kindOf(node, source, outer);
      return kind === undefined ? node : rawBlock([node], ...kind);
    });
    for (const child of parent.children) {
      if (holds(child)) open.push(child);
    }
  }
}

/** What stands in a document with a form of its own, and can hold what has none. */
function holds(node: Nodes): node is Parents {
  return /^(?:blockquote|list|listItem|containerDirective)$/.test(node.type);
}

type RawKind = readonly [format: RawFormat, what: string];

function kindOf(node: RootContent, source: string, outer: boolean): RawKind | undefined {
  const { type } = node;
  if (type === 'html') return ['html', 'html'];
  if (type === 'table') return ['markdown', 'table'];
  if (type === 'containerDirective' && isForeign(node, source)) return ['markdown', 'directive'];
  if (type === 'blockquote' && isAlert(node, source)) return ['markdown', 'alert'];
  if (type !== 'heading' && type !== 'paragraph') return undefined;
  const text = textOf(node, source);
  // A formula or a tag, with a line of signs below that makes headings.
  if (type === 'heading') return openingTag(text) ? ['markdown', 'shortcode'] : undefined;
  const what = rawParagraph(text) ?? (outer && hasHtml(node) ? 'html' : undefined);
  return what === undefined ? undefined : ['markdown', what];
}

/** A container of another program, with its end. Without one, `:::` is taken for words. */
function isForeign(node: ContainerDirective, source: string): boolean {
  if (node.name === 'thesis' || node.name === 'counterpoint') return false;
  const text = textOf(node, source);
  const colons = /^:+/.exec(text)?.[0] ?? ':::';
  const last = text.slice(text.lastIndexOf('\n') + 1).replace(/^[\s>]+/, '');
  return text.includes('\n') && last.startsWith(colons) && /^:+\s*$/.test(last);
}

/** GitHub's notes: a quote whose first line is a sign, which is lost when lines are joined. */
function isAlert(node: Blockquote, source: string): boolean {
  const [first] = node.children;
  return first?.type === 'paragraph' && /^\[!\w+\][ \t]*(?:\n|$)/.test(textOf(first, source));
}

/** Whether HTML stands among words. A `<br>` has a form: it ends the line. */
function hasHtml(node: RootContent): boolean {
  for (const each of everyNode(node)) if (each.type === 'html' && !isBreak(each.value)) return true;
  return false;
}

export function isBreak(html: string): boolean {
  return /^<br\s*\/?>$/i.test(html);
}

/**
 * Makes one block of all between two tags that belong together. Where headings or arguments stand
 * between, the tags are around a part of the piece, which stays what it is.
 */
function joinTags(nodes: RootContent[], source: string): RootContent[] {
  const ends = tagEnds(nodes, source);
  if (ends.size === 0) return nodes;
  const joined: RootContent[] = [];
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at];
    if (!node) continue;
    const end = ends.get(at);
    const all = end === undefined ? [] : nodes.slice(at, end.at + 1);
    if (end === undefined || (!holdsCode(end.name) && all.some(isStructure))) joined.push(node);
    else {
      joined.push(rawBlock(all, 'markdown', end.name === '$$' ? 'math' : 'shortcode'));
      at = end.at;
    }
  }
  return joined;
}

function isStructure(node: RootContent): boolean {
  return node.type === 'heading' || node.type === 'containerDirective';
}

/** By the index of each block that opens a tag, where it is closed. */
function tagEnds(nodes: readonly RootContent[], source: string) {
  const ends = new Map<number, { at: number; name: string }>();
  const open = new Map<string, number[]>();
  nodes.forEach((node, at) => {
    const text = textOf(node, source);
    if (endsInQuote(node, nodes[at + 1], source)) ends.set(at, { at: at + 1, name: 'tag' });
    if (ends.has(at) || isWhole(text)) return;
    const closes = at > 0 ? closingTag(text) : undefined;
    const from = closes === undefined ? undefined : open.get(closes)?.pop();
    if (closes !== undefined && from !== undefined) {
      ends.set(from, { at, name: closes });
      return;
    }
    if (node.type !== 'paragraph' && node.type !== 'heading') return;
    const opens = openingTag(text);
    if (opens === undefined) return;
    const others = open.get(opens);
    if (others) others.push(at);
    else open.set(opens, [at]);
  });
  return ends;
}

/** A tag of Hugo's over several lines, the last of which begins with a `>`, is a quote to CommonMark. */
function endsInQuote(node: RootContent, next: RootContent | undefined, source: string): boolean {
  if (node.type !== 'paragraph' || next?.type !== 'blockquote') return false;
  const text = textOf(node, source);
  const between = source.slice(node.position?.end.offset, next.position?.start.offset);
  const isOpen = text.startsWith('{{<') && !text.includes('>}}');
  return isOpen && /^\n *$/.test(between) && textOf(next, source) === '>}}';
}

/** The tags that source opens and does not close: another block may. */
export function openTags(root: Root, source: string): string[] {
  const ends = tagEnds(root.children, source);
  return root.children.flatMap((node, at) => {
    if (node.type !== 'paragraph' && node.type !== 'heading') return [];
    const text = textOf(node, source);
    return ends.has(at) || isWhole(text) ? [] : (openingTag(text) ?? []);
  });
}

/** Whether a block opens a tag and closes it. */
function isWhole(text: string): boolean {
  const opens = text.includes('\n') ? openingTag(text) : undefined;
  return opens !== undefined && closingTag(text) === opens;
}

function rawBlock(nodes: RootContent[], format: RawFormat, what: string): RawBlock {
  const [start, end] = [nodes[0]?.position?.start, nodes.at(-1)?.position?.end];
  return {
    ...{ type: 'rawBlock', format, what, children: nodes },
    ...(start && end && { position: { start, end } }),
  };
}

function textOf({ position }: Node, source: string): string {
  return source.slice(position?.start.offset ?? 0, position?.end.offset ?? 0);
}
