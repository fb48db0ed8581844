import { TextSelection, type Selection } from 'prosemirror-state';
import type { Node } from 'prosemirror-model';
import * as Y from 'yjs';
import { indexToPosition, positionToIndex } from '../mapping/positions.ts';

/**
 * A selection that moves with the text: both ends as Yjs relative positions in the body. This is
 * the `cursor` field of the awareness states of y-quill and y-prosemirror, in JSON as they send it.
 */
export interface Cursor {
  anchor: Y.RelativePosition;
  head: Y.RelativePosition;
}

/** Somebody else's selection, in positions of the editor. `user` is as the server stamped it. */
export interface RemoteCaret {
  clientId: number;
  user: CaretUser;
  anchor: number;
  head: number;
}

export interface CaretUser {
  id?: string;
  name?: string;
  color?: string;
  role?: string;
}

/** A selection of `doc`, which shows `body`, as relative positions. */
export function cursorOf(selection: Selection, doc: Node, body: Y.Text): Cursor {
  const relative = (position: number) => {
    const index = Math.min(positionToIndex(doc, position), body.length);
    return Y.createRelativePositionFromTypeIndex(body, index);
  };
  return { anchor: relative(selection.anchor), head: relative(selection.head) };
}

/** Where a cursor is in `doc` now, or undefined where it is not in this body. Accepts anything. */
export function placeCursor(
  cursor: unknown,
  doc: Node,
  body: Y.Text,
): { anchor: number; head: number } | undefined {
  const { anchor, head } = (cursor ?? {}) as { anchor?: unknown; head?: unknown };
  const from = place(anchor, doc, body);
  const to = place(head, doc, body);
  return from === undefined || to === undefined ? undefined : { anchor: from, head: to };
}

/** Everybody's carets but one's own, from the states of an awareness. Never throws. */
export function remoteCarets(
  states: ReadonlyMap<number, unknown>,
  ownClientId: number,
  doc: Node,
  body: Y.Text,
): RemoteCaret[] {
  const carets: RemoteCaret[] = [];
  for (const [clientId, raw] of states) {
    const state = (raw ?? {}) as { cursor?: unknown; user?: unknown };
    const placed = clientId === ownClientId ? undefined : placeCursor(state.cursor, doc, body);
    if (placed) carets.push({ clientId, user: readUser(state.user), ...placed });
  }
  return carets.sort((a, b) => a.clientId - b.clientId);
}

/** The part of a y-protocols Awareness that cursors need. */
export interface CursorAwareness {
  readonly clientID: number;
  getStates(): ReadonlyMap<number, unknown>;
  getLocalState(): Record<string, unknown> | null;
  setLocalStateField(field: string, value: unknown): void;
  on(event: 'change', listener: () => void): void;
  off(event: 'change', listener: () => void): void;
}

/** Tells the others where one's selection is; null (not focused) takes the caret away. */
export function publishCursor(awareness: CursorAwareness, cursor: Cursor | null): void {
  const state = awareness.getLocalState();
  if (!state) return;
  const before = (state['cursor'] ?? null) as Cursor | null;
  if (before === null && cursor === null) return;
  const same =
    before !== null &&
    cursor !== null &&
    Y.compareRelativePositions(before.anchor, cursor.anchor) &&
    Y.compareRelativePositions(before.head, cursor.head);
  if (!same) awareness.setLocalStateField('cursor', cursor);
}

/** The selection of a placed cursor, at the nearest places that can hold one. */
export function selectionAt(doc: Node, placed: { anchor: number; head: number }): Selection {
  const resolve = (position: number) =>
    doc.resolve(Math.min(Math.max(position, 0), doc.content.size));
  return TextSelection.between(resolve(placed.anchor), resolve(placed.head));
}

function place(raw: unknown, doc: Node, body: Y.Text): number | undefined {
  if (typeof raw !== 'object' || raw === null || !body.doc) return undefined;
  try {
    const relative = Y.createRelativePositionFromJSON(raw);
    const found = Y.createAbsolutePositionFromRelativePosition(relative, body.doc);
    return found?.type === body ? indexToPosition(doc, found.index) : undefined;
  } catch {
    // Written by another client: a position that cannot be read, or one ahead of what is here, is
    // no caret yet.
    return undefined;
  }
}

function readUser(raw: unknown): CaretUser {
  const user: CaretUser = {};
  if (typeof raw !== 'object' || raw === null) return user;
  for (const name of ['id', 'name', 'color', 'role'] as const) {
    const value = (raw as Record<string, unknown>)[name];
    if (typeof value === 'string') user[name] = value;
  }
  return user;
}
