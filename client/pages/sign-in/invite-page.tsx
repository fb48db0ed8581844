import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { problemText } from '../../api/problem-text.ts';
import { useSignIn } from '../../api/session.ts';
import { t } from '../../strings/index.ts';
import { Button } from '../../ui/button/button.tsx';
import { Field, FormProblem } from '../../ui/input/field.tsx';
import styles from './sign-in.module.css';

/** Where an invite link leads: one chooses a password, and is in. */
export default function InvitePage() {
  const [invite] = useState(() => location.hash.slice(1));
  const [password, setPassword] = useState('');
  const [, navigate] = useLocation();
  const signIn = useSignIn();
  const words = t.signIn.invite;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Going on replaces the address: the link's secret is not kept in the history.
    const onSuccess = () => navigate('/', { replace: true });
    signIn.mutate({ invite, password }, { onSuccess });
  };
  return (
    <main className={styles['page']}>
      <p className={styles['name']}>{t.common.appName}</p>
      <h1 className={styles['title']}>{words.title}</h1>
      {invite === '' ? (
        <FormProblem>{words.incomplete}</FormProblem>
      ) : (
        <form className={styles['form']} onSubmit={submit}>
          <FormProblem>{signIn.error ? problemText(signIn.error) : undefined}</FormProblem>
          <Field
            label={words.password}
            hint={words.hint}
            type="password"
            autoComplete="new-password"
            required
            minLength={8}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Button kind="primary" type="submit" busy={signIn.isPending}>
            {t.signIn.submit}
          </Button>
        </form>
      )}
    </main>
  );
}
