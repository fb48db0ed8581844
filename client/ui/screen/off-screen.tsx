import { useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { t } from '../../strings/index.ts';
import { clearToasts } from '../overlay/toast.ts';
import { focusedTarget, type TypingTarget } from './typing-target.ts';

/** A view reads the end of a composition 20 ms after it; in ms. */
const afterComposition = 60;

/** Something is being composed, as in Chinese: the keys are not letters yet. */
let composing = false;
for (const type of ['compositionstart', 'compositionend']) {
  document.addEventListener(type, () => (composing = type === 'compositionstart'), true);
}

export interface BackButton {
  /** The page is left, and the browser keeps it; or it has asked, and is shown again. */
  onLeave: (left: boolean) => void;
  /** Asks the server whose the page is. */
  ask: () => Promise<unknown>;
}

/** A page that the browser keeps and shows again by its back button asks first whose it is. */
export function watchBackButton({ onLeave, ask }: BackButton, signal: AbortSignal): void {
  window.addEventListener('pagehide', ({ persisted }) => onLeave(persisted), { signal });
  const back = () => void ask().finally(() => onLeave(false));
  window.addEventListener('pageshow', ({ persisted }) => persisted && back(), { signal });
}

export interface OffScreenProps {
  /** What is taken off the page. */
  place: HTMLElement;
  /** What stands there meanwhile. `typing`: somebody is in the middle of typing; gives the focus back. */
  instead: (typing: (() => void) | null) => ReactNode;
}

/** While it is shown, what is in `place` is not: see `Screen`. */
export default function OffScreen({ place, instead }: OffScreenProps): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const [typedInto, setTypedInto] = useState<TypingTarget | null>(null);
  useLayoutEffect(() => {
    const target = focusedTarget();
    let putBack: (() => void) | undefined;
    let later: ReturnType<typeof setTimeout> | undefined;
    const take = () => {
      setTypedInto(target);
      // Before the text is gone: a key that comes in between would go nowhere.
      if (target && field.current?.parentElement) {
        field.current.parentElement.hidden = false;
        field.current.focus();
      }
      putBack = takeOff(place);
      clearToasts();
    };
    const settle = () => (later = setTimeout(take, afterComposition));
    if (composing) document.addEventListener('compositionend', settle, { once: true });
    else take();
    return () => {
      document.removeEventListener('compositionend', settle);
      clearTimeout(later);
      putBack?.();
      if (putBack) target?.focus();
    };
  }, [place]);
  return (
    <>
      <TypedBlind field={field} target={typedInto} />
      {instead(typedInto && (() => typedInto.focus()))}
    </>
  );
}

function TypedBlind({
  field,
  target,
}: {
  field: RefObject<HTMLTextAreaElement | null>;
  target: TypingTarget | null;
}) {
  const known = useRef('');
  const pass = () => {
    const now = field.current?.value ?? '';
    const same = commonStart(known.current, now);
    target?.erase(known.current.length - same);
    target?.type(now.slice(same));
    known.current = now;
  };
  return (
    <main hidden={target === null} className="typed-blind">
      <textarea
        ref={field}
        aria-label={t.signIn.again.field}
        onInput={({ nativeEvent }) => {
          if (!nativeEvent.isComposing) pass();
        }}
        onCompositionEnd={pass}
        // It is in the text, and need not be read by whoever comes next.
        onBlur={({ currentTarget }) => (known.current = currentTarget.value = '')}
      />
    </main>
  );
}

/** Takes it off the page; returns the way back. */
function takeOff(place: Element): () => void {
  const host = place.parentElement;
  const overlays = document.getElementById('overlays');
  const { scrollX, scrollY } = window;
  const titles = document.createElement('div');
  // Who made them goes on changing them, out of sight.
  titles.append(...document.head.querySelectorAll('title'));
  const title = document.createElement('title');
  title.textContent = t.common.appName;
  document.head.append(title);
  place.remove();
  overlays?.remove();
  return () => {
    title.remove();
    document.head.append(...titles.childNodes);
    host?.append(place);
    if (overlays) document.body.append(overlays);
    requestAnimationFrame(() => window.scrollTo(scrollX, scrollY));
  };
}

/** How many characters two texts have in common at their start; never half of one. */
function commonStart(one: string, other: string): number {
  let i = 0;
  while (i < one.length && one[i] === other[i]) i++;
  return /[\ud800-\udbff]/.test(one[i - 1] ?? '') ? i - 1 : i;
}
