import { groupBlocks, type Block, type Line, type Span } from '../blocks.ts';
import { divide } from './html-blocks.ts';
import { countLine, noCounts, type ListCounts } from './list-numbers.ts';

export interface TextLook {
  /** The number of a note, for its mark. */
  readonly number: (id: string) => number | undefined;
  /** The numbers that lists go on from; without them, they begin. */
  readonly counts?: ListCounts;
}

/** What stands for a divider, and for an embed that is not known, in a text without a look. */
const dividerText = '* * *';
const unknownText = '⋯';

/**
 * Lines as text for programs that take nothing else: a blank line between blocks, "- " and "1. " at
 * items, "> " at quotes, "[1]" where a note is marked. Links are their words, as everywhere.
 */
export function linesText(lines: readonly Line[], look: TextLook): string {
  return groupBlocks(lines)
    .map((block, i) => blockText(block, look, (i === 0 && look.counts) || noCounts))
    .join('\n\n');
}

/** The words of one line, dividers on lines of their own. */
export function spansText(spans: readonly Span[], look: TextLook, indent = ''): string {
  return divide(spans)
    .map((part) => (part === 'divider' ? dividerText : part.map((s) => spanText(s, look)).join('')))
    .join(`\n${indent}`);
}

function spanText(span: Span, look: TextLook): string {
  if ('text' in span) return span.text;
  if (span.embed.kind !== 'footnote') return unknownText;
  const number = look.number(span.embed.id);
  return number === undefined ? '' : `[${number}]`;
}

function blockText({ lines }: Block, look: TextLook, counts: ListCounts): string {
  const [first] = lines;
  switch (first.kind) {
    case 'list':
      return listText(lines, look, counts);
    case 'code':
    case 'raw':
      return lines.map((line) => spansText(line.spans, look)).join('\n');
    case 'quote':
      return lines.map((line) => `> ${spansText(line.spans, look, '> ')}`).join('\n>\n');
    case 'paragraph':
    case 'heading':
    case 'thesis':
    case 'counterpoint':
      return lines.map((line) => spansText(line.spans, look)).join('\n\n');
  }
}

/** Items under each other, each as far in as the words of the item that it is under. */
function listText(lines: readonly Line[], look: TextLook, counts: ListCounts): string {
  const widths: number[] = [];
  return lines
    .map((line) => {
      if (line.kind !== 'list') return '';
      counts = countLine(counts, line);
      const sign = line.style === 'ordered' ? `${counts[line.indent] ?? 1}. ` : '- ';
      while (widths.length < line.indent) widths.push(2);
      widths.length = line.indent;
      const indent = ' '.repeat(widths.reduce((sum, width) => sum + width, 0));
      widths.push(sign.length);
      return indent + sign + spansText(line.spans, look, indent + ' '.repeat(sign.length));
    })
    .join('\n');
}
