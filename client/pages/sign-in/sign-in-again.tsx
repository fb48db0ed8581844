import { useEffect, useRef, useState } from 'react';
import type { User } from '../../api/session.ts';
import { t } from '../../strings/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SignInForm } from './sign-in-form.tsx';

/**
 * Over a page whose session has ended: what is on it stays, and goes on afterwards. Who is typing
 * keeps the focus, since the next keys would go into the form: the dialog then stands beside the text.
 */
export default function SignInAgain({ user }: { user: User }) {
  const [typingIn] = useState(focusedTextField);
  const returnFocus = useReturn(typingIn);
  const { title, body, aside } = t.signIn.again;
  return (
    <Dialog
      open
      binding
      aside={typingIn !== null}
      onOpenChange={() => undefined}
      title={title}
      description={typingIn === null ? body : aside}
      {...(typingIn !== null && { returnFocus })}
    >
      <SignInForm email={user.email} />
    </Dialog>
  );
}

/** The way back into a text field, to where the caret was when it lost the focus. */
function useReturn(field: HTMLElement | null): () => void {
  const left = useRef<Range | null>(null);
  useEffect(() => {
    // An element with `contenteditable` puts the caret to its start when it is focused by script.
    const leave = () => {
      const selection = document.getSelection();
      const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
      left.current = field?.isContentEditable ? (range?.cloneRange() ?? null) : null;
    };
    field?.addEventListener('focusout', leave);
    return () => field?.removeEventListener('focusout', leave);
  }, [field]);
  return () => {
    field?.focus();
    if (left.current === null) return;
    const selection = document.getSelection();
    selection?.removeAllRanges();
    selection?.addRange(left.current);
  };
}

/** The element that takes keys as text, if one has the focus. */
function focusedTextField(): HTMLElement | null {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement)) return null;
  const takesText =
    focused.isContentEditable || focused.matches('textarea, input:not([type="checkbox"])');
  return takesText ? focused : null;
}
