import { Plugin, PluginKey, type EditorState, type Transaction } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';
import type { Node } from 'prosemirror-model';
import type { Match } from '../../../../editor/index.ts';

/** Where a document has what is sought, in order. */
export type Find = (doc: Node) => readonly Match[];

interface Found {
  readonly find: Find | undefined;
  readonly matches: readonly Match[];
  readonly decorations: DecorationSet;
}

const key = new PluginKey<Found>('finding');
const nothing: Found = { find: undefined, matches: [], decorations: DecorationSet.empty };

/**
 * Shows where what is sought stands, and follows the text as it changes. What finds and replaces is in
 * `find-commands.ts`, which is loaded with the bar for it.
 */
export function finding(): Plugin {
  return new Plugin<Found>({
    key,
    state: {
      init: () => nothing,
      apply: (tr, found, _old, { doc }) => {
        const asked = tr.getMeta(key) as { find: Find | undefined } | undefined;
        if (!tr.docChanged && !asked) return found;
        const find = asked ? asked.find : found.find;
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

/** Shows what `find` finds from now on, or with none nothing. */
export function showFound(tr: Transaction, find: Find | undefined): Transaction {
  return tr.setMeta(key, { find });
}
