import { Plugin, PluginKey } from 'prosemirror-state';
import { Decoration, DecorationSet, type EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import {
  cursorOf,
  publishCursor,
  remoteCarets,
  type CursorAwareness,
  type RemoteCaret,
} from './carets.ts';

export interface CaretOptions {
  /** Makes the element of somebody's caret. */
  render: (caret: RemoteCaret) => DomNode;
  /** Attributes of somebody's selected text, such as its colour. */
  selection?: (caret: RemoteCaret) => { class?: string; style?: string };
}

/** A DOM `Node`, by what tells one, so that this file compiles without a DOM. */
interface DomNode {
  readonly nodeType: number;
}

const key = new PluginKey<DecorationSet>('carets');

/**
 * Shows others' carets and tells them one's own. Between two awareness changes the carets move with
 * the text by mapping, so that typing does not resolve every position anew.
 */
export function carets(body: Y.Text, awareness: CursorAwareness, options: CaretOptions): Plugin {
  const publish = (view: EditorView) => {
    const { selection, doc } = view.state;
    publishCursor(awareness, view.hasFocus() ? cursorOf(selection, doc, body) : null);
    return false;
  };
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, set, _old, state) => {
        if (tr.getMeta(key) !== 'changed') return set.map(tr.mapping, tr.doc);
        const found = remoteCarets(awareness.getStates(), awareness.clientID, state.doc, body);
        const shown = found.flatMap((caret) => decorations(caret, options));
        return DecorationSet.create(state.doc, shown);
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handleDOMEvents: { focus: (view) => publish(view), blur: (view) => publish(view) },
    },
    view: (view) => {
      const redraw = () => {
        if (!view.isDestroyed) view.dispatch(view.state.tr.setMeta(key, 'changed'));
      };
      // An awareness change can come from within a dispatch, ours below among them.
      let waiting = false;
      const later = () => {
        if (waiting) return;
        waiting = true;
        queueMicrotask(() => {
          waiting = false;
          redraw();
        });
      };
      awareness.on('change', later);
      later();
      let toPublish = false;
      return {
        update: (_view, before) => {
          const { selection, doc } = view.state;
          if (toPublish || (before.selection.eq(selection) && before.doc === doc)) return;
          toPublish = true;
          // What was typed is in the body once all plugins have seen it: an index of the document
          // means another character in a body that lacks it.
          queueMicrotask(() => {
            toPublish = false;
            if (!view.isDestroyed) publish(view);
          });
        },
        destroy: () => {
          awareness.off('change', later);
          publishCursor(awareness, null);
        },
      };
    },
  });
}

function decorations(caret: RemoteCaret, options: CaretOptions): Decoration[] {
  const { anchor, head, clientId } = caret;
  const widget = Decoration.widget(head, () => options.render(caret) as never, {
    key: `caret-${clientId}-${JSON.stringify(caret.user)}`,
    // What is typed at somebody's caret comes before it, as it does in their own editor.
    side: 10,
    ignoreSelection: true,
  });
  if (anchor === head || !options.selection) return [widget];
  const attributes = options.selection(caret);
  return [
    widget,
    Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), attributes, {
      inclusiveEnd: false,
    }),
  ];
}
