import { Fragment, Slice, type Node } from 'prosemirror-model';
import * as Y from 'yjs';
import { normalDelta, readText, type DeltaOp } from '../../../shared/document/index.ts';
import { freshId } from '../fresh-id.ts';
import { schema } from '../schema/schema.ts';
import { deltaToDoc } from '../mapping/to-prosemirror.ts';
import { noteIds, noteIn, type Notes } from './clip.ts';

/** The text of a note, as a normal delta. */
export function noteText(notes: Y.Map<unknown>, id: string): DeltaOp[] | undefined {
  const note = notes.get(id);
  if (note instanceof Y.Text) return readText(note);
  return typeof note === 'string' ? normalDelta([{ insert: note }]) : undefined;
}

/** Where pasted notes come from, and what is there. */
export interface NotesAround {
  /** The ids that are marked in the document. */
  readonly marked: ReadonlySet<string>;
  /** Notes of the document, marked or not. */
  readonly here: (id: string) => readonly DeltaOp[] | undefined;
  /** Notes that came along. */
  readonly brought: Notes;
  /** Whether what is pasted is from this piece, and its ids are those of `here`. */
  readonly own: boolean;
}

/**
 * Gives each pasted note an id that is its own, and says what each new one is to hold. One that was
 * cut from this piece is put back as itself: its text, its comments and its author have stayed. One
 * whose text nobody knows begins empty.
 */
export function settleNotes(
  slice: Slice,
  around: NotesAround,
): { slice: Slice; fresh: ReadonlyMap<string, readonly DeltaOp[]> } {
  const ids = new Map<string, string>();
  const fresh = new Map<string, readonly DeltaOp[]>();
  const settle = (id: string): string => {
    const known = ids.get(id);
    if (known !== undefined) return known;
    const here = around.own ? around.here(id) : undefined;
    const settled = here && !around.marked.has(id) ? id : freshId();
    ids.set(id, settled);
    if (settled !== id) {
      const text = noteIn(around.brought, id) ?? here ?? [];
      fresh.set(
        settled,
        text.map((op) => withNote(op, settle)),
      );
    }
    return settled;
  };
  const content = mapNotes(slice.content, (note) =>
    note.type.create({ ...note.attrs, id: settle(note.attrs['id'] as string) }, null, note.marks),
  );
  return { slice: new Slice(content, slice.openStart, slice.openEnd), fresh };
}

/** A note's text can refer to another note, which came along with it. */
function withNote(op: DeltaOp, settle: (id: string) => string): DeltaOp {
  const { footnote } = typeof op.insert === 'string' ? {} : (op.insert as { footnote?: unknown });
  if (typeof footnote !== 'string' || footnote === '') return op;
  return { ...op, insert: { ...(op.insert as object), footnote: settle(footnote) } };
}

/** Where there can be no note, its text stands in brackets. */
export function notesInBrackets(slice: Slice, text: (id: string) => readonly DeltaOp[]): Slice {
  const content = mapNotes(slice.content, (note) => bracketed(text(note.attrs['id'] as string)));
  return new Slice(content, slice.openStart, slice.openEnd);
}

function bracketed(delta: readonly DeltaOp[]): Node[] {
  const words: Node[] = [];
  deltaToDoc(delta).forEach((line, _offset, number) => {
    if (number > 0) words.push(schema.text(' '));
    line.forEach((node) => {
      if (node.type !== schema.nodes.footnote) words.push(node);
    });
  });
  return words.length > 0 ? [schema.text(' ['), ...words, schema.text(']')] : [];
}

/** The marks of notes that a fragment holds. */
export function markedNotes(content: Fragment | Node): Set<string> {
  const ids = new Set<string>();
  content.descendants((node) => {
    if (node.type === schema.nodes.footnote) ids.add(node.attrs['id'] as string);
    return !node.isAtom;
  });
  return ids;
}

/** Those of `fresh` that a document marks, and the notes that they refer to. */
export function arrivedNotes(
  fresh: ReadonlyMap<string, readonly DeltaOp[]>,
  doc: Node,
): ReadonlyMap<string, readonly DeltaOp[]> {
  const arrived = new Map<string, readonly DeltaOp[]>();
  const add = (id: string) => {
    const text = fresh.get(id);
    if (!text || arrived.has(id)) return;
    arrived.set(id, text);
    noteIds(text).forEach(add);
  };
  markedNotes(doc).forEach(add);
  return arrived;
}

/** Puts notes into the map, in one transaction. */
export function addNotes(
  notes: Y.Map<unknown>,
  fresh: ReadonlyMap<string, readonly DeltaOp[]>,
): void {
  const add = () => {
    for (const [id, delta] of fresh) {
      const text = new Y.Text();
      // Yjs writes nulls into the attributes that it is given, so it gets copies.
      const copy = delta.map((op) =>
        op.attributes ? { ...op, attributes: { ...op.attributes } } : op,
      );
      if (copy.length > 0) text.applyDelta(copy, { sanitize: true });
      notes.set(id, text);
    }
  };
  if (notes.doc) notes.doc.transact(add);
  else add();
}

function mapNotes(content: Fragment, change: (note: Node) => Node | Node[]): Fragment {
  const nodes: Node[] = [];
  content.forEach((node) => {
    if (node.type === schema.nodes.footnote) nodes.push(...[change(node)].flat());
    else nodes.push(node.isText || node.isAtom ? node : node.copy(mapNotes(node.content, change)));
  });
  return Fragment.fromArray(nodes);
}
