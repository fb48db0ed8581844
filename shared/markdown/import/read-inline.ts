import type { Link, LinkReference, Nodes, PhrasingContent } from 'mdast';
import { linkAddress } from '../../document/link-address.ts';
import type { Attributes, DeltaOp } from '../../document/schema.ts';
import { isBreak } from './raw-nodes.ts';

/** What the reading of one source shares: its definitions, and where warnings go. */
export interface ReadContext {
  /** The text being read, with "\n" line ends. */
  source: string;
  /** Link definitions, by identifier. */
  definitions: ReadonlyMap<string, { url: string; title?: string | null | undefined }>;
  /** Ids of the footnotes that are defined, by identifier. */
  footnoteIds: ReadonlyMap<string, string>;
  warn: (node: Nodes, what: string, message: string) => void;
}

/** Nesting past this is kept as source text: nobody writes it, and the stack has an end. */
export const maxDepth = 100;

/**
 * Text, marks and embeds of a paragraph, a hard line break as "\n". What a line cannot hold becomes
 * its source text, with a warning.
 */
export function readInline(
  nodes: readonly PhrasingContent[],
  context: ReadContext,
  marks: Attributes = {},
  depth = 0,
): DeltaOp[] {
  return nodes.flatMap((node) => readNode(node, context, marks, depth));
}

function readNode(
  node: PhrasingContent,
  context: ReadContext,
  marks: Attributes,
  depth: number,
): DeltaOp[] {
  if (depth > maxDepth) return asSource(node, 'nesting', 'Nested too deeply', context, marks);
  const inside = (mark: Attributes): DeltaOp[] =>
    'children' in node ? readInline(node.children, context, { ...marks, ...mark }, depth + 1) : [];
  const read = readers[node.type] as Reader<PhrasingContent> | undefined;
  if (read) return read(node, inside, context, marks);
  return asSource(node, node.type, `What is "${node.type}" is kept as text`, context, marks);
}

type Reader<Node> = (
  node: Node,
  inside: (mark: Attributes) => DeltaOp[],
  context: ReadContext,
  marks: Attributes,
) => DeltaOp[];

/** Inline nodes that are not kept as their source. */
const readers: {
  [Type in PhrasingContent['type']]?: Reader<Extract<PhrasingContent, { type: Type }>>;
} = {
  text: (node, _inside, _context, marks) => [styled(oneLine(node.value), marks)],
  emphasis: (_node, inside) => inside({ italic: true }),
  strong: (_node, inside) => inside({ bold: true }),
  delete: (_node, inside) => inside({ strike: true }),
  inlineCode: (node, _inside, _context, marks) => [
    styled(oneLine(node.value), { ...marks, code: true }),
  ],
  break: () => [{ insert: '\n' }],
  html: (node, _inside, context, marks) =>
    isBreak(node.value)
      ? [{ insert: '\n' }]
      : asSource(node, 'html', 'What is "html" is kept as text', context, marks),
  footnoteReference: (node, _inside, context, marks) => [
    styled({ footnote: context.footnoteIds.get(node.identifier) ?? node.identifier }, marks),
  ],
  link: (node, inside, context, marks) => readLink(node, node, inside, context, marks),
  linkReference: (node, inside, context, marks) =>
    readLink(node, context.definitions.get(node.identifier), inside, context, marks),
  imageReference(node, _inside, context, marks) {
    context.warn(node, 'image', 'Images are kept as text');
    const { url = '', title } = context.definitions.get(node.identifier) ?? {};
    const quoted = title ? ` "${oneLine(title)}"` : '';
    return [styled(`![${node.alt ?? ''}](${url}${quoted})`, marks)];
  },
};

function readLink(
  node: Link | LinkReference,
  target: { url: string; title?: string | null | undefined } | undefined,
  inside: (mark: Attributes) => DeltaOp[],
  context: ReadContext,
  marks: Attributes,
): DeltaOp[] {
  const { href, reason } = linkAddress(target?.url ?? '');
  const ops = inside(href === undefined ? {} : { link: href });
  if (ops.length === 0) {
    // `[]()` shows nothing and leads nowhere. The working export writes an empty line so.
    if (!target?.url && !target?.title) return [];
    return asSource(node, 'link', 'A link without text is kept as text', context, marks);
  }
  if (reason !== undefined) {
    context.warn(node, 'link address', `“${target?.url ?? ''}” is no address; only the words stay`);
  }
  if (target?.title) {
    context.warn(node, 'link title', "A link's title is kept as text behind it");
    ops.push(styled(` (${oneLine(target.title)})`, marks));
  }
  return ops;
}

function asSource(
  node: PhrasingContent,
  what: string,
  message: string,
  context: ReadContext,
  marks: Attributes,
): DeltaOp[] {
  context.warn(node, what, message);
  return [styled(oneLine(sourceOf(node, context)), marks)];
}

/** The characters of the source that a node was read from. */
export function sourceOf(node: Nodes, context: ReadContext): string {
  const { start, end } = node.position ?? {};
  return context.source.slice(start?.offset ?? 0, end?.offset ?? 0);
}

function styled(insert: string | object, marks: Attributes): DeltaOp {
  return Object.keys(marks).length > 0 ? { insert, attributes: marks } : { insert };
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}
