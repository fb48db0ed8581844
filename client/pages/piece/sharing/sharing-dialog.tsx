import { UserMinus } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { pieceRoles } from '../../../../shared/roles.ts';
import {
  useCandidates,
  useMembers,
  usePutMember,
  type Member,
  type PieceRole,
} from '../../../api/members.ts';
import { problemText } from '../../../api/problem-text.ts';
import type { User } from '../../../api/session.ts';
import { t } from '../../../strings/piece.ts';
import { Button } from '../../../ui/button/button.tsx';
import { IconButton } from '../../../ui/button/icon-button.tsx';
import { Dialog } from '../../../ui/overlay/dialog.tsx';
import { Field } from '../../../ui/input/field.tsx';
import { PageProblem } from '../../../ui/problem/page-problem.tsx';
import { toast } from '../../../ui/overlay/toast.ts';
import { Waiting } from '../../../ui/loading/waiting.tsx';
import styles from './sharing.module.css';

export interface SharingDialogProps {
  me: User;
  pieceId: string;
  onClose: () => void;
}

/** Who is on the piece: add, change what they may do, remove. It holds from the next moment on. */
export default function SharingDialog({ me, pieceId, onClose }: SharingDialogProps) {
  const members = useMembers(pieceId);
  const put = usePutMember(pieceId, (error) => toast({ text: problemText(error), kind: 'bad' }));
  const change = (userId: string, role: PieceRole | null) => put.mutate({ userId, role });
  return (
    <Dialog open onOpenChange={(stays) => !stays && onClose()} title={t.sharing.title}>
      <AddMember pieceId={pieceId} onAdd={change} />
      {members.error ? (
        <PageProblem error={members.error} onRetry={() => void members.refetch()} />
      ) : members.data === undefined ? (
        <Waiting />
      ) : (
        <ul role="list" className={styles['members']}>
          {members.data.items.map((member) => (
            <MemberRow key={member.userId} {...{ member, me, change }} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function MemberRow(props: {
  member: Member;
  me: User;
  change: (userId: string, role: PieceRole | null) => void;
}) {
  const { member, me, change } = props;
  const { userId, name, email, role } = member;
  return (
    <li className={styles['member']}>
      <span className={styles['who']}>
        <span>{userId === me.id ? `${name} (${t.sharing.you})` : name}</span>
        <span className={styles['email']}>{email}</span>
      </span>
      <RoleSelect
        label={t.sharing.role(name)}
        value={role}
        onChange={(chosen) => change(userId, chosen)}
      />
      <IconButton
        label={t.sharing.remove(name)}
        icon={<UserMinus />}
        onClick={() => change(userId, null)}
      />
    </li>
  );
}

function RoleSelect(props: {
  label: string;
  value: PieceRole;
  onChange: (role: PieceRole) => void;
}) {
  return (
    <select
      className={styles['role']}
      aria-label={props.label}
      value={props.value}
      onChange={({ target: { value } }) => {
        const role = pieceRoles.find((each) => each === value);
        if (role) props.onChange(role);
      }}
    >
      {pieceRoles.map((role) => (
        <option key={role} value={role}>
          {t.sharing.roles[role]}
        </option>
      ))}
    </select>
  );
}

function AddMember(props: { pieceId: string; onAdd: (userId: string, role: PieceRole) => void }) {
  const [query, setQuery] = useState('');
  const [role, setRole] = useState<PieceRole>('writer');
  const q = useDeferredValue(query.trim());
  const found = useCandidates(props.pieceId, q);
  return (
    <div className={styles['add']}>
      <div className={styles['search']}>
        <Field
          label={t.sharing.add}
          value={query}
          autoComplete="off"
          hint={t.sharing.does[role]}
          error={found.error ? problemText(found.error) : undefined}
          onChange={(event) => setQuery(event.target.value)}
        />
        <RoleSelect label={t.sharing.as} value={role} onChange={setRole} />
      </div>
      <div role="status">
        {q.length >= 2 && found.data?.items.length === 0 && <p>{t.sharing.none}</p>}
      </div>
      {found.data && q.length >= 2 && (
        <ul role="list" className={styles['members']}>
          {found.data.items.map(({ id, name, email }) => (
            <li key={id} className={styles['member']}>
              <span className={styles['who']}>
                <span>{name}</span>
                {email && <span className={styles['email']}>{email}</span>}
              </span>
              <Button
                onClick={() => {
                  props.onAdd(id, role);
                  setQuery('');
                }}
              >
                {t.sharing.addAs(name, t.sharing.roles[role].toLowerCase())}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
