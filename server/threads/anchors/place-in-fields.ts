import {
  FieldText,
  findMoved,
  indexesOf,
  orphan,
  placeAnchors,
  settle,
  type Placed,
  type StateVector,
  type Stretch,
} from '../../../shared/anchors/index.ts';
import type { DocumentFields, Field } from '../../../shared/document/fields.ts';
import type { AnchorRow } from '../thread-store.ts';

/** Where an anchor is in a document. */
export interface FieldPlace {
  readonly field: Field;
  readonly placed: Placed;
  /** Indexes into the field; null: orphaned. */
  readonly position: Stretch | null;
}

/** Where anchors are, each in its field; what is not there any more, in another one. */
export function placeInFields<Row extends AnchorRow>(
  fields: DocumentFields,
  rows: readonly Row[],
  seenOf: (row: Row) => StateVector | null,
): ReadonlyMap<Row, FieldPlace> {
  const places = new Map<Row, FieldPlace>();
  const views = new Map<Field, FieldText>();
  for (const [field, here] of byField(rows)) {
    const text = fields.text(field);
    if (text === null) continue;
    const { view, placed } = placeAnchors(
      text,
      here.map((row) => ({ anchor: row, seen: seenOf(row) })),
    );
    views.set(field, view);
    here.forEach((row, i) => {
      const one = placed[i] ?? orphan(row);
      const position = one.at === null ? null : indexesOf(view, one.at);
      places.set(row, { field, placed: one, position });
    });
  }
  for (const row of rows) {
    if (places.get(row)?.position) continue;
    const moved = elsewhere(fields, views, row, seenOf(row));
    if (moved !== null) places.set(row, moved);
  }
  return places;
}

/** A passage of a field that is gone. */
export function nowhere(row: AnchorRow): FieldPlace {
  return { field: row.field, placed: orphan(row), position: null };
}

function elsewhere(
  fields: DocumentFields,
  views: Map<Field, FieldText>,
  row: AnchorRow,
  seen: StateVector | null,
): FieldPlace | null {
  if (seen === null) return null;
  for (const field of fields.all) {
    const text = field === row.field ? null : fields.text(field);
    if (text === null) continue;
    const view = views.get(field) ?? new FieldText(text);
    views.set(field, view);
    const at = findMoved(view, row, seen);
    if (at === null) continue;
    return { field, placed: settle(view, row, at), position: indexesOf(view, at) };
  }
  return null;
}

function byField<Row extends AnchorRow>(rows: readonly Row[]): Map<Field, Row[]> {
  const groups = new Map<Field, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.field);
    if (group === undefined) groups.set(row.field, [row]);
    else group.push(row);
  }
  return groups;
}
