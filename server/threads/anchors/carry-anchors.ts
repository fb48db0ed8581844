import type * as Y from 'yjs';
import {
  anchorAt,
  FieldText,
  carry,
  indexesOf,
  offsetsOf,
  similarity,
  type Anchor,
  type Stretch,
} from '../../../shared/anchors/index.ts';
import type { Change } from '../../../shared/document/text/diff.ts';
import { DocumentFields } from '../../../shared/document/fields.ts';
import type { Located, Look } from './look.ts';
import type { AnchorChange, AnchorRow } from '../thread-store.ts';

/** Anchors that an edit of the server's took along. */
export interface Carried {
  readonly changes: readonly AnchorChange[];
  readonly moved: readonly Located<AnchorRow>[];
}

/** Less alike than this, what stands in a passage's place need not be what became of it. */
const alike = 0.5;

/**
 * The anchors of passages of one field in which an edit has replaced words, after that edit. The server
 * knows what it put in their place; a later look at the text could only guess. `surely`: what was put there is
 * what became of the passage, however much it differs; otherwise it may have gone elsewhere.
 */
export function carryAnchors(
  text: Y.Text,
  before: readonly Look<AnchorRow>[],
  changes: readonly Change[],
  { surely }: { readonly surely: boolean },
): Carried {
  const view = new FieldText(text);
  const carried = before.flatMap(({ row, position }) => {
    if (position === null || position.from === position.to) return [];
    const to = carry(changes, position);
    if (to === 'untouched' || to === null) return [];
    const at = offsetsOf(view, to);
    const anchor = anchorAt(view, at, row);
    if (anchor.quote.trim() === '') return [];
    if (!surely && similarity(anchor.quote, row.quote) < alike) return [];
    return [moved(view, row, anchor, at)];
  });
  return {
    changes: carried.map(({ change }) => change),
    moved: carried.map(({ located }) => located),
  };
}

/** The anchor of a thread whose place is known. */
export function moved(view: FieldText, row: AnchorRow, anchor: Anchor, at: Stretch) {
  const change: AnchorChange = { id: row.id, field: row.field, anchor, seen: null, version: null };
  const located: Located<AnchorRow> = {
    row: { ...row, ...anchor, seen: null },
    position: indexesOf(view, at),
  };
  return { change, located };
}

/**
 * Makes an edit that is not the server's own wording (a version that is brought back, content from
 * outside), and carries anchors of every field through it. `done` is called when the transaction that
 * the edit is a part of has ended: only then is it known what it did to the text.
 */
export function carryThrough(
  doc: Y.Doc,
  before: readonly Look<AnchorRow>[],
  edit: () => void,
  done: (carried: Carried) => void,
): void {
  const fields = new DocumentFields(doc);
  const written = [...new Set(before.map(({ row }) => row.field))].flatMap((field) => {
    const text = fields.text(field);
    return text === null ? [] : [{ field, text }];
  });
  const noted = written.map(({ field, text }) => {
    const note: { changes: readonly Change[] } = { changes: [] };
    const listener = (event: Y.YTextEvent) => {
      note.changes = changesOf(event);
    };
    text.observe(listener);
    return { field, text, note, end: () => text.unobserve(listener) };
  });
  doc.once('afterTransaction', () => {
    const carried = noted.map(({ field, text, note, end }) => {
      end();
      const here = before.filter(({ row }) => row.field === field);
      return carryAnchors(text, here, note.changes, { surely: false });
    });
    done({
      changes: carried.flatMap(({ changes }) => changes),
      moved: carried.flatMap(({ moved }) => moved),
    });
  });
  edit();
}

/** The changes that an event tells of, as indexes into the text before and after. */
function changesOf({ delta }: Y.YTextEvent): Change[] {
  const changes: Change[] = [];
  let [before, after] = [0, 0];
  let change: { at: number; remove: number; from: number; to: number } | null = null;
  for (const op of delta) {
    if (op.retain !== undefined) {
      change = null;
      before += op.retain;
      after += op.retain;
      continue;
    }
    if (change === null) {
      change = { at: before, remove: 0, from: after, to: after };
      changes.push(change);
    }
    if (op.delete !== undefined) before += op.delete;
    else after += typeof op.insert === 'string' ? op.insert.length : 1;
    change.remove = before - change.at;
    change.to = after;
  }
  return changes;
}
