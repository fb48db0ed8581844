import { TextSelection, type EditorState } from 'prosemirror-state';
import type { Match, Search } from '../../../../editor/index.ts';
import { replaceAll, replaceMatch, setSearch } from '../find/find-commands.ts';
import { currentMatch, matchesIn } from '../find/find-plugin.ts';
import type { FieldEditor } from './field-editor.ts';
import type { PieceFields } from './piece-fields.ts';

/** Begins, changes, or with an empty query ends a search in all texts of a piece. */
export function searchFields({ all }: PieceFields, search: Search): void {
  for (const { view } of all) setSearch(search)(view.state, view.dispatch);
}

/** How many matches there are, and which of them is selected, from 0 in reading order; -1: none is. */
export function matchesInFields({ all, active }: PieceFields): { count: number; current: number } {
  let count = 0;
  let current = -1;
  for (const field of all) {
    const selected = field === active ? currentMatch(field.view.state) : -1;
    if (selected >= 0) current = count + selected;
    count += matchesIn(field.view.state).length;
  }
  return { count, current };
}

/** Selects the next match in reading order, or the one before; around the end of the piece. */
export function goToMatchIn(fields: PieceFields, direction: 1 | -1): void {
  const { all, active } = fields;
  const start = all.indexOf(active);
  const ahead = matchAhead(active.view.state, direction);
  if (ahead) return select(fields, active, ahead);
  for (let step = 1; step <= all.length; step++) {
    const field = all.at((start + direction * step) % all.length);
    const match = field && matchesIn(field.view.state).at(direction > 0 ? 0 : -1);
    if (match) return select(fields, field, match);
  }
}

/** Replaces the selected match, and selects the next; selects one first where none is. */
export function replaceMatchIn(fields: PieceFields, replacement: string): void {
  const { active } = fields;
  const { view } = active;
  const replaced = matchesIn(view.state)[currentMatch(view.state)];
  if (!replaced) return goToMatchIn(fields, 1);
  replaceMatch(replacement)(view.state, view.dispatch);
  fields.editedFromOutside([active]);
  const behind = replaced.from + replacement.length;
  const { selection, doc, tr } = view.state;
  if (!selection.empty && selection.from >= behind) return;
  // The text has no more behind it: on to the next text, not to its start.
  const end = TextSelection.near(doc.resolve(Math.min(behind, doc.content.size)), -1);
  view.dispatch(tr.setSelection(end));
  goToMatchIn(fields, 1);
}

/** Replaces every match, as one edit. */
export function replaceAllIn(fields: PieceFields, replacement: string): void {
  const edited = fields.all.filter(({ view }) => {
    const { doc } = view.state;
    replaceAll(replacement)(view.state, view.dispatch);
    return view.state.doc !== doc;
  });
  fields.editedFromOutside(edited);
}

function matchAhead(state: EditorState, direction: 1 | -1): Match | undefined {
  const { from, to } = state.selection;
  const matches = matchesIn(state);
  return direction > 0
    ? matches.find((match) => match.from >= to)
    : matches.findLast((match) => match.to <= from);
}

function select(fields: PieceFields, field: FieldEditor, { from, to }: Match): void {
  const { view } = field;
  fields.activate(field);
  view.dispatch(
    view.state.tr.setSelection(TextSelection.create(view.state.doc, from, to)).scrollIntoView(),
  );
}
