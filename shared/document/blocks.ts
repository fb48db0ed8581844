import { readAttributes } from './delta/delta.ts';
import {
  maxIndent,
  type Attributes,
  type Embed,
  type HeadingLevel,
  type LineKind,
  type Marks,
} from './schema.ts';

/** A stretch of a line with one look. `attributes` are all it came with, known or not. */
export type Span =
  | { text: string; marks: Marks; attributes: Attributes }
  | { embed: Embed; marks: Marks; attributes: Attributes };

/**
 * One line of a body. `from` is the index of its first character, `to` that of its line break, or
 * the length of the body for a last line that has none (`ended` is false then, and the line is a
 * paragraph). `attributes` are all those of the line break, known or not.
 */
export type Line = LineKind & {
  spans: Span[];
  from: number;
  to: number;
  ended: boolean;
  attributes: Attributes;
};

/** Neighbouring lines that make one block; its kind is that of the first. */
export interface Block {
  kind: Line['kind'];
  lines: [Line, ...Line[]];
  from: number;
  to: number;
}

/**
 * The lines of a body (S1). `delta` is what `Y.Text.toDelta()` gives, but anything is accepted:
 * what is not an insert is passed over, unknown attributes and embeds are carried along, values
 * that make no sense count as absent. Block attributes on text and inline ones on line breaks are
 * passed over. Never throws.
 */
export function readBlocks(delta: readonly unknown[]): Line[] {
  const lines: Line[] = [];
  let spans: Span[] = [];
  let from = 0;
  let index = 0;
  const endLine = (attributes: Attributes, ended: boolean): void => {
    lines.push({ ...readKind(attributes), spans, from, to: index, ended, attributes });
    spans = [];
  };
  for (const raw of delta) {
    if (typeof raw !== 'object' || raw === null) continue;
    const op = raw as { insert?: unknown; attributes?: unknown };
    const attributes = readAttributes(op.attributes);
    if (typeof op.insert === 'string') {
      const pieces = op.insert.split('\n');
      pieces.forEach((text, i) => {
        if (text !== '') spans.push({ text, marks: readMarks(attributes), attributes });
        index += text.length;
        if (i === pieces.length - 1) return;
        endLine(attributes, true);
        index += 1;
        from = index;
      });
    } else if (typeof op.insert === 'object' && op.insert !== null) {
      spans.push({ embed: readEmbed(op.insert), marks: readMarks(attributes), attributes });
      index += 1;
    }
  }
  if (spans.length > 0) endLine({}, false);
  return lines;
}

/**
 * What a line break's attributes make of its line. Concurrent edits can leave several on one
 * break; then the strongest valid one counts, in this order: header, thesis, counterpoint,
 * blockquote, list, code-block, raw. What carries the argument comes first, so that it is never
 * hidden by decoration; what nobody is to read as prose comes last.
 */
export function readKind(attributes: Attributes): LineKind {
  const { header, thesis, counterpoint, answers, blockquote, list, indent, raw } = attributes;
  const code = attributes['code-block'];
  if (header === 2 || header === 3 || header === 4) {
    return { kind: 'heading', level: header satisfies HeadingLevel };
  }
  if (isName(thesis)) return { kind: 'thesis', id: thesis };
  if (isName(counterpoint)) {
    return { kind: 'counterpoint', id: counterpoint, ...(isName(answers) && { answers }) };
  }
  if (blockquote === true) return { kind: 'quote' };
  if (list === 'bullet' || list === 'ordered') {
    return { kind: 'list', style: list, indent: readIndent(indent) };
  }
  // Quill 2 writes the language here.
  if (code === true || isName(code)) return { kind: 'code' };
  if (raw === 'markdown' || raw === 'html') return { kind: 'raw', format: raw };
  return { kind: 'paragraph' };
}

/** Neighbouring lines of one thesis, counterpoint, quote, list, code or raw format are one block. */
export function groupBlocks(lines: readonly Line[]): Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const last = blocks.at(-1);
    if (last && continues(last.lines[0], line)) {
      last.lines.push(line);
      last.to = line.to;
    } else blocks.push({ kind: line.kind, lines: [line], from: line.from, to: line.to });
  }
  return blocks;
}

/** The text of a line; embeds are left out. */
export function lineText(line: { spans: readonly Span[] }): string {
  return line.spans.map((span) => ('text' in span ? span.text : '')).join('');
}

function continues(first: Line, line: Line): boolean {
  if (first.kind !== line.kind || first.kind === 'paragraph' || first.kind === 'heading') {
    return false;
  }
  if (first.kind === 'raw') return first.format === (line as typeof first).format;
  const argues = first.kind === 'thesis' || first.kind === 'counterpoint';
  return !argues || first.id === (line as typeof first).id;
}

function readMarks(attributes: Attributes): Marks {
  const marks: Marks = {};
  if (attributes['bold'] === true) marks.bold = true;
  if (attributes['italic'] === true) marks.italic = true;
  if (attributes['strike'] === true) marks.strike = true;
  if (attributes['code'] === true) marks.code = true;
  if (typeof attributes['link'] === 'string') marks.link = attributes['link'];
  return marks;
}

function readEmbed(value: object): Embed {
  const { footnote, divider } = value as { footnote?: unknown; divider?: unknown };
  if (isName(footnote)) return { kind: 'footnote', id: footnote };
  if (divider === true) return { kind: 'divider' };
  return { kind: 'unknown', value };
}

function readIndent(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) return 0;
  return Math.min(value, maxIndent);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
