import { Plugin, TextSelection, type Selection, type Transaction } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';

/**
 * Keys act where the caret is shown, and nothing that comes from elsewhere puts it back. The view hears
 * of a new selection from the browser's `selectionchange`, a task of its own: on a busy machine it comes
 * after the next key, and Enter right after a click split the line where the caret had been before; or
 * after what somebody else does, and showing that put the caret back, so that a click was lost. So the
 * selection is read once more before each key, before a paste from a menu, and before each change of
 * the document from elsewhere.
 */
export function selectionSync(piece: Y.Doc): Plugin {
  const read = (view: EditorView) => {
    readSelection(view);
    return false;
  };
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown: read,
        paste: read,
      },
    },
    view: (view) => {
      const before = ({ local }: Y.Transaction) => {
        if (!local) readSelection(view);
      };
      piece.on('beforeTransaction', before);
      return { destroy: () => piece.off('beforeTransaction', before) };
    },
  });
}

/** For the transactions that change neither words nor selection, such as one that draws carets. */
export function withShownSelection(view: EditorView, tr: Transaction): Transaction {
  if (tr.docChanged || tr.selectionSet) return tr;
  const shown = shownSelection(view);
  return shown ? tr.setSelection(shown) : tr;
}

function readSelection(view: EditorView): void {
  const shown = shownSelection(view);
  if (shown) view.dispatch(view.state.tr.setSelection(shown));
}

/** The selection as the browser shows it, where the view has not heard of it yet. */
function shownSelection(view: EditorView): Selection | undefined {
  const { selection, doc } = view.state;
  const inBrowser = document.getSelection();
  if (view.composing || !view.hasFocus() || !inBrowser) return undefined;
  // All of a text is left by a key that puts the caret somewhere.
  const readable = selection instanceof TextSelection || inBrowser.isCollapsed;
  if (!readable) return undefined;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = inBrowser;
  if (!anchorNode || !focusNode || !view.dom.contains(anchorNode)) return undefined;
  if (!view.dom.contains(focusNode)) return undefined;
  const anchor = view.posAtDOM(anchorNode, anchorOffset);
  const head = view.posAtDOM(focusNode, focusOffset);
  if (anchor === selection.anchor && head === selection.head) return undefined;
  const shown = TextSelection.between(doc.resolve(anchor), doc.resolve(head));
  return shown.eq(selection) ? undefined : shown;
}
