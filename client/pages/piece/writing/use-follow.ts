import { useEffect } from 'react';
import type { BodyEditor } from './editor/body-editor.ts';

/** Scrolls along with somebody's caret until one moves oneself. `userId` null: with nobody's. */
export function useFollow(
  editor: BodyEditor | null,
  userId: string | null,
  onStop: () => void,
): void {
  useEffect(() => {
    if (editor === null || userId === null) return;
    const { awareness } = editor.session;
    let frame = 0;
    const follow = () => {
      cancelAnimationFrame(frame);
      // Their caret is drawn before the next frame.
      frame = requestAnimationFrame(() => {
        const caret = caretOf(editor, userId);
        const box = caret?.getBoundingClientRect();
        if (!caret || !box) return;
        const [top, bottom] = [window.innerHeight * 0.2, window.innerHeight * 0.8];
        if (box.top < top || box.bottom > bottom) caret.scrollIntoView({ block: 'center' });
      });
    };
    follow();
    awareness.on('change', follow);
    const stopListening = editor.subscribe(follow);
    const stops = ['wheel', 'touchmove', 'keydown'] as const;
    for (const event of stops) document.addEventListener(event, onStop, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      awareness.off('change', follow);
      stopListening();
      for (const event of stops) document.removeEventListener(event, onStop);
    };
  }, [editor, userId, onStop]);
}

/** Of somebody who is here in several windows, the caret of the newest. */
function caretOf(editor: BodyEditor, userId: string): HTMLElement | null {
  const { view } = editor;
  const { awareness } = editor.session;
  const clients = [...awareness.getStates()]
    .filter(([, state]) => (state['user'] as { id?: string } | undefined)?.id === userId)
    .map(([client]) => client);
  for (const client of clients.reverse()) {
    const caret = view.dom.querySelector<HTMLElement>(`.caret[data-client="${client}"]`);
    if (caret) return caret;
  }
  return null;
}
