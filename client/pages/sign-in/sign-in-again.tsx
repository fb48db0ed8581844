import type { User } from '../../api/session.ts';
import { t } from '../../strings/index.ts';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { SignInForm } from './sign-in-form.tsx';

export interface SignInAgainProps {
  user: User;
  /** Gives the focus back to who is typing; null: nobody is. */
  typing: (() => void) | null;
}

/**
 * In the place of a page whose session has ended, which goes on afterwards. Who is typing keeps the
 * focus, since the next keys would go into the form: the dialog then stands beside what they type.
 */
export default function SignInAgain({ user, typing }: SignInAgainProps) {
  const { title, body, aside } = t.signIn.again;
  return (
    <Dialog
      open
      binding
      aside={typing !== null}
      onOpenChange={() => undefined}
      title={title}
      description={typing === null ? body : aside}
      {...(typing !== null && { returnFocus: typing })}
    >
      <SignInForm email={user.email} />
    </Dialog>
  );
}
