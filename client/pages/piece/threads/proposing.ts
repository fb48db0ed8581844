import { Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';

export interface ProposingOptions {
  /** A reviewer's keys propose, a reader's are answered; a writer's are the editor's. */
  mode: () => 'writes' | 'proposes' | 'reads';
  /** To be proposed instead of the selection; blank: to delete it. */
  propose: (text: string) => void;
  explain: (why: 'reader' | 'delete' | 'nothing') => void;
  /** Enter leads on to the next field. */
  oneLine: boolean;
}

/** What people who may not change the text type into it (R4 keeps the server from taking it). */
export function proposing({ mode, propose, explain, oneLine }: ProposingOptions): Plugin {
  let explained = false;
  const answer = (text: string) => {
    if (mode() === 'proposes') propose(text);
    // Once: who types on has been told.
    else if (!explained) {
      explained = true;
      explain('reader');
    }
  };
  /** What was brought: a picture has no words to propose, and a drop no words to stand in place of. */
  const bring = (text: string) => {
    if (text === '' && mode() === 'proposes') explain('nothing');
    else answer(text);
  };
  const takes = () => mode() !== 'writes';
  return new Plugin({
    props: {
      handleDOMEvents: {
        keypress: (_view, event) => {
          if (!takes() || event.ctrlKey || event.metaKey || event.key.length !== 1) return false;
          event.preventDefault();
          answer(event.key);
          return true;
        },
        beforeinput: (view, event) => takes() && input(view, event),
        compositionend: (_view, event) => {
          if (takes() && event.data) answer(event.data);
          // The editor has to hear of it as well.
          return false;
        },
        paste: (_view, event) => {
          if (!takes()) return false;
          event.preventDefault();
          const text = event.clipboardData?.getData('text/plain').replace(/\r\n?/g, '\n') ?? '';
          bring(text);
          return true;
        },
        cut: (view, event) => {
          if (mode() !== 'proposes') return false;
          // What the clipboard gets is the text's; what becomes of the text is for its writers.
          event.preventDefault();
          remove(view);
          return true;
        },
        drop: (_view, event) => {
          if (!takes()) return false;
          event.preventDefault();
          bring('');
          return true;
        },
      },
      handleKeyDown: (view, event) => {
        if (mode() !== 'proposes' || event.isComposing) return false;
        if (event.key === 'Backspace' || event.key === 'Delete') {
          remove(view);
          return true;
        }
        if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || oneLine) return false;
        explain('nothing');
        return true;
      },
    },
  });

  function input(view: EditorView, event: InputEvent): boolean {
    // What an input method composes cannot be refused: the editor takes it out again.
    if (event.isComposing) return false;
    event.preventDefault();
    if (event.inputType.startsWith('delete')) remove(view);
    else if (event.inputType.startsWith('insert') && event.data) answer(event.data);
    return true;
  }

  function remove(view: EditorView): void {
    if (mode() === 'proposes' && view.state.selection.empty) explain('delete');
    else answer('');
  }
}
