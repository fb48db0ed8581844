import { readBlocks, type Span } from './blocks.ts';
import { deltaText, normalDelta } from './delta/delta.ts';
import type { DeltaOp } from './schema.ts';

/** The texts above the body, each one line. */
export const headFields = ['title', 'standfirst'] as const;
export type HeadField = (typeof headFields)[number];

/**
 * Title and standfirst as plain values. Their words are strings, which lists, rows and programs take
 * as they are. Beside a text that has attributes or embeds stands all of it as a normal delta; one
 * that reads otherwise than its string counts for nothing, so who changes the string alone wins.
 */
export interface DocumentHead {
  title: string;
  standfirst: string;
  titleDelta?: DeltaOp[];
  standfirstDelta?: DeltaOp[];
}

/** All of a title or standfirst, whichever of its forms is there. */
export function headDelta(head: DocumentHead, field: HeadField): DeltaOp[] {
  const [text, delta] = [head[field], head[`${field}Delta`]];
  if (delta !== undefined && deltaText(delta) === text) return normalDelta(delta);
  return text === '' ? [] : [{ insert: text }];
}

/** The plain values of these texts. */
export function headOf(deltas: Readonly<Record<HeadField, readonly DeltaOp[]>>): DocumentHead {
  const head: DocumentHead = { title: '', standfirst: '' };
  for (const field of headFields) {
    const delta = normalDelta(deltas[field]);
    head[field] = deltaText(delta);
    if (!isPlain(delta)) head[`${field}Delta`] = delta;
  }
  return head;
}

/** The stretches of a title or standfirst as they are shown: a line break in it is a space. */
export function headSpans(delta: readonly DeltaOp[]): Span[] {
  const line = delta.map((op) =>
    typeof op.insert === 'string' ? { ...op, insert: op.insert.replaceAll('\n', ' ') } : op,
  );
  return readBlocks(line)[0]?.spans ?? [];
}

/**
 * Stretches that are set in italics, where what was in italics by itself is to stand out: it is
 * upright, as printers do it, with the signs and spaces beside it. Where all of it was, all is in
 * italics once.
 */
export function inItalics(spans: readonly Span[]): Span[] {
  const isBlank = (span: Span) => 'text' in span && span.text.trim() === '';
  if (spans.every((span) => span.marks.italic || isBlank(span))) return spans.map(slanted);
  return spans.flatMap((span, i): Span[] => {
    if (span.marks.italic) return [upright(span)];
    if (!('text' in span) || span.marks.code) return [slanted(span)];
    const { text } = span;
    const from = spans[i - 1]?.marks.italic ? text.search(/[\p{L}\p{N}]|$/u) : 0;
    const words = /^[^]*[\p{L}\p{N}]/u.exec(text)?.[0] ?? '';
    const to = spans[i + 1]?.marks.italic ? words.length : text.length;
    const pieces = [
      { ...span, text: text.slice(0, from) },
      slanted({ ...span, text: text.slice(from, to) }),
      { ...span, text: text.slice(Math.max(from, to)) },
    ];
    return pieces.filter((piece) => 'text' in piece && piece.text !== '');
  });
}

function slanted(span: Span): Span {
  return { ...span, marks: { ...span.marks, italic: true } };
}

function upright(span: Span): Span {
  const marks = { ...span.marks };
  delete marks.italic;
  return { ...span, marks };
}

function isPlain(delta: readonly DeltaOp[]): boolean {
  return delta.every(
    ({ insert, attributes }) => typeof insert === 'string' && attributes === undefined,
  );
}
