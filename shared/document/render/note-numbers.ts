import { readBlocks, type Line } from '../blocks.ts';
import type { DeltaOp } from '../schema.ts';

/**
 * The numbers of the notes that lines refer to, in the order of their marks, from 1. A note can refer
 * to another, which then joins the list behind those of the text. A mark whose note is missing has
 * its number too: it is seen in the text.
 */
export function numberNotes(
  lines: readonly Line[],
  footnotes: Readonly<Record<string, readonly DeltaOp[]>>,
): Map<string, number> {
  const numbers = new Map<string, number>();
  const add = (of: readonly Line[]) => {
    for (const { spans } of of) {
      for (const span of spans) {
        if (!('embed' in span) || span.embed.kind !== 'footnote') continue;
        if (!numbers.has(span.embed.id)) numbers.set(span.embed.id, numbers.size + 1);
      }
    }
  };
  add(lines);
  // The map grows while it is walked.
  for (const id of numbers.keys()) {
    if (Object.hasOwn(footnotes, id)) add(readBlocks(footnotes[id] ?? []));
  }
  return numbers;
}
