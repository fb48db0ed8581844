import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../../api/http.ts';
import { problemText } from '../../api/problem-text.ts';
import { useSignIn, useSignInWays } from '../../api/session.ts';
import { t } from '../../strings/index.ts';
import { Button } from '../../ui/button/button.tsx';
import { Field, FormProblem } from '../../ui/input/field.tsx';
import styles from './sign-in.module.css';

/** Email and password, or the organisation's own way where the server has one. */
export function SignInForm({ email: given = '' }: { email?: string }) {
  const [email, setEmail] = useState(given);
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const { data: ways } = useSignInWays();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password });
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <FormProblem>{signIn.error ? problemOf(signIn.error) : undefined}</FormProblem>
      <Field
        label={t.signIn.email}
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Field
        label={t.signIn.password}
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button kind="primary" type="submit" busy={signIn.isPending}>
        {t.signIn.submit}
      </Button>
      {ways?.oidc === true && <a href="/api/session/oidc">{t.signIn.withOidc}</a>}
    </form>
  );
}

function problemOf(error: unknown): string {
  const wrong = error instanceof ApiProblem && error.code === 'wrong_credentials';
  return wrong ? t.signIn.wrong : problemText(error);
}
