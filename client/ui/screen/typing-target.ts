/**
 * What takes keys as text. Types into it while it is not in the page: see `Screen`. Loaded after the
 * page is there.
 */
import { editorOf, type TypedInto } from './typed-into.ts';

export interface TypingTarget {
  type(text: string): void;
  /** Takes back the last `count` characters that were typed. */
  erase(count: number): void;
  focus(): void;
}

/** What takes the keys now; null: nothing that is a text. */
export function focusedTarget(): TypingTarget | null {
  const focused = document.activeElement;
  const editor = focused && editorOf(focused);
  if (editor) return editorTarget(editor);
  const isField =
    focused instanceof HTMLTextAreaElement ||
    (focused instanceof HTMLInputElement && /^(text|search)$/.test(focused.type));
  return isField ? fieldTarget(focused) : null;
}

/** Types into an editor that is not in the page, as its keys would. */
function editorTarget({ view, oneLine }: TypedInto): TypingTarget {
  const press = (key: string) => {
    const event = new KeyboardEvent('keydown', { key });
    return view.someProp('handleKeyDown', (handle) => handle(view, event)) === true;
  };
  const insert = (text: string) => {
    const { from, to } = view.state.selection;
    const typed = () => view.state.tr.insertText(text, from, to);
    const taken = view.someProp('handleTextInput', (handle) => handle(view, from, to, text, typed));
    if (taken !== true) view.dispatch(typed());
  };
  return {
    type(text) {
      const [first, ...lines] = oneLine ? [text.replaceAll('\n', ' ')] : text.split('\n');
      if (first) insert(first);
      for (const line of lines) {
        press('Enter');
        if (line) insert(line);
      }
    },
    erase(count) {
      for (let i = 0; i < count; i++) {
        const { from } = view.state.selection;
        if (!press('Backspace')) view.dispatch(view.state.tr.delete(from - 1, from));
      }
    },
    focus: () => view.focus(),
  };
}

function fieldTarget(field: HTMLTextAreaElement | HTMLInputElement): TypingTarget {
  const put = (text: string, from: number, to: number) => {
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  return {
    type: (text) => put(text, field.selectionStart ?? 0, field.selectionEnd ?? 0),
    erase: (count) => {
      const caret = field.selectionStart ?? 0;
      put('', Math.max(0, caret - count), caret);
    },
    focus: () => field.focus(),
  };
}
