import type { Heading } from 'mdast';
import { deltaText, normalDelta } from '../../document/delta/delta.ts';
import type { DeltaOp } from '../../document/schema.ts';
import type { MarkedText } from '../front-matter/read-front-matter.ts';
import { parseMarkdown } from './parse.ts';
import { readRawDelta } from '../raw-delta.ts';
import { readInline, type ReadContext } from './read-inline.ts';

/**
 * A title or standfirst of front matter with its marks, where their form says the same words as the
 * plain text does; undefined: it does not, and the plain text counts.
 */
export function readMarked(text: string, { markdown, delta }: MarkedText): DeltaOp[] | undefined {
  const raw = delta === undefined ? undefined : readRawDelta(delta);
  const found = raw ?? (markdown === undefined ? undefined : readLine(markdown));
  return found !== undefined && deltaText(found) === text ? normalDelta(found) : undefined;
}

/** Markdown of one line as its ops; undefined where it is no single paragraph. */
function readLine(markdown: string): DeltaOp[] | undefined {
  const [node, ...more] = parseMarkdown(markdown).children;
  if (node?.type !== 'paragraph' || more.length > 0) return undefined;
  const context: ReadContext = {
    source: markdown,
    ...{ definitions: new Map(), footnoteIds: new Map() },
    // What is kept as its source reads otherwise than the plain text, which counts then.
    warn: () => undefined,
  };
  return readInline(node.children, context);
}

/** A leading H1 as a title: one line, in which a footnote's mark is its sign. */
export function readTitle(heading: Heading, context: ReadContext): DeltaOp[] {
  const ops = readInline(heading.children, context);
  const signs = ops.map(({ insert, attributes }) => {
    const text = typeof insert === 'string' ? insert.replaceAll('\n', ' ') : signOf(insert);
    return { insert: text, ...(attributes && { attributes }) };
  });
  if (ops.some(({ insert }) => typeof insert !== 'string')) {
    context.warn(heading, 'title', 'A title has no footnotes: their marks are kept as text');
  }
  return normalDelta(signs);
}

function signOf(embed: object): string {
  const { footnote } = embed as { footnote?: unknown };
  return typeof footnote === 'string' ? `[^${footnote}]` : '';
}
