import { Plugin } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type { Written } from './who-wrote.ts';
import type { BodyEditor } from '../writing/editor/body-editor.ts';

/** What is told, and the place of the words that it is told of, in the window. */
export interface Shown {
  readonly left: number;
  readonly top: number;
  /** Null: there are no words; `failed`: nobody could be asked. */
  readonly written: Written | null | 'failed';
}

/** The pointer rests for so long on words before it is told who wrote them, in ms. */
const restMs = 700;
/** So far beside a letter the pointer is on no words, in px. */
const reach = 14;

/** Tells who wrote the words under the resting pointer, or at the caret. */
export class WhoDesk {
  readonly plugin: Plugin;
  readonly #listeners = new Set<() => void>();
  #editor: BodyEditor | null = null;
  #tell: ((index: number) => Promise<Written | null>) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: Shown | null = null;
  /** What was asked last: an answer to anything before it comes too late. */
  #asked = 0;

  constructor() {
    const hide = () => {
      this.hide();
      return false;
    };
    this.plugin = new Plugin({
      props: {
        handleDOMEvents: {
          pointermove: (view, event) => this.#moved(view, event),
          pointerleave: hide,
          pointerdown: hide,
          keydown: hide,
          blur: hide,
        },
      },
    });
  }

  get state(): Shown | null {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  attach(editor: BodyEditor | null, tell: ((index: number) => Promise<Written | null>) | null) {
    this.hide();
    this.#editor = editor;
    this.#tell = tell;
  }

  /** Of the letter before the caret; at the beginning of a line, of the one behind it. */
  tellAtCaret(): void {
    const editor = this.#editor;
    if (!editor) return;
    const { doc, selection } = editor.view.state;
    const { head, $head } = selection;
    const { left, bottom } = editor.view.coordsAtPos(head);
    const isEmpty = $head.parent.content.size === 0;
    const index = editor.indexOf(doc, head) - ($head.parentOffset > 0 ? 1 : 0);
    void this.#show(isEmpty ? null : index, { left, top: bottom });
  }

  hide(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (this.#state !== null) this.#set(null);
  }

  #moved(view: EditorView, event: PointerEvent): false {
    // A finger does not rest on words before it means them.
    if (event.pointerType !== 'mouse' || event.buttons !== 0) return false;
    this.hide();
    const { clientX: x, clientY: y } = event;
    this.#timer = setTimeout(() => this.#rests(view, x, y), restMs);
    return false;
  }

  #rests(view: EditorView, x: number, y: number): void {
    if (view.isDestroyed) return;
    const found = view.posAtCoords({ left: x, top: y });
    if (found === null) return;
    const { left, top, bottom } = view.coordsAtPos(found.pos);
    if (Math.abs(x - left) > reach || y < top || y > bottom) return;
    const index = this.#editor?.indexOf(view.state.doc, found.pos);
    if (index !== undefined)
      void this.#show(x < left ? index - 1 : index, { left: x, top: bottom });
  }

  async #show(index: number | null, place: { left: number; top: number }): Promise<void> {
    const asked = ++this.#asked;
    let written: Shown['written'] = null;
    if (index !== null && this.#tell) {
      try {
        written = await this.#tell(index);
      } catch {
        // Said in words: the text goes on without it.
        written = 'failed';
      }
    }
    if (asked === this.#asked) this.#set({ ...place, written });
  }

  #set(state: Shown | null): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
