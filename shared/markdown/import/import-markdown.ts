import type { Nodes, Root } from 'mdast';
import { deltaText, normalDelta } from '../../document/delta/delta.ts';
import { headFields, headOf, type HeadField } from '../../document/head.ts';
import type { DeltaOp } from '../../document/schema.ts';
import { readFrontMatter, type FrontMatter } from '../front-matter.ts';
import type { Imported, ImportOptions, ImportWarning } from './import-content.ts';
import { findReferences, type References } from './references.ts';
import { parseMarkdown } from './parse.ts';
import { markRaw } from './raw-nodes.ts';
import { LineSink } from './line-sink.ts';
import { readFlow } from './read-blocks.ts';
import { readMarked, readTitle } from './read-head.ts';
import { readHeld, type FlowContext } from './read-held.ts';

/**
 * Markdown as a document: CommonMark, GFM footnotes, front matter, `:::thesis` and `:::counterpoint`.
 * What the document cannot hold is kept as source or as text, with a warning. Never throws.
 */
export function importMarkdown(content: string, options: ImportOptions): Imported {
  // What is kept as source has no NUL either, which a reader of Markdown never sees.
  const text = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const source = text.replaceAll('\0', '\uFFFD');
  const root = parseMarkdown(source);
  markRaw(root, source);
  const warnings: ImportWarning[] = [];
  const references = findReferences(root);
  const context = createContext(source, references, warnings, options);
  const body = new LineSink();
  const { head, unterminated } = readHead(root, context, body);
  readFlow(root.children, context, body);
  // In source, and words elsewhere refer to them.
  for (const node of references.shared) context.readFootnote(node);
  warnTwice(context);
  const ops = normalDelta(body.ops);
  if (unterminated) dropLastBreak(ops);
  warnings.sort((a, b) => a.line - b.line);
  return {
    ...headOf(head),
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
  { definitions, footnotes, isKept, isInRaw }: References,
  warnings: ImportWarning[],
  options: ImportOptions,
): FlowContext {
  const footnoteIds = new Map<string, string>();
  for (const [identifier, node] of footnotes) footnoteIds.set(identifier, node.label ?? identifier);
  const context: FlowContext = {
    source,
    definitions,
    footnoteIds,
    footnotes: new Map<string, DeltaOp[]>(),
    newId: options.newId,
    argued: [],
    isKept,
    isInRaw,
    readFootnote: (node) => {
      const lines = new LineSink();
      readHeld(node.children, context, lines, { name: 'a footnote', attributes: {}, words: true });
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
): { head: Record<HeadField, DeltaOp[]>; unterminated: boolean } {
  const head: Partial<Record<HeadField, DeltaOp[]>> = {};
  let found: FrontMatter | undefined;
  const first = root.children[0];
  if (first?.type === 'yaml') {
    root.children.shift();
    found = readFrontMatter(first.value);
    for (const field of headFields) head[field] = readField(first, found, field, context);
    keepRest(first, found.rest, found.error, context, body);
  }
  const heading = root.children[0];
  if (heading?.type === 'heading' && heading.depth === 1) {
    const title = readTitle(heading, context);
    if (head.title === undefined || found?.title === deltaText(title)) {
      // A copy of the title may say more about its look than the plain text does.
      if (head.title === undefined || found?.marked.title === undefined) head.title = title;
      root.children.shift();
    }
  }
  const { title = [], standfirst = [] } = head;
  return { head: { title, standfirst }, unterminated: found?.unterminated ?? false };
}

/** A text of front matter, with its marks where they are told of the same words. */
function readField(
  node: Nodes,
  found: FrontMatter,
  field: HeadField,
  context: FlowContext,
): DeltaOp[] | undefined {
  const { [field]: text, marked } = found;
  if (text === undefined) return undefined;
  const plain = text === '' ? [] : [{ insert: text }];
  const said = marked[field];
  if (said === undefined) return plain;
  const delta = readMarked(text, said);
  if (delta !== undefined) return delta;
  context.warn(node, field, `Its form with marks says other words: the plain ${field} counts`);
  return plain;
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
