import type { User } from '../../api/session.ts';
import { t } from '../../strings/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** Over a page whose session has ended: what is on it stays, and goes on afterwards. */
export default function SignInAgain({ user }: { user: User }) {
  const { title, body } = t.signIn.again;
  return (
    <Dialog open binding onOpenChange={() => undefined} title={title} description={body}>
      <SignInForm email={user.email} />
    </Dialog>
  );
}
