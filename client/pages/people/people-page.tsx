import { useState, type FormEvent } from 'react';
import { useAddUser, useInvite, useUsers, type Invite, type User } from '../../api/people.ts';
import { problemText } from '../../api/problem-text.ts';
import { formatMoment } from '../../strings/format.ts';
import { t } from '../../strings/people.ts';
import { Button } from '../../ui/button/button.tsx';
import { Dialog } from '../../ui/overlay/dialog.tsx';
import { FormProblem } from '../../ui/input/field.tsx';
import { PageProblem } from '../../ui/problem/page-problem.tsx';
import { Secret } from '../../ui/secret.tsx';
import { toast } from '../../ui/overlay/toast.ts';
import { Waiting } from '../../ui/loading/waiting.tsx';
import { TopBar } from '../top-bar.tsx';
import styles from './people-page.module.css';
import { PersonDialog } from './person-dialog.tsx';
import { PersonFields } from './person-fields.tsx';

/** Everybody in the newsroom, for admins: add people, send the link that lets them in, change them. */
export default function PeoplePage({ me }: { me: User }) {
  const users = useUsers();
  const [invited, setInvited] = useState<{ user: User; invite: Invite } | null>(null);
  const [changing, setChanging] = useState<User | null>(null);
  const invite = useInvite();
  const make = (user: User) =>
    invite.mutate(user.id, {
      onSuccess: (made) => setInvited({ user, invite: made }),
      onError: (error) => toast({ text: problemText(error), kind: 'bad' }),
    });
  const items = users.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles['page']}>
      <title>{`${t.people.title} · ${t.common.appName}`}</title>
      <TopBar me={me} />
      <main>
        <h1 className={styles['title']}>{t.people.title}</h1>
        {me.role !== 'admin' ? (
          <p>{t.people.onlyAdmins}</p>
        ) : (
          <>
            <AddPerson onAdded={make} />
            {users.error ? (
              <PageProblem error={users.error} onRetry={() => void users.refetch()} />
            ) : users.isPending ? (
              <Waiting />
            ) : (
              <ul role="list" className={styles['list']} aria-label={t.people.title}>
                {items.map((user) => (
                  <li key={user.id} className={styles['person']}>
                    <span className={styles['who']}>
                      <span>{user.name}</span>
                      <span className={styles['email']}>{user.email}</span>
                    </span>
                    <span className={styles['email']}>
                      {user.disabled ? t.people.disabled : t.people.roles[user.role]}
                    </span>
                    <Button
                      aria-label={t.people.inviteFor(user.name)}
                      disabled={user.disabled}
                      onClick={() => make(user)}
                    >
                      {t.people.invite}
                    </Button>
                    <Button
                      aria-label={t.people.changeOf(user.name)}
                      onClick={() => setChanging(user)}
                    >
                      {t.people.change}
                    </Button>
                  </li>
                ))}
              </ul>
            )}
            {users.hasNextPage && (
              <Button busy={users.isFetchingNextPage} onClick={() => void users.fetchNextPage()}>
                {t.people.more}
              </Button>
            )}
          </>
        )}
      </main>
      {changing && <PersonDialog user={changing} onClose={() => setChanging(null)} />}
      {invited && (
        <Dialog
          open
          onOpenChange={(stays) => !stays && setInvited(null)}
          title={t.people.inviteTitle(invited.user.name)}
          description={t.people.inviteBody(formatMoment(new Date(invited.invite.expiresAt)))}
        >
          <Secret
            label={t.people.link}
            value={invited.invite.url}
            copy={t.people.copy}
            copied={t.people.copied}
            notCopied={t.people.notCopied}
          />
        </Dialog>
      )}
    </div>
  );
}

const nobody = { name: '', email: '', role: 'member' as const };

function AddPerson({ onAdded }: { onAdded: (user: User) => void }) {
  const [person, setPerson] = useState<Pick<User, 'name' | 'email' | 'role'>>(nobody);
  const add = useAddUser();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(person, {
      onSuccess: (user) => {
        setPerson({ ...nobody, role: person.role });
        onAdded(user);
      },
    });
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <h2 className={styles['subtitle']}>{t.people.add}</h2>
      <FormProblem>{add.error ? problemText(add.error) : undefined}</FormProblem>
      <div className={styles['fields']}>
        <PersonFields person={person} onChange={setPerson} />
        <Button kind="primary" type="submit" busy={add.isPending}>
          {t.people.adding}
        </Button>
      </div>
    </form>
  );
}
