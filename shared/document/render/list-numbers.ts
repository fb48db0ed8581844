import { maxIndent, type LineKind } from '../schema.ts';

/** How far the ordered items of each level have been counted, the outermost first. */
export type ListCounts = readonly number[];

/** Where no list has begun. */
export const noCounts: ListCounts = Array.from({ length: maxIndent + 1 }, () => 0);

/**
 * The counts behind a line, as the editor numbers: an item ends the lists that are deeper than it, any
 * other line ends all, and bullets between numbers do not count.
 */
export function countLine(counts: ListCounts, line: LineKind): ListCounts {
  if (line.kind !== 'list') return noCounts;
  const next = counts.map((count, level) => (level > line.indent ? 0 : count));
  if (line.style === 'ordered') next[line.indent] = (next[line.indent] ?? 0) + 1;
  return next;
}
