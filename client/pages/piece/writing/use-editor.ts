import { useSyncExternalStore } from 'react';
import type { EditorState } from 'prosemirror-state';

/** An editor, or several of which one is the active one. */
export interface Shown {
  /** As it was at the last frame. */
  readonly shown: EditorState;
  /** Calls `listener` in the frame after a change; returns the end of it. */
  subscribe(listener: () => void): () => void;
}

/**
 * What `read` makes of the editor's state, anew in the frame after a change. It is compared as JSON,
 * so that a component is drawn again only where what it shows has changed.
 */
export function useEditor<T>(editor: Shown, read: (state: EditorState) => T): T {
  const said = useSyncExternalStore(
    (listener) => editor.subscribe(listener),
    () => JSON.stringify(read(editor.shown) ?? null),
  );
  return JSON.parse(said) as T;
}
