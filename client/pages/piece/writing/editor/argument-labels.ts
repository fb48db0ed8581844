import type { Node } from 'prosemirror-model';
import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet } from 'prosemirror-view';
import { argumentsOf, schema } from '../../../../editor/index.ts';
import { argumentLabel } from './argument-label.ts';

const key = new PluginKey<DecorationSet>('argument-labels');

/** Says over the first line of each thesis and counterpoint what it is, and what it answers. */
export function argumentLabels(): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config, { doc }) => labels(doc),
      apply: (tr, set) => {
        if (!tr.docChanged) return set;
        if (!onlyProseChanged(tr.before, tr.doc)) return labels(tr.doc);
        const mapped = set.map(tr.mapping, tr.doc);
        // A step that puts in again what it takes out loses them on the way.
        return mapped.find().length === set.find().length ? mapped : labels(tr.doc);
      },
    },
    props: { decorations: (state) => key.getState(state) },
  });
}

/** Whether all theses and counterpoints are the same nodes as before: most keys are typed elsewhere. */
function onlyProseChanged(before: Node, after: Node): boolean {
  if (before.childCount !== after.childCount) return false;
  for (let i = 0; i < before.childCount; i++) {
    const [was, is] = [before.child(i), after.child(i)];
    if (was !== is && (isArgument(was) || isArgument(is))) return false;
  }
  return true;
}

function isArgument(line: Node): boolean {
  return line.type === schema.nodes.thesis || line.type === schema.nodes.counterpoint;
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
