import type { Line, Span } from '../../document/blocks.ts';
import { sameValue } from '../../document/delta/delta.ts';
import { kindAttributes } from '../../document/editing/edit.ts';
import type { DeltaOp } from '../../document/schema.ts';
import type { InlinePart } from './write-inline.ts';
import type { WriteContext } from './write-line.ts';

/** The parts of a line, or undefined where it holds anything that only its delta can say. */
export function toParts(line: Line, context: WriteContext): InlinePart[] | undefined {
  if (!sameValue(kindAttributes(line), line.attributes)) return undefined;
  if (isDivider(line)) return [];
  const parts: InlinePart[] = [];
  for (const { marks, attributes, ...content } of line.spans) {
    if (!sameValue(marks, attributes)) return undefined;
    const isSource = line.kind === 'code' || line.kind === 'raw';
    if (isSource && Object.keys(marks).length > 0) return undefined;
    if ('text' in content) parts.push({ text: content.text, marks });
    else {
      const { embed } = content as Extract<Span, { embed: unknown }>;
      if (embed.kind !== 'footnote' || isSource) return undefined;
      if (!context.footnotes.has(embed.id)) return undefined;
      parts.push({ footnote: embed.id, marks });
    }
  }
  return parts;
}

/** Whether a line is a divider and nothing else. */
export function isDivider(line: Line): boolean {
  const [span, ...more] = line.spans;
  if (line.kind !== 'paragraph' || !span || more.length > 0 || !('embed' in span)) return false;
  return span.embed.kind === 'divider' && sameValue(span.attributes, {});
}

/** The ops of a line without its break. */
export function spanOps(line: Line): DeltaOp[] {
  return line.spans.map((span) => ({
    insert: 'text' in span ? span.text : embedValue(span),
    attributes: span.attributes,
  }));
}

/** The break of a line; nothing where it has none. */
export function breakOps(line: Line): DeltaOp[] {
  return line.ended ? [{ insert: '\n', attributes: line.attributes }] : [];
}

function embedValue({ embed }: Extract<Span, { embed: unknown }>): object {
  if (embed.kind === 'unknown') return embed.value;
  return embed.kind === 'divider' ? { divider: true } : { footnote: embed.id };
}
