import type { Node } from 'prosemirror-model';
import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';
import { argumentsOf } from '../../../editor/index.ts';
import { argumentLabel } from './argument-label.ts';

const key = new PluginKey<DecorationSet>('argument-labels');

/** Says over the first line of each thesis and counterpoint what it is, and what it answers. */
export function argumentLabels(): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config, { doc }) => labels(doc),
      apply: (tr, set) => (tr.docChanged ? labels(tr.doc) : set),
    },
    props: { decorations: (state) => key.getState(state) },
  });
}

function labels(doc: Node): DecorationSet {
  const blocks = argumentsOf(doc);
  const theses = new Map<string, string>();
  for (const { kind, id, text } of blocks) {
    if (kind === 'thesis' && !theses.has(id)) theses.set(id, text);
  }
  return DecorationSet.create(
    doc,
    blocks.map(({ kind, answers, position }) => {
      const end = position + (doc.nodeAt(position)?.nodeSize ?? 0);
      const label = argumentLabel(kind, answers, theses);
      return Decoration.node(position, end, { 'data-label': label });
    }),
  );
}
