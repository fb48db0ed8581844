import { replaceEqualDeep } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { EditorState } from 'prosemirror-state';
import type { Shown } from './use-editor.ts';

/** At most so often, in ms: what counts and sums up may be this much late, keys may not. */
const everyMs = 300;

/**
 * What `read` makes of the editor's state, brought up to date in quiet moments. Parts of it that are as
 * they were stay the same objects, so that a memoised component is drawn again only where its own change.
 */
export function useSlow<T>(editor: Shown, read: (state: EditorState) => T): T {
  const [value, setValue] = useState(() => read(editor.shown));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      setValue((before) => replaceEqualDeep(before, read(editor.shown)));
    };
    refresh();
    const stop = editor.subscribe(() => {
      timer ??= setTimeout(refresh, everyMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
    // `read` is a pure function of the state, written in place.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [editor]);
  return value;
}
