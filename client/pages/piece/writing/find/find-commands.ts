import { TextSelection, type Command } from 'prosemirror-state';
import { replaceText } from '../../../../editor/find/replace-text.ts';
import { searchFor } from '../../../../editor/find/matches.ts';
import { dispatchAlone, type Search } from '../../../../editor/index.ts';
import { currentMatch, matchesIn, showFound } from './find-plugin.ts';

/** Begins, changes, or with an empty query ends a search. */
export function setSearch(search: Search): Command {
  return (state, dispatch) => {
    dispatch?.(showFound(state.tr, search.query === '' ? undefined : searchFor(search)));
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
