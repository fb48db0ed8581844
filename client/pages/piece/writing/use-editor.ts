import { useSyncExternalStore } from 'react';
import type { EditorState } from 'prosemirror-state';
import type { BodyEditor } from './body-editor.ts';

/**
 * What `read` makes of the editor's state, anew in the frame after a change. It is compared as JSON,
 * so that a component is drawn again only where what it shows has changed.
 */
export function useEditor<T>(editor: BodyEditor, read: (state: EditorState) => T): T {
  const said = useSyncExternalStore(
    (listener) => editor.subscribe(listener),
    () => JSON.stringify(read(editor.shown) ?? null),
  );
  return JSON.parse(said) as T;
}
