import type { EditorState } from 'prosemirror-state';
import type { Place } from '../../../../editor/index.ts';

/** The word that the caret is in or at; null where there is none. */
export function wordAround({ selection, doc }: EditorState): Place | null {
  const { $head } = selection;
  const line = $head.parent;
  if (!line.isTextblock) return null;
  const start = $head.start();
  // Embeds count as one character, so that offsets in the text are those in the line.
  const text = line.textBetween(0, line.content.size, undefined, '\uFFFC');
  const isLetter = (at: number) => /[\p{L}\p{N}\p{M}'’-]/u.test(text.charAt(at));
  let [from, to] = [$head.parentOffset, $head.parentOffset];
  while (from > 0 && isLetter(from - 1)) from--;
  while (to < text.length && isLetter(to)) to++;
  return from < to && start + to <= doc.content.size
    ? { from: start + from, to: start + to }
    : null;
}
