import type { EditorView } from 'prosemirror-view';
import type { CursorAwareness, RemoteCaret } from '../../../../editor/index.ts';
import { t } from '../../../../strings/piece.ts';

/** A name is shown for so long after its caret has moved, in ms. */
const namedMs = 2_500;
const nobody = '#5d4037';

/** Somebody's caret: a line in their colour, with their name over it while it moves. */
export function renderCaret({ clientId, user }: RemoteCaret): HTMLElement {
  const caret = document.createElement('span');
  caret.className = 'caret';
  // Its name is not the line's: it says nothing about the line's direction.
  caret.dir = 'auto';
  caret.dataset['client'] = String(clientId);
  caret.style.setProperty('--user', colorOf(user.color));
  caret.setAttribute('role', 'img');
  caret.setAttribute('aria-label', t.piece.caretOf(user.name ?? ''));
  const name = document.createElement('span');
  name.className = 'caret-name';
  name.textContent = user.name ?? '';
  caret.append(name);
  return caret;
}

export function selectionOf({ user }: RemoteCaret): { class: string; style: string } {
  return { class: 'selected-by', style: `--user: ${colorOf(user.color)}` };
}

/** Marks the carets that have just moved with `data-moved`; returns the end of it. */
export function showNamesOfMoving(view: EditorView, awareness: CursorAwareness): () => void {
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  const caretOf = (id: number) =>
    view.dom.querySelector<HTMLElement>(`.caret[data-client="${id}"]`);
  const moved = (id: number) => {
    caretOf(id)?.setAttribute('data-moved', '');
    clearTimeout(timers.get(id));
    const calm = () => caretOf(id)?.removeAttribute('data-moved');
    timers.set(id, setTimeout(calm, namedMs));
  };
  const changed = (...args: unknown[]) => {
    const { added, updated } = args[0] as { added: number[]; updated: number[] };
    // The carets themselves are drawn in a microtask of this change.
    setTimeout(() => [...added, ...updated].forEach(moved));
  };
  awareness.on('change', changed);
  return () => {
    awareness.off('change', changed);
    for (const timer of timers.values()) clearTimeout(timer);
  };
}

/** Only a colour may get into a style. */
function colorOf(color: string | undefined): string {
  return color !== undefined && /^#[\da-f]{6}$/i.test(color) ? color : nobody;
}
