import type { Node } from 'prosemirror-model';
import type { HeadingLevel } from '../../../shared/document/index.ts';
import { lineKind } from '../schema/line-kinds.ts';
import type { Move } from './move-lines.ts';

/** A heading's line, and the last of the lines up to the next heading of its level or above. */
export interface SectionLines {
  level: HeadingLevel;
  first: number;
  last: number;
}

/** All sections of a document in order, subsections among them. */
export function sectionsOf(doc: Node): SectionLines[] {
  const sections: SectionLines[] = [];
  const open: SectionLines[] = [];
  for (let line = 0; line < doc.childCount; line++) {
    const kind = lineKind(doc.child(line));
    if (kind.kind === 'heading') {
      while ((open.at(-1)?.level ?? 0) >= kind.level) open.pop();
      const section = { level: kind.level, first: line, last: line };
      sections.push(section);
      open.push(section);
    }
    for (const section of open) section.last = line;
  }
  return sections;
}

/** The section on the other side of its neighbour of the same level; null at the end of its row. */
export function stepMove(
  sections: readonly SectionLines[],
  number: number,
  direction: 1 | -1,
): Move | null {
  const section = sections[number];
  if (!section) return null;
  const { level, first, last } = section;
  if (direction > 0) {
    const next = sections.find((each) => each.first === last + 1);
    if (next?.level !== level) return null;
    return { first, last, before: next.last + 1 };
  }
  const before = sections.findLast((each) => each.first < first && each.level <= level);
  return before?.level === level ? { first, last, before: before.first } : null;
}

/**
 * The section before another one, or at the end where that is null. It never comes to stand between
 * a section of a higher level number and what belongs to that: it goes on to the next place where one
 * of its level may begin.
 */
export function dropMove(
  sections: readonly SectionLines[],
  number: number,
  target: number | null,
  lineCount: number,
): Move | null {
  const section = sections[number];
  if (!section) return null;
  const { level, first, last } = section;
  const from = target === null ? sections.length : target;
  const next = sections.slice(from).find((each) => each.level <= level);
  const before = next?.first ?? lineCount;
  return before >= first && before <= last + 1 ? null : { first, last, before };
}
