import { useState, type FormEvent } from 'react';
import { useChangeUser, useEraseUser, type User } from '../../api/people.ts';
import { problemText } from '../../api/problem-text.ts';
import { t } from '../../strings/people.ts';
import { Button } from '../../ui/button/button.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { FormProblem } from '../../ui/input/field.tsx';
import { toast } from '../../ui/overlay/toast.ts';
import styles from './people-page.module.css';
import { PersonFields } from './person-fields.tsx';

/** One person, for admins: what they are called and may do, whether they get in, and their end here. */
export function PersonDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const [erasing, setErasing] = useState(false);
  if (erasing) return <EraseDialog user={user} onClose={onClose} />;
  return (
    <Dialog open onOpenChange={(stays) => !stays && onClose()} title={user.name}>
      <div className={styles['person-dialog']}>
        <Details user={user} onClose={onClose} />
        <Access user={user} onClose={onClose} />
        <section className={styles['section']}>
          <h3 className={styles['subtitle']}>{t.people.erase}</h3>
          <p>{t.people.eraseHint}</p>
          <Button kind="danger" onClick={() => setErasing(true)}>
            {t.people.eraseAsk}
          </Button>
        </section>
      </div>
    </Dialog>
  );
}

function Details({ user, onClose }: { user: User; onClose: () => void }) {
  const [person, setPerson] = useState({ name: user.name, email: user.email, role: user.role });
  const { name, email, role } = person;
  const change = useChangeUser(user.id);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = {
      ...(name !== user.name && { name }),
      ...(email !== user.email && { email }),
      ...(role !== user.role && { role }),
    };
    if (Object.keys(body).length === 0) onClose();
    else change.mutate(body, { onSuccess: onClose });
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <FormProblem>{change.error ? problemText(change.error) : undefined}</FormProblem>
      <PersonFields person={person} onChange={setPerson} />
      <Button kind="primary" type="submit" busy={change.isPending}>
        {t.people.save}
      </Button>
    </form>
  );
}

function Access({ user, onClose }: { user: User; onClose: () => void }) {
  const change = useChangeUser(user.id);
  const { disabled } = user;
  const words = disabled ? t.people.enable : t.people.disable;
  return (
    <section className={styles['section']}>
      <h3 className={styles['subtitle']}>{words.title}</h3>
      <p>{words.hint}</p>
      <FormProblem>{change.error ? problemText(change.error) : undefined}</FormProblem>
      <Button
        busy={change.isPending}
        onClick={() =>
          change.mutate(
            { disabled: !disabled },
            {
              onSuccess: () => {
                toast({ text: words.done(user.name) });
                onClose();
              },
            },
          )
        }
      >
        {words.ask}
      </Button>
    </section>
  );
}

function EraseDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const erase = useEraseUser();
  return (
    <Dialog
      open
      onOpenChange={(stays) => !stays && onClose()}
      title={t.people.eraseTitle(user.name)}
      description={t.people.eraseBody}
      actions={
        <>
          <Button onClick={onClose}>{t.people.keep}</Button>
          <Button
            kind="danger"
            busy={erase.isPending}
            onClick={() =>
              erase.mutate(user.id, {
                onSuccess: () => {
                  toast({ text: t.people.erased });
                  onClose();
                },
              })
            }
          >
            {t.people.erase}
          </Button>
        </>
      }
    >
      <FormProblem>{erase.error ? problemText(erase.error) : undefined}</FormProblem>
    </Dialog>
  );
}
