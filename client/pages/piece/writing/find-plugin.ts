import type { Node } from 'prosemirror-model';
import {
  Plugin,
  PluginKey,
  TextSelection,
  type Command,
  type EditorState,
} from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';
import { linesOf } from '../../../editor/index.ts';

export interface Search {
  readonly query: string;
  readonly matchCase: boolean;
}

export interface Match {
  readonly from: number;
  readonly to: number;
}

interface Found {
  readonly search: Search;
  readonly matches: readonly Match[];
  readonly decorations: DecorationSet;
}

const key = new PluginKey<Found>('finding');
const nothing: Found = {
  search: { query: '', matchCase: false },
  matches: [],
  decorations: DecorationSet.empty,
};

/** Shows where what is sought stands, and follows the text as it changes. */
export function finding(): Plugin {
  return new Plugin<Found>({
    key,
    state: {
      init: () => nothing,
      apply: (tr, found, _old, { doc }) => {
        const search = (tr.getMeta(key) as Search | undefined) ?? found.search;
        if (!tr.docChanged && search === found.search) return found;
        return search.query === '' ? nothing : find(doc, search);
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
    const tr = state.tr.insertText(replacement, match.from, match.to);
    const behind = match.from + replacement.length;
    tr.setSelection(TextSelection.create(tr.doc, behind));
    const after = state.apply(tr);
    const matches = matchesIn(after);
    const next = matches.find(({ from }) => from >= behind) ?? matches[0];
    if (next) tr.setSelection(TextSelection.create(tr.doc, next.from, next.to));
    dispatch(tr.scrollIntoView());
    return true;
  };
}

/** Replaces every match, as one edit. */
export function replaceAll(replacement: string): Command {
  return (state, dispatch) => {
    const matches = matchesIn(state);
    if (matches.length === 0) return false;
    const { tr } = state;
    for (const { from, to } of matches.toReversed()) tr.insertText(replacement, from, to);
    dispatch?.(tr);
    return true;
  };
}

function find(doc: Node, search: Search): Found {
  const pattern = new RegExp(
    search.query.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
    search.matchCase ? 'gu' : 'giu',
  );
  const matches: Match[] = [];
  for (const { line, position } of linesOf(doc)) {
    // Embeds count as one character, so that offsets in the text are those in the line.
    const text = line.textBetween(0, line.content.size, undefined, '\uFFFC');
    for (const { index, 0: word } of text.matchAll(pattern)) {
      const from = position + 1 + index;
      matches.push({ from, to: from + word.length });
    }
  }
  const decorations = matches.map(({ from, to }) =>
    Decoration.inline(from, to, { class: 'found' }),
  );
  return { search, matches, decorations: DecorationSet.create(doc, decorations) };
}
