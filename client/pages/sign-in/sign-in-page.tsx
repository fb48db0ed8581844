import { t } from '../../strings/index.ts';
import { FormProblem } from '../../ui/input/field.tsx';
import { SignInForm } from './sign-in-form.tsx';
import styles from './sign-in.module.css';

const failures: Readonly<Record<string, string>> = t.signIn.failed;

/** For who is not signed in, at any address: that is where they are afterwards. */
export default function SignInPage() {
  const failed = new URLSearchParams(location.search).get('signIn');
  return (
    <main className={styles['page']}>
      <p className={styles['name']}>{t.common.appName}</p>
      <h1 className={styles['title']}>{t.signIn.title}</h1>
      <FormProblem>{failed === null ? undefined : failures[failed]}</FormProblem>
      <SignInForm />
      <p className={styles['note']}>{t.signIn.noAccount}</p>
    </main>
  );
}
