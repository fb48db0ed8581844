import type { Span } from '../../document/blocks.ts';
import { deltaText, withoutStrays } from '../../document/delta/delta.ts';
import {
  headDelta,
  headFields,
  headSpans,
  inItalics,
  type DocumentHead,
} from '../../document/head.ts';
import type { DocumentModel } from '../../document/model.ts';
import type { DeltaOp } from '../../document/schema.ts';
import { writeFrontMatter, type HeadEntry } from '../front-matter/write-front-matter.ts';
import { withoutMarkup } from './critic-markup.ts';
import { publishableLine } from './publishable.ts';
import { toParts } from './to-parts.ts';
import type { InlinePart } from './write-inline.ts';
import { writeLine, type WriteContext } from './write-line.ts';

/** Title and standfirst hold no footnotes. */
const context: WriteContext = { lossless: true, critic: false, footnotes: new Set() };
const published: WriteContext = { ...context, lossless: false };

type Above = DocumentHead & Pick<DocumentModel, 'meta'>;

/** The front matter of a working export: all that title, standfirst and meta hold. `critic`: as `WriteContext` has it. */
export function writeWorkingHead(head: Above, unterminated: boolean, critic: boolean): string {
  const entries = headFields.map((field) => {
    const delta = withoutStrays(headDelta(head, field));
    return { ...writeMarked(field, delta), text: head[field] };
  });
  const written = writeFrontMatter(entries, head.meta, unterminated);
  // Only quoted values hold what looks like notes.
  return critic ? withoutMarkup(written) : written;
}

/** Title and standfirst as readers see them, and all of meta, as YAML. */
export function writePublishedHead(head: Above): string {
  const entries = headFields.map((field) => {
    const delta = publishableLine(headSpans(headDelta(head, field)));
    const { text, markdown } = writeMarked(field, delta);
    return { field, text, ...(markdown !== undefined && { markdown }) };
  });
  return writeFrontMatter(entries, head.meta, false);
}

/** With what says its marks: Markdown, or where it has no form for them, the delta. */
function writeMarked(field: HeadEntry['field'], delta: readonly DeltaOp[]): HeadEntry {
  const plain = { field, text: deltaText(delta) };
  const isMarked = delta.some(({ insert, attributes }) => typeof insert !== 'string' || attributes);
  if (!isMarked) return plain;
  const markdown = markdownOf(delta);
  return {
    ...plain,
    ...(markdown === undefined ? { delta: JSON.stringify(delta) } : { markdown }),
  };
}

function markdownOf(delta: readonly DeltaOp[]): string | undefined {
  const isLine = delta.every(({ insert }) => typeof insert === 'string' && !insert.includes('\n'));
  if (!isLine) return undefined;
  const parts = partsOf(headSpans(delta));
  return parts && writeLine(parts, context);
}

/** `# ` and the title; nothing where there is none. */
export function writeTitle(head: DocumentHead): string {
  const parts = publishedParts(headSpans(headDelta(head, 'title')));
  if (parts.length === 0) return '';
  // A body has no first level; what needs escaping is the same on each.
  const heading = writeLine(parts, published, { lead: '## ' });
  return (heading ?? `## ${textOf(parts)}`).slice(1);
}

/** The standfirst in italics. */
export function writeStandfirst(head: DocumentHead): string {
  const parts = publishedParts(inItalics(headSpans(headDelta(head, 'standfirst'))));
  if (parts.length === 0) return '';
  return writeLine(parts, published) ?? textOf(parts);
}

function publishedParts(spans: readonly Span[]): InlinePart[] {
  return partsOf(headSpans(publishableLine(spans))) ?? [];
}

function partsOf(spans: Span[]): InlinePart[] | undefined {
  const line = { spans, from: 0, to: 0, ended: true, attributes: {} };
  return toParts({ ...line, kind: 'paragraph' }, context);
}

function textOf(parts: readonly InlinePart[]): string {
  return parts.map((part) => ('text' in part ? part.text : '')).join('');
}
