import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';

export interface ClipboardOptions {
  /** The piece, which every copy names. */
  readonly piece: string;
  /** The notes of the piece, by their ids. */
  readonly notes: Y.Map<unknown>;
  /** Whether notes can be marked in this text. Where not, a pasted note stands in brackets. */
  readonly marks: boolean;
}

/**
 * Gives an editor its way to copy and to paste. It comes apart from the editor, which opens without it;
 * a copy is made in the turn of its event, so it is fetched as soon as the editor stands. Where it does
 * not come, ProseMirror's own way is left.
 */
export async function loadClipboard(view: EditorView, options: ClipboardOptions): Promise<void> {
  try {
    const { clipboardProps } = await import('./clipboard-props.ts');
    if (!view.isDestroyed) view.setProps(clipboardProps(options));
  } catch (error) {
    console.warn('What is copied has no notes and lists: their code did not come', error);
  }
}
