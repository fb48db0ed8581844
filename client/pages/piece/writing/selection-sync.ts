import { Plugin, TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';

/**
 * Keys act where the caret is shown. The view hears of a new selection from the browser's
 * `selectionchange`, which on a busy machine comes after the next key: Enter right after a click then
 * split the line where the caret had been before. So the selection is read once more before each key.
 */
export function selectionSync(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown: (view) => {
          if (!view.composing) readSelection(view);
          return false;
        },
      },
    },
  });
}

function readSelection(view: EditorView): void {
  const { selection, doc } = view.state;
  if (!(selection instanceof TextSelection) || !view.hasFocus()) return;
  const shownSelection = document.getSelection();
  if (!shownSelection) return;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = shownSelection;
  if (!anchorNode || !focusNode || !view.dom.contains(anchorNode)) return;
  if (!view.dom.contains(focusNode)) return;
  const anchor = view.posAtDOM(anchorNode, anchorOffset);
  const head = view.posAtDOM(focusNode, focusOffset);
  if (anchor === selection.anchor && head === selection.head) return;
  const shown = TextSelection.between(doc.resolve(anchor), doc.resolve(head));
  if (!shown.eq(selection)) view.dispatch(view.state.tr.setSelection(shown));
}
