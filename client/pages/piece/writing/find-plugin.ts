import {
  Plugin,
  PluginKey,
  TextSelection,
  type Command,
  type EditorState,
} from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';
import {
  dispatchAlone,
  replaceText,
  searchFor,
  type Match,
  type Search,
} from '../../../editor/index.ts';

interface Found {
  readonly find: ReturnType<typeof searchFor> | undefined;
  readonly matches: readonly Match[];
  readonly decorations: DecorationSet;
}

const key = new PluginKey<Found>('finding');
const nothing: Found = { find: undefined, matches: [], decorations: DecorationSet.empty };

/** Shows where what is sought stands, and follows the text as it changes. */
export function finding(): Plugin {
  return new Plugin<Found>({
    key,
    state: {
      init: () => nothing,
      apply: (tr, found, _old, { doc }) => {
        const search = tr.getMeta(key) as Search | undefined;
        if (!tr.docChanged && search === undefined) return found;
        if (search?.query === '') return nothing;
        const find = search ? searchFor(search) : found.find;
        if (!find) return nothing;
        const matches = find(doc);
        const shown = matches.map(({ from, to }) =>
          Decoration.inline(from, to, { class: 'found' }),
        );
        return { find, matches, decorations: DecorationSet.create(doc, shown) };
      },
    },
    props: { decorations: (state) => key.getState(state)?.decorations },
  });
}

export function matchesIn(state: EditorState): readonly Match[] {
  return key.getState(state)?.matches ?? [];
}

/** Which match is selected, from 0; -1 where none is. */
export function currentMatch(state: EditorState): number {
  const { from, to } = state.selection;
  return matchesIn(state).findIndex((match) => match.from === from && match.to === to);
}

/** Begins, changes, or with an empty query ends a search. */
export function setSearch(search: Search): Command {
  return (state, dispatch) => {
    dispatch?.(state.tr.setMeta(key, search));
    return true;
  };
}

/** Selects the next match behind the selection, or the one before it; around the end. */
export function goToMatch(direction: 1 | -1): Command {
  return (state, dispatch) => {
    const matches = matchesIn(state);
    const { from, to } = state.selection;
    const next =
      direction > 0
        ? (matches.find((match) => match.from >= to) ?? matches[0])
        : (matches.findLast((match) => match.to <= from) ?? matches.at(-1));
    if (!next) return false;
    const selection = TextSelection.create(state.doc, next.from, next.to);
    dispatch?.(state.tr.setSelection(selection).scrollIntoView());
    return true;
  };
}

/** Replaces the selected match, and selects the next; selects one first where none is. */
export function replaceMatch(replacement: string): Command {
  return (state, dispatch) => {
    const match = matchesIn(state)[currentMatch(state)];
    if (!match) return goToMatch(1)(state, dispatch);
    if (!dispatch) return true;
    const tr = replaceText(state.tr, match, replacement);
    const behind = match.from + replacement.length;
    tr.setSelection(TextSelection.create(tr.doc, behind));
    const after = state.apply(tr);
    const matches = matchesIn(after);
    const next = matches.find(({ from }) => from >= behind) ?? matches[0];
    if (next) tr.setSelection(TextSelection.create(tr.doc, next.from, next.to));
    dispatchAlone(state, dispatch, tr.scrollIntoView());
    return true;
  };
}

/** Replaces every match, as one edit. */
export function replaceAll(replacement: string): Command {
  return (state, dispatch) => {
    const matches = matchesIn(state);
    if (matches.length === 0) return false;
    const { tr } = state;
    for (const match of matches.toReversed()) replaceText(tr, match, replacement);
    if (dispatch && tr.docChanged) dispatchAlone(state, dispatch, tr);
    return true;
  };
}
