import type { DeltaOp } from '../../../../../../shared/document/index.ts';
import { freshId, type FieldShape } from '../../../../../editor/index.ts';
import { findNotes } from './footnotes.ts';
import { HtmlReader, type Around } from './html-reader.ts';
import { LineWriter } from './line-writer.ts';
import { plainLook } from '../styles/look.ts';
import { prepare } from './prepare.ts';
import { Styles } from '../styles/style.ts';
import type { Notices } from '../told.ts';

/** What was pasted, as a piece has it. */
export interface Pasted {
  readonly body: readonly DeltaOp[];
  readonly notes: ReadonlyMap<string, readonly DeltaOp[]>;
}

/** What the text that is pasted into can hold. */
export interface Room {
  /** Marks of footnotes. */
  readonly notes: boolean;
  readonly shape: FieldShape;
}

/** In a title, as in a heading, that all of it was drawn bold says nothing. */
const heading = { header: 2 };
const headline: Around = { look: plainLook, kind: heading, flat: heading, quotes: 0, line: true };

const start: Around = { look: plainLook, kind: {}, quotes: 0 };

/**
 * HTML of another program as what was seen of it: text, marks, blocks and footnotes. What has no form
 * here gets another, and a notice. The document that it is parsed into loads and runs nothing.
 */
export function readHtml(html: string, room: Room, notices: Notices): Pasted {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const styles = new Styles(page);
  prepare(page.body);
  const found = findNotes(page.body, freshId);
  /** `mark` writes what stands for the mark of a note. */
  const read = (root: Element, around: Around, mark: Mark) => {
    const writer = new LineWriter(notices);
    const write = (id: string, at: Around) => mark(id, at, writer);
    const reader = new HtmlReader({ styles, writer, notices, notes: found, mark: write });
    writer.begin(around.kind);
    reader.children(root, around);
    writer.begin({});
    return writer.delta;
  };
  const flat: Around = { ...start, flat: {} };
  const notes = new Map<string, readonly DeltaOp[]>();
  for (const [id, element] of found.notes) {
    // No notes in notes.
    const inner: Mark = (other, { look }, writer) =>
      writer.text(` [${found.notes.get(other)?.textContent.trim() ?? ''}]`, look);
    notes.set(id, withoutLastBreak(read(element, flat, inner)));
  }
  const marked = new Set<string>();
  const body = read(
    page.body,
    room.shape === 'blocks' ? start : room.shape === 'line' ? headline : flat,
    (id, { look }, writer) => {
      marked.add(id);
      if (room.notes) return writer.embed({ footnote: id });
      notices.tell('notes');
      writer.text(` [${plainText(notes.get(id) ?? [])}]`, look);
    },
  );
  // A note whose mark nobody saw is no note of the text.
  const seen = [...notes].filter(([id]) => marked.has(id));
  return { body, notes: new Map(room.notes ? seen : []) };
}

type Mark = (id: string, around: Around, writer: LineWriter) => void;

function withoutLastBreak(delta: readonly DeltaOp[]): DeltaOp[] {
  const last = delta.at(-1);
  if (typeof last?.insert !== 'string' || !last.insert.endsWith('\n')) return [...delta];
  const insert = last.insert.slice(0, -1);
  return [...delta.slice(0, -1), ...(insert === '' ? [] : [{ ...last, insert }])];
}

function plainText(delta: readonly DeltaOp[]): string {
  return delta
    .map(({ insert }) => (typeof insert === 'string' ? insert : ''))
    .join('')
    .replaceAll('\n', ' ');
}
