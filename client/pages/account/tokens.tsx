import { Trash2 } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { useDeleteToken, useMakeToken, useTokens, type TokenInfo } from '../../api/people.ts';
import { problemText } from '../../api/problem-text.ts';
import { formatAgo } from '../../strings/format.ts';
import { t } from '../../strings/people.ts';
import { Button } from '../../ui/button/button.tsx';
import { Choice } from '../../ui/input/choice.tsx';
import { IconButton } from '../../ui/button/icon-button.tsx';
import { Field, FormProblem } from '../../ui/input/field.tsx';
import { PageProblem } from '../../ui/problem/page-problem.tsx';
import { Secret } from '../../ui/secret.tsx';
import { toast } from '../../ui/overlay/toast.ts';
import styles from '../people/people-page.module.css';

/** Tokens of programs that work in one's name. */
export function Tokens({ userId }: { userId: string }) {
  const words = t.account;
  const tokens = useTokens(userId);
  const make = useMakeToken(userId);
  const [name, setName] = useState('');
  const [until, setUntil] = useState('');
  const [readOnly, setReadOnly] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A day is meant to its end, where the person is.
    const expiresAt =
      until === '' ? {} : { expiresAt: new Date(`${until}T23:59:59`).toISOString() };
    make.mutate({ name, readOnly, ...expiresAt }, { onSuccess: () => setName('') });
  };
  return (
    <section className={styles['section']}>
      <h2 className={styles['subtitle']}>{words.tokens}</h2>
      <p>{words.tokensBody}</p>
      {tokens.error && <PageProblem error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data?.items.length === 0 && <p>{words.noTokens}</p>}
      <ul role="list" className={styles['list']} aria-label={words.tokens}>
        {tokens.data?.items.map((token) => (
          <TokenRow key={token.id} {...{ token, userId }} />
        ))}
      </ul>
      {make.data && (
        <div role="status">
          <p>{words.made}</p>
          <Secret
            label={words.token}
            value={make.data.token}
            copy={words.copy}
            copied={t.people.copied}
            notCopied={t.people.notCopied}
          />
        </div>
      )}
      <form className={styles['form']} onSubmit={submit}>
        <FormProblem>{make.error ? problemText(make.error) : undefined}</FormProblem>
        <Field
          label={words.tokenName}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label={words.expires}
          hint={words.expiresHint}
          type="date"
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
        <Choice label={words.readOnly} checked={readOnly} onChange={setReadOnly} />
        <Button type="submit" busy={make.isPending}>
          {words.make}
        </Button>
      </form>
    </section>
  );
}

function TokenRow({ token, userId }: { token: TokenInfo; userId: string }) {
  const remove = useDeleteToken(userId);
  const { id, name, readOnly, createdAt, lastUsedAt, lastUsedFor, lastUsedFrom, expiresAt } = token;
  const last = [lastUsedFor, lastUsedFrom].filter(Boolean).join(', ');
  const ago = (time: string | null) => (time === null ? null : formatAgo(new Date(time)));
  const facts = t.account.facts(
    formatAgo(new Date(createdAt)),
    ago(lastUsedAt),
    last === '' ? null : last,
    expiresAt === null ? null : new Date(expiresAt).toLocaleDateString(),
  );
  const onError = (error: unknown) => toast({ text: problemText(error), kind: 'bad' });
  return (
    <li className={styles['person']}>
      <span className={styles['who']}>
        <span>{name}</span>
        <span className={styles['email']}>
          {readOnly ? `${t.account.readOnly} · ${facts}` : facts}
        </span>
      </span>
      <IconButton
        label={t.account.remove(name)}
        icon={<Trash2 />}
        onClick={() => remove.mutate(id, { onError })}
      />
    </li>
  );
}
