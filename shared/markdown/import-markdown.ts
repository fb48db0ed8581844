import type { Definition, FootnoteDefinition, Nodes, PhrasingContent, Root } from 'mdast';
import { deltaText, normalDelta } from '../document/delta.ts';
import type { DeltaOp } from '../document/schema.ts';
import { readFrontMatter } from './front-matter.ts';
import type { Imported, ImportOptions, ImportWarning } from './import-content.ts';
import { everyNode, parseMarkdown } from './parse.ts';
import { LineSink } from './line-sink.ts';
import { readFlow } from './read-blocks.ts';
import { readHeld, type FlowContext } from './read-held.ts';
import { readInline, sourceOf } from './read-inline.ts';

/**
 * Markdown as a document: CommonMark, GFM footnotes, front matter, `:::thesis` and `:::counterpoint`.
 * What the document cannot hold is kept as text, with a warning. Never throws.
 */
export function importMarkdown(content: string, options: ImportOptions): Imported {
  const source = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const root = parseMarkdown(source);
  const warnings: ImportWarning[] = [];
  const context = createContext(source, root, warnings, options);
  const body = new LineSink();
  const { title, standfirst, unterminated } = readHead(root, context, body);
  readFlow(root.children, context, body);
  warnTwice(context);
  const ops = normalDelta(body.ops);
  if (unterminated) dropLastBreak(ops);
  warnings.sort((a, b) => a.line - b.line);
  return {
    title,
    standfirst,
    body: ops,
    footnotes: Object.fromEntries(context.footnotes),
    warnings,
  };
}

function dropLastBreak(ops: DeltaOp[]): void {
  const last = ops.at(-1);
  if (typeof last?.insert !== 'string' || !last.insert.endsWith('\n') || last.attributes) return;
  last.insert = last.insert.slice(0, -1);
  if (last.insert === '') ops.pop();
}

/** Definitions are known before the first line is read, wherever they stand. */
function createContext(
  source: string,
  root: Root,
  warnings: ImportWarning[],
  options: ImportOptions,
): FlowContext {
  const definitions = new Map<string, Definition>();
  const footnotes = new Map<string, FootnoteDefinition>();
  const used = new Set<string>();
  for (const node of everyNode(root)) {
    if (node.type === 'definition' && !definitions.has(node.identifier)) {
      definitions.set(node.identifier, node);
    } else if (node.type === 'footnoteDefinition' && !footnotes.has(node.identifier)) {
      footnotes.set(node.identifier, node);
    } else if (node.type === 'linkReference' || node.type === 'imageReference') {
      used.add(node.identifier);
    }
  }
  const footnoteIds = new Map<string, string>();
  for (const [identifier, node] of footnotes) footnoteIds.set(identifier, node.label ?? identifier);
  const context: FlowContext = {
    source,
    definitions,
    footnoteIds,
    footnotes: new Map<string, DeltaOp[]>(),
    newId: options.newId,
    argued: [],
    isKept: (node) =>
      node.type === 'definition'
        ? used.has(node.identifier) && definitions.get(node.identifier) === node
        : footnotes.get(node.identifier) === node,
    readFootnote: (node) => {
      const lines = new LineSink();
      readHeld(node.children, context, lines, { name: 'a footnote', attributes: {} });
      const id = footnoteIds.get(node.identifier) ?? node.identifier;
      context.footnotes.set(id, normalDelta(lines.ops.slice(0, -1)));
    },
    warn: (node, what, message) => {
      warnings.push({ line: node.position?.start.line ?? 1, what, message });
    },
  };
  return context;
}

/**
 * Takes front matter and a leading H1 off the tree. When both name a title, front matter's counts;
 * an H1 that says the same is dropped as a copy, another one stays as a heading.
 */
function readHead(
  root: Root,
  context: FlowContext,
  body: LineSink,
): { title: string; standfirst: string; unterminated: boolean } {
  let title: string | undefined;
  let standfirst = '';
  let unterminated = false;
  const first = root.children[0];
  if (first?.type === 'yaml') {
    root.children.shift();
    const found = readFrontMatter(first.value);
    ({ title, unterminated } = found);
    standfirst = found.standfirst ?? '';
    keepRest(first, found.rest, found.error, context, body);
  }
  const heading = root.children[0];
  if (heading?.type === 'heading' && heading.depth === 1) {
    const text = titleText(heading, context);
    if (title === undefined || title === text) {
      title = text;
      root.children.shift();
    }
  }
  return { title: title ?? '', standfirst, unterminated };
}

function keepRest(
  node: Nodes,
  rest: string,
  error: string | undefined,
  context: FlowContext,
  body: LineSink,
): void {
  if (rest === '') return;
  const message =
    error === undefined ? 'Only title and standfirst have a place' : `No YAML: ${error}`;
  context.warn(node, 'front matter', `${message}; the rest is kept as text`);
  for (const line of rest.split('\n')) body.line([{ insert: line }], { 'code-block': true });
}

/** A title is plain text: marks are taken off, embeds stay as they were written. */
function titleText(heading: Extract<Nodes, { type: 'heading' }>, context: FlowContext): string {
  const plain = heading.children.every((child) => child.type === 'text');
  if (!plain) context.warn(heading, 'title', 'A title is plain text');
  return heading.children.map((child) => titlePart(child, context)).join('');
}

function titlePart(child: PhrasingContent, context: FlowContext): string {
  const ops = readInline([child], context);
  const plain = ops.every((op) => typeof op.insert === 'string');
  return plain ? deltaText(ops).replaceAll('\n', ' ') : sourceOf(child, context);
}

/** Ids are kept as they are, so that a document comes back the same; a copy is worth a word. */
function warnTwice(context: FlowContext): void {
  const seen = new Map<string, number>();
  const theses = new Set(
    context.argued.filter(({ kind }) => kind === 'thesis').map(({ id }) => id),
  );
  context.argued.forEach(({ id, node, answers, next }, i) => {
    const before = seen.get(id);
    if (before !== undefined && !(before === i - 1 && next)) {
      context.warn(node, 'id', `The id "${id}" is used above already`);
    }
    seen.set(id, i);
    if (answers !== undefined && !theses.has(answers)) {
      context.warn(node, 'answers', `There is no thesis with the id "${answers}"`);
    }
  });
}
