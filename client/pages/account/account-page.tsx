import { useState, type FormEvent } from 'react';
import { useChangePassword, useChangeUser, useEndSessions } from '../../api/people.ts';
import { problemText } from '../../api/problem-text.ts';
import type { User } from '../../api/session.ts';
import { t } from '../../strings/people.ts';
import { Button } from '../../ui/button/button.tsx';
import { Field, FormProblem } from '../../ui/input/field.tsx';
import { toast } from '../../ui/overlay/toast.ts';
import styles from '../people/people-page.module.css';
import { TopBar } from '../top-bar.tsx';
import { Tokens } from './tokens.tsx';

/** What belongs to oneself: the name, the password, tokens for programs, and all one's sessions. */
export default function AccountPage({ me }: { me: User }) {
  const end = useEndSessions();
  return (
    <div className={styles['page']}>
      <title>{`${t.account.title} · ${t.common.appName}`}</title>
      <TopBar me={me} />
      <main>
        <h1 className={styles['title']}>{t.account.title}</h1>
        <OwnName me={me} />
        <Password />
        <Tokens userId={me.id} />
        <section className={styles['section']}>
          <h2 className={styles['subtitle']}>{t.account.everywhere}</h2>
          <p>{t.account.everywhereBody}</p>
          <Button
            kind="danger"
            busy={end.isPending}
            onClick={() =>
              end.mutate(me.id, {
                onSuccess: () => window.location.assign('/'),
                onError: (error) => toast({ text: problemText(error), kind: 'bad' }),
              })
            }
          >
            {t.account.everywhere}
          </Button>
        </section>
      </main>
    </div>
  );
}

function OwnName({ me }: { me: User }) {
  const [name, setName] = useState(me.name);
  const change = useChangeUser(me.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ name }, { onSuccess: () => toast({ text: t.account.named }) });
  };
  return (
    <form className={styles['section']} onSubmit={submit}>
      <p>{me.email}</p>
      <FormProblem>{change.error ? problemText(change.error) : undefined}</FormProblem>
      <Field
        label={t.account.name}
        autoComplete="name"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" busy={change.isPending}>
        {t.account.saveName}
      </Button>
    </form>
  );
}

function Password() {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useChangePassword();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      { password, ...(current !== '' && { current }) },
      {
        onSuccess: () => {
          setCurrent('');
          setPassword('');
          toast({ text: t.account.changed });
        },
      },
    );
  };
  return (
    <form className={styles['section']} onSubmit={submit}>
      <h2 className={styles['subtitle']}>{t.account.password}</h2>
      <FormProblem>{change.error ? problemText(change.error) : undefined}</FormProblem>
      <Field
        label={t.account.current}
        hint={t.account.currentHint}
        type="password"
        autoComplete="current-password"
        value={current}
        onChange={(event) => setCurrent(event.target.value)}
      />
      <Field
        label={t.account.next}
        hint={t.signIn.invite.hint}
        type="password"
        autoComplete="new-password"
        required
        minLength={8}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" busy={change.isPending}>
        {t.account.change}
      </Button>
    </form>
  );
}
