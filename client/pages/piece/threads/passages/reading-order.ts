import type { Place } from '../../../../editor/index.ts';
import type { FieldEditor } from '../../writing/fields/field-editor.ts';
import type { PieceFields } from '../../writing/fields/piece-fields.ts';

export interface PlacedPassage extends Place {
  readonly id: string;
  readonly editor: FieldEditor;
}

/** What is placed in the texts of a piece, as one reads them. Texts that have none cost nothing. */
export function inReadingOrder(
  fields: PieceFields,
  placesIn: (editor: FieldEditor) => readonly (readonly [string, Place])[],
): PlacedPassage[] {
  const filled = fields.editors.flatMap((editor) => {
    const places = placesIn(editor);
    return places.length === 0 ? [] : [{ editor, places }];
  });
  return filled
    .sort(({ editor: one }, { editor: other }) => fields.compare(one, other))
    .flatMap(({ editor, places }) =>
      places
        .map(([id, { from, to }]) => ({ id, editor, from, to }))
        .sort((a, b) => a.from - b.from || a.to - b.to),
    );
}
