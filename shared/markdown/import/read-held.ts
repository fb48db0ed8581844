import type { Definition, FootnoteDefinition, Heading, List, Nodes, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import type { Attributes, DeltaOp } from '../../document/schema.ts';
import { LineSink } from './line-sink.ts';
import type { RawBlock } from './raw-nodes.ts';
import { readRaw } from './read-raw.ts';
import { maxDepth, readInline, sourceOf, type ReadContext } from './read-inline.ts';

/** One thesis or counterpoint as it was met. `next`: it directly follows the one met before it. */
export interface Argued {
  kind: 'thesis' | 'counterpoint';
  id: string;
  answers?: string;
  node: Nodes;
  next: boolean;
}

export interface FlowContext extends ReadContext {
  footnotes: Map<string, DeltaOp[]>;
  argued: Argued[];
  newId: () => string;
  /** Whether a definition has its place in the document other than as source. */
  isKept: (node: Definition | FootnoteDefinition) => boolean;
  /** Whether what is kept as source refers to it. */
  isInRaw: (node: Definition | FootnoteDefinition) => boolean;
  readFootnote: (node: FootnoteDefinition) => void;
}

/** Where blocks are held: `name` is for warnings, `attributes` are those of its lines. */
export interface Holder {
  name: string;
  attributes: Attributes;
  /** The body itself, where a block stands on its own. */
  own?: true;
  /** Collects what is to come behind: raw blocks, whose lines would part what holds them. */
  behind?: ((sink: LineSink) => void)[];
  /** A footnote, in which all is words. */
  words?: true;
}

/**
 * Reads blocks inside of one that holds lines only: paragraphs are its lines, raw blocks stand by
 * themselves, and everything else becomes text in its lines, with a warning.
 */
export function readHeld(
  nodes: readonly RootContent[],
  context: FlowContext,
  sink: LineSink,
  holder: Holder,
  depth = 0,
): void {
  for (const node of nodes) {
    const read = readers[node.type] as Reader<RootContent> | undefined;
    if (depth > maxDepth) readSource(node, 'nesting', context, sink, holder.attributes);
    else if (read) read(node, context, sink, holder, depth);
    else readSource(node, node.type, context, sink, holder.attributes);
  }
}

type Reader<Node> = (
  node: Node,
  context: FlowContext,
  sink: LineSink,
  holder: Holder,
  depth: number,
) => void;

/** Blocks that are not kept as their source. */
const readers: { [Type in RootContent['type']]?: Reader<Extract<RootContent, { type: Type }>> } = {
  paragraph(node, context, sink, { attributes }) {
    const ops = readInline(node.children, context);
    if (ops.some((op) => op.insert === '\n')) {
      context.warn(node, 'hard break', 'A line break within a paragraph divides it');
    }
    sink.line(ops, attributes);
  },
  thematicBreak(_node, _context, sink, { attributes }) {
    sink.line([{ insert: { divider: true } }], attributes);
  },
  definition(node, context, sink, holder) {
    if (!context.isKept(node)) keepRaw(node, unused, context, sink, holder);
  },
  footnoteDefinition(node, context, sink, holder) {
    const isKept = context.isKept(node);
    if (isKept) context.readFootnote(node);
    if (!isKept || context.isInRaw(node)) keepRaw(node, repeated, context, sink, holder);
  },
  rawBlock: (node, context, sink, holder) => keepRaw(node, node, context, sink, holder),
  heading(node, context, sink, holder) {
    warnFlat(node, 'heading', context, holder);
    sink.line(readHeading(node, context), holder.attributes);
  },
  code(node, context, sink, holder) {
    warnFlat(node, 'code', context, holder);
    for (const text of node.value.split('\n')) sink.text(text, holder.attributes);
  },
  blockquote(node, context, sink, holder, depth) {
    warnFlat(node, 'quote', context, holder);
    readHeld(node.children, context, sink, holder, depth + 1);
  },
  containerDirective(node, context, sink, holder, depth) {
    warnFlat(node, 'directive', context, holder);
    sink.text(openingOf(node, context), holder.attributes);
    readHeld(node.children, context, sink, holder, depth + 1);
  },
  list: readHeldList,
};

type RawKind = Pick<RawBlock, 'format' | 'what'>;

const unused: RawKind = { format: 'markdown', what: 'definition' };
const repeated: RawKind = { format: 'markdown', what: 'footnote' };

function keepRaw(
  node: RootContent,
  kind: RawKind,
  context: FlowContext,
  sink: LineSink,
  holder: Holder,
): void {
  if (holder.words) readSource(node, kind.what, context, sink, holder.attributes);
  else if (holder.behind) {
    holder.behind.push((end) => readRaw(node, kind, context, end, holder));
  } else readRaw(node, kind, context, sink, holder);
}

/** Items as lines that begin with their sign. */
function readHeldList(
  list: List,
  context: FlowContext,
  sink: LineSink,
  holder: Holder,
  depth: number,
): void {
  warnFlat(list, 'list', context, holder);
  list.children.forEach((item, i) => {
    const lines = new LineSink();
    const behind: NonNullable<Holder['behind']> = [];
    readHeld(item.children, context, lines, { ...holder, behind }, depth + 1);
    if (lines.ops.length === 0) lines.line([], holder.attributes);
    sink.append([{ insert: list.ordered ? `${(list.start ?? 1) + i}. ` : '- ' }]);
    sink.append(lines.ops);
    if (holder.behind) holder.behind.push(...behind);
    else for (const put of behind) put(sink);
  });
}

/** The text of a heading; it has one line. */
export function readHeading(node: Heading, context: FlowContext): DeltaOp[] {
  const ops = readInline(node.children, context);
  if (!ops.some((op) => op.insert === '\n')) return ops;
  context.warn(node, 'hard break', 'A line break within a heading becomes a space');
  return ops.map((op) => (op.insert === '\n' ? { ...op, insert: ' ' } : op));
}

/** The source of a node as text, a line for each of its own. */
export function readSource(
  node: RootContent,
  what: string,
  context: FlowContext,
  sink: LineSink,
  attributes: Attributes,
): void {
  context.warn(node, what, `This (${what}) has no place in a document and is kept as text`);
  for (const text of sourceOf(node, context).split('\n')) {
    if (text.trim() !== '') sink.text(text, attributes);
  }
}

/** The line that opens a directive, as it was written. */
export function openingOf(node: ContainerDirective, context: FlowContext): string {
  return sourceOf(node, context).split('\n', 1)[0] ?? '';
}

function warnFlat(node: Nodes, what: string, context: FlowContext, holder: Holder): void {
  context.warn(node, what, `A ${what} in ${holder.name} is kept as text`);
}
