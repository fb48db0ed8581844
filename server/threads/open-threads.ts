import { noteOf, type DocumentFields } from '../../shared/document/fields.ts';
import type { Outline, OutlinePart, OutlineSection } from '../../shared/document/outline.ts';
import type { ExportNote } from '../../shared/markdown/index.ts';
import type { Located } from './anchors/look.ts';
import type { CommentRow } from './comments/comment-store.ts';
import type { ThreadRow } from './thread-store.ts';

export interface OpenThread extends Located<ThreadRow> {
  /** Where it is in the body, as an index; in a footnote, where that is marked. Null: not in it. */
  readonly inBody: number | null;
}

function inBody(
  { row: { field }, position }: Located<ThreadRow>,
  marks: DocumentFields['marks'],
): number | null {
  if (position === null) return null;
  if (field === 'body') return position.from;
  const note = noteOf(field);
  return note === null ? null : (marks.get(note) ?? null);
}

/** Open threads that have been looked at; `marks`: where footnotes are marked in the body. */
export function openThreadsIn(
  threads: readonly Located<ThreadRow>[],
  marks: DocumentFields['marks'],
): OpenThread[] {
  return threads.map((one) => ({ ...one, inBody: inBody(one, marks) }));
}

/** Threads as notes of an export, with what is said in them. */
export function notesOf(
  threads: readonly Located<ThreadRow>[],
  comments: ReadonlyMap<string, readonly CommentRow[]>,
): ExportNote[] {
  return threads.map(({ row, position }) => ({
    field: row.field,
    position: position === null ? null : { from: position.from, to: position.to },
    quote: row.quote,
    replacement: row.replacement,
    comments: (comments.get(row.id) ?? [])
      .filter(({ deletedAt }) => deletedAt === null)
      .map(({ author, body }) => ({ author: author.name, body })),
  }));
}

/** How many open threads there are in each part of an outline; a section counts its subsections'. */
export function countInOutline(outline: Outline, threads: readonly OpenThread[]) {
  const places = threads.flatMap(({ inBody }) => inBody ?? []);
  const countIn = (from: number, to: number) =>
    places.filter((place) => from <= place && place <= to).length;
  const counted = <Part extends OutlinePart>(part: Part) => ({
    ...part,
    openThreads: countIn(part.from, part.to),
  });
  const section = (one: OutlineSection): CountedSection => ({
    ...counted(one),
    sections: one.sections.map(section),
  });
  const [first] = outline.sections;
  // Where there is no lede, its one index is that of the first heading.
  const inLede = countIn(0, (first?.from ?? Infinity) - 1);
  return {
    ...outline,
    openThreads: threads.length,
    orphanedThreads: threads.filter(({ position }) => position === null).length,
    lede: { ...outline.lede, openThreads: inLede },
    sections: outline.sections.map(section),
  };
}

interface CountedSection extends Omit<OutlineSection, 'sections'> {
  readonly openThreads: number;
  readonly sections: CountedSection[];
}
