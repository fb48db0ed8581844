import type { Root } from 'mdast';
import { deltaText, normalDelta } from '../../document/delta/delta.ts';
import { headFields, headOf, type HeadField } from '../../document/head.ts';
import type { DeltaOp } from '../../document/schema.ts';
import { findFrontMatter, type FrontMatter } from '../front-matter/read-front-matter.ts';
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
  const text = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const { front, source: below } = takeFrontMatter(text);
  // What is kept as source has no NUL either, which a reader of Markdown never sees.
  const source = below.replaceAll('\0', '\uFFFD');
  const root = parseMarkdown(source);
  markRaw(root, source);
  const warnings: ImportWarning[] = [];
  const references = findReferences(root);
  const context = createContext(source, references, warnings, options);
  const body = new LineSink();
  const warnAbove = (what: string, message: string) => warnings.push({ line: 1, what, message });
  if (front !== null) keepRest(front, warnAbove, body);
  const head = readHead(root, front, context, warnAbove);
  readFlow(root.children, context, body);
  // In source, and words elsewhere refer to them.
  for (const node of references.shared) context.readFootnote(node);
  warnTwice(context);
  const ops = normalDelta(body.ops);
  if (front?.unterminated) dropLastBreak(ops);
  warnings.sort((a, b) => a.line - b.line);
  const meta = front?.meta ?? {};
  return {
    ...headOf(head),
    body: ops,
    footnotes: Object.fromEntries(context.footnotes),
    ...(Object.keys(meta).length > 0 && { meta }),
    warnings,
  };
}

type WarnAbove = (what: string, message: string) => void;

/** Lines stay the lines that they are: where front matter stood, they are blank. */
function takeFrontMatter(source: string): { front: FrontMatter | null; source: string } {
  const found = findFrontMatter(source);
  if (found === null) return { front: null, source };
  const { front, end } = found;
  const lines = source.slice(0, end).split('\n').length - 1;
  return { front, source: '\n'.repeat(lines) + source.slice(end) };
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
 * Takes a leading H1 off the tree. When front matter names a title, too, that counts; an H1 that says
 * the same is dropped as a copy, another one stays as a heading.
 */
function readHead(
  root: Root,
  front: FrontMatter | null,
  context: FlowContext,
  warn: WarnAbove,
): Record<HeadField, DeltaOp[]> {
  const head: Partial<Record<HeadField, DeltaOp[]>> = {};
  if (front !== null) for (const field of headFields) head[field] = readField(front, field, warn);
  const heading = root.children[0];
  if (heading?.type === 'heading' && heading.depth === 1) {
    const title = readTitle(heading, context);
    if (head.title === undefined || front?.title === deltaText(title)) {
      // A copy of the title may say more about its look than the plain text does.
      if (head.title === undefined || front?.marked.title === undefined) head.title = title;
      root.children.shift();
    }
  }
  const { title = [], standfirst = [] } = head;
  return { title, standfirst };
}

/** A text of front matter, with its marks where they are told of the same words. */
function readField(found: FrontMatter, field: HeadField, warn: WarnAbove): DeltaOp[] | undefined {
  const { [field]: text, marked } = found;
  if (text === undefined) return undefined;
  const plain = text === '' ? [] : [{ insert: text }];
  const said = marked[field];
  if (said === undefined) return plain;
  const delta = readMarked(text, said);
  if (delta !== undefined) return delta;
  warn(field, `Its form with marks says other words: the plain ${field} counts`);
  return plain;
}

function keepRest({ rest, told }: FrontMatter, warn: WarnAbove, body: LineSink): void {
  for (const message of told) warn('front matter', message);
  if (rest === '') return;
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
