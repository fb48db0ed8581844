import { Plugin, TextSelection } from 'prosemirror-state';
import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import type { FieldShape, History } from '../../../../editor/index.ts';
import { t } from '../../../../strings/piece.ts';
import { toast } from '../../../../ui/overlay/toast.ts';
import { bring, type Brought } from './brought.ts';
import type * as Inserting from './insert.ts';

export interface PastingOptions {
  readonly history: History;
  readonly canEdit: () => boolean;
  /** Where texts of footnotes go; without it, notes stand in brackets. */
  readonly notes?: Y.Map<unknown>;
  readonly shape: FieldShape;
}

type Insert = typeof Inserting;

/** The editor that something is being dragged out of. */
let dragged: EditorView | undefined;
let loaded: Insert | undefined;

async function load(): Promise<void> {
  loaded ??= await import('./insert.ts');
}

/** In ms after the last letter of a composition the view has read it. */
const afterComposition = 60;
/** Without a word from the browser that it is idle, in ms. */
const loadAfter = 3_000;

/**
 * Takes what is pasted or dropped from elsewhere. What reads it is loaded when the page is idle; a
 * paste that comes sooner waits for it, and so does one within a composition. It goes to where the
 * selection is then.
 */
export function pasteFromElsewhere(options: PastingOptions): Plugin {
  const waiting: Brought[] = [];
  let shift = false;

  const flush = (view: EditorView): void => {
    for (let [next] = waiting; next; [next] = waiting) {
      if (view.isDestroyed || !options.canEdit()) {
        waiting.length = 0;
        return;
      }
      // Text that is set while letters are composed is lost, or ends the composition.
      if (view.composing && !isAndroid()) return;
      const wait = loaded ? tryInsert(loaded, view, next) : load();
      if (wait) {
        wait.then(
          () => flush(view),
          (error: unknown) => {
            console.warn('What reads pasted text could not be loaded', error);
            insertWords(view, waiting.shift(), options);
            flush(view);
          },
        );
        return;
      }
      waiting.shift();
    }
  };
  /** What cannot be read is put in as words: it must not keep what is pasted next from coming in. */
  const tryInsert = (reader: Insert, view: EditorView, next: Brought) => {
    try {
      return reader.insert(view, next, options);
    } catch (error) {
      console.warn('What was pasted could not be read', error);
      insertWords(view, next, options);
      return undefined;
    }
  };
  const receive = (view: EditorView, event: Event, brought: Brought): boolean => {
    event.preventDefault();
    waiting.push(brought);
    if (waiting.length === 1) flush(view);
    return true;
  };

  return new Plugin({
    view: () => {
      const early = () => void load().catch(() => undefined);
      if ('requestIdleCallback' in window) requestIdleCallback(early, { timeout: loadAfter });
      else setTimeout(early, loadAfter);
      return {};
    },
    props: {
      handleDOMEvents: {
        keydown: (_view, event) => {
          shift = event.shiftKey && event.key !== 'Insert';
          return false;
        },
        keyup: (_view, event) => {
          shift = event.shiftKey;
          return false;
        },
        compositionend: (view) => {
          if (waiting.length > 0) setTimeout(() => flush(view), afterComposition);
          return false;
        },
        paste: (view, event) => {
          if (!options.canEdit() || !event.clipboardData) return false;
          return receive(view, event, bring(event.clipboardData, shift));
        },
        drop: (view, event) => {
          if (!options.canEdit() || !event.dataTransfer || view.dragging) return false;
          const from = dragged?.dragging && moves(event) ? dragged : undefined;
          selectAt(view, event);
          const draggedFrom = from && { view: from, doc: from.state.doc };
          return receive(view, event, { ...bring(event.dataTransfer), draggedFrom });
        },
        dragstart: (view) => {
          dragged = view;
          return false;
        },
        dragend: () => {
          dragged = undefined;
          return false;
        },
      },
      // Our own copies: ProseMirror has read them.
      handlePaste: (view, _event, slice) => loaded?.insertSlice(view, slice, options) ?? false,
    },
  });
}

/** On Android nearly everything is typed by composing. */
function isAndroid(): boolean {
  return navigator.userAgent.includes('Android');
}

/** Whether what is dragged goes from where it was: as within one text, by ProseMirror. */
function moves(event: DragEvent): boolean {
  return navigator.platform.startsWith('Mac') ? !event.altKey : !event.ctrlKey;
}

/** Puts the caret where something is dropped. */
function selectAt(view: EditorView, { clientX, clientY }: MouseEvent): void {
  const at = view.posAtCoords({ left: clientX, top: clientY });
  if (!at) return;
  view.dispatch(view.state.tr.setSelection(TextSelection.near(view.state.doc.resolve(at.pos))));
  view.focus();
}

function insertWords(
  view: EditorView,
  brought: Brought | undefined,
  { shape }: PastingOptions,
): void {
  if (!brought || brought.text === '') return;
  view.pasteText(shape === 'line' ? brought.text.replace(/\s+/g, ' ') : brought.text);
  toast({ text: t.piece.pastedWordsOnly });
}
