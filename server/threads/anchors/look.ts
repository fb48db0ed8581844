import * as Y from 'yjs';
import {
  isWhole,
  type Placed,
  type StateVector,
  type Stretch,
} from '../../../shared/anchors/index.ts';
import { DocumentFields } from '../../../shared/document/fields.ts';
import { nowhere, placeInFields } from './place-in-fields.ts';
import type { AnchorChange, AnchorRow } from '../thread-store.ts';

/** A thread's anchor as it is at the moment of a look. */
export interface Located<Row extends AnchorRow> {
  /** The row with its anchor as it is now. */
  readonly row: Row;
  /** Indexes into its field; null: orphaned. */
  readonly position: Stretch | null;
}

/** A thread that has been looked at. */
export interface Look<Row extends AnchorRow> extends Located<Row> {
  /** The row as it was. */
  readonly was: Row;
  readonly placed: Placed;
  /** What is to be stored; null: nothing has changed. */
  readonly change: AnchorChange | null;
}

/** Anchors that are sought. Plain values: they are sent to a thread. */
export interface Sought<Row extends AnchorRow> {
  readonly rows: readonly Row[];
  /** By thread, how far the document had come when its passage was last seen whole. */
  readonly sightings: ReadonlyMap<string, StateVector>;
}

export interface Looked<Row extends AnchorRow> {
  readonly looks: Look<Row>[];
  /** How far the document has come. */
  readonly seen: StateVector;
}

/** Looks where anchors are in a document (S2). Pure; grows with the document and its threads. */
export function lookAt<Row extends AnchorRow>(
  doc: Y.Doc,
  { rows, sightings }: Sought<Row>,
): Looked<Row> {
  const seenOf = (row: Row) =>
    row.seen === null ? (sightings.get(row.id) ?? null) : Y.decodeStateVector(row.seen);
  const places = placeInFields(new DocumentFields(doc), rows, seenOf);
  const looks = rows.map((row) => {
    const { placed: one, field, position } = places.get(row) ?? nowhere(row);
    const before = sightings.get(row.id);
    // Lost just now: it was there up to the last sighting.
    const seen = isWhole(one.anchor) ? null : (row.seen ?? (before ? encodeSeen(before) : null));
    const here = one.anchor === row && field === row.field;
    const same = here && (seen === null) === (row.seen === null);
    const change: AnchorChange | null = same
      ? null
      : { id: row.id, field, anchor: one.anchor, seen, version: row.anchorVersion };
    return { row: { ...row, ...one.anchor, field, seen }, was: row, position, placed: one, change };
  });
  return { looks, seen: Y.decodeStateVector(Y.encodeStateVector(doc)) };
}

/** As Yjs encodes one: a count, then each clientID with its clock. */
function encodeSeen(seen: StateVector): Uint8Array {
  return Y.encodeStateVector(new Map(seen));
}
