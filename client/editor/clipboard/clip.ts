import { Fragment, Slice, type Node } from 'prosemirror-model';
import {
  noCounts,
  countLine,
  type ListCounts,
} from '../../../shared/document/render/list-numbers.ts';
import { linkAddress, readBlocks, type DeltaOp } from '../../../shared/document/index.ts';
import { docToDelta } from '../mapping/from-prosemirror.ts';
import { lineKind } from '../schema/line-kinds.ts';
import { linesOf } from '../mapping/positions.ts';
import { schema } from '../schema/schema.ts';
import { deltaToDoc } from '../mapping/to-prosemirror.ts';

/** Notes by their ids: each a normal delta without block attributes. */
export type Notes = Readonly<Record<string, readonly DeltaOp[]>>;

/** What is copied: all of it, as plain values. */
export interface Clip {
  /** A normal delta of whole lines, the last with its break. */
  readonly body: readonly DeltaOp[];
  /** As in a `Slice`: 1 where the copy began, or ended, within a line. */
  readonly openStart: 0 | 1;
  readonly openEnd: 0 | 1;
  readonly notes: Notes;
  /** The piece that it is from: there, a note that was cut is put back as itself. */
  readonly piece: string;
  /** Where its first list goes on from. */
  readonly counts?: ListCounts;
}

/** The text of a note, where it came along. Ids are others' words: `__proto__` is one. */
export function noteIn(notes: Notes, id: string): readonly DeltaOp[] | undefined {
  return Object.hasOwn(notes, id) ? notes[id] : undefined;
}

/** Whether a copy is of words within one line, and not of a line. */
export function isInline({ body, openStart, openEnd }: Clip): boolean {
  return openStart === 1 && openEnd === 1 && readBlocks(body).length === 1;
}

/**
 * What a slice of an editor holds. `counts` are those before its first line; `noteText` gives the
 * notes of the document.
 */
export function clipOf(
  slice: Slice,
  from: { piece: string; noteText: (id: string) => DeltaOp[] | undefined; counts?: ListCounts },
): Clip {
  const body = docToDelta(schema.nodes.doc.create(null, slice.content));
  const counted = from.counts?.some((count) => count > 0) === true;
  return {
    body,
    openStart: slice.openStart > 0 ? 1 : 0,
    openEnd: slice.openEnd > 0 ? 1 : 0,
    notes: collectNotes(body, from.noteText),
    piece: from.piece,
    ...(counted && from.counts && { counts: from.counts }),
  };
}

/** The slice that a clip was made of. What it links to is judged: it may be somebody else's work. */
export function clipSlice({ body, openStart, openEnd }: Clip): Slice {
  return new Slice(deltaToDoc(body.map(withSafeLink)).content, openStart, openEnd);
}

/** An op without a link that would run something. */
export function withSafeLink(op: DeltaOp): DeltaOp {
  const { link, ...others } = op.attributes ?? {};
  if (typeof link !== 'string') return op;
  // What leads nowhere does no harm, and is what stood there.
  const { reason } = linkAddress(link);
  if (reason !== 'scheme' && reason !== 'credentials') return op;
  return { insert: op.insert, attributes: others };
}

/** A copied embed alone is a stretch of a line: all that is copied is lines. */
export function asLines(slice: Slice): Slice {
  if (slice.content.firstChild?.isInline !== true) return slice;
  return new Slice(Fragment.from(schema.nodes.paragraph.create(null, slice.content)), 1, 1);
}

/** How far lists have been counted where the line at `position` begins. */
export function countsBefore(doc: Node, position: number): ListCounts {
  let counts = noCounts;
  for (const { line, position: start } of linesOf(doc)) {
    if (start + line.nodeSize > position) break;
    counts = countLine(counts, lineKind(line));
  }
  return counts;
}

/** The notes that a delta refers to, and those that they refer to. */
function collectNotes(
  body: readonly DeltaOp[],
  noteText: (id: string) => DeltaOp[] | undefined,
): Notes {
  const notes = new Map<string, readonly DeltaOp[]>();
  const add = (delta: readonly DeltaOp[]) => {
    for (const id of noteIds(delta)) {
      const text = notes.has(id) ? undefined : noteText(id);
      if (!text) continue;
      notes.set(id, text);
      add(text);
    }
  };
  add(body);
  return Object.fromEntries(notes);
}

/** The ids of the notes that are marked in a delta. */
export function noteIds(delta: readonly DeltaOp[]): string[] {
  return delta.flatMap(({ insert }) => {
    const id = typeof insert === 'object' ? (insert as { footnote?: unknown }).footnote : undefined;
    return typeof id === 'string' && id !== '' ? [id] : [];
  });
}
