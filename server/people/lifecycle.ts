import type { UserChange } from '../../shared/api/people.ts';
import type { Sql, Transaction } from '../db/connect.ts';
import { Problem } from '../errors.ts';
import { lockPeople } from './lock-people.ts';
import { recordAccount, type AccountDeed } from './people-audit.ts';
import { emailTaken, findUser, holdUser, type UserRow } from './store.ts';

/** What stands where the name of somebody stood who was erased. */
export const formerMember = 'Former member';

export interface Changed {
  readonly before: UserRow;
  readonly after: UserRow;
}

/**
 * Changes a person as `actor`. Who is disabled loses their sessions, tokens and unused invite in the
 * same transaction. Throws `no_such_user`, `email_taken`, and `last_admin` where nobody would be left
 * who can sign in as an admin.
 */
export async function changeUser(
  sql: Sql,
  actor: string,
  userId: string,
  change: UserChange,
): Promise<Changed> {
  return sql.begin(async (tx) => {
    await lockPeople(tx);
    const before = await holdUser(tx, userId);
    const role = change.role ?? before.role;
    const disabled = change.disabled ?? before.disabled;
    if (role !== 'admin' || disabled) await keepAnAdmin(tx, before);
    await tx`
      update users set name = ${change.name ?? before.name}, role = ${role},
        disabled_at = ${disabled ? tx`coalesce(disabled_at, now())` : null}
      where id = ${userId}`;
    if (change.email !== undefined) await changeEmail(tx, userId, change.email);
    if (disabled && !before.disabled) await endCredentials(tx, userId);
    const after = await findUser(tx, userId);
    await recordAccount(tx, ...deedsOf(actor, before, after));
    return { before, after };
  });
}

/**
 * Erases a person: their name and address, and every way in. Their words stay theirs, under a name
 * that is nobody's, and the address can be used anew. They are taken off all pieces; one that is left
 * without an owner has the admins. Returns the pieces. Throws `no_such_user` and `last_admin`.
 */
export async function eraseUser(
  sql: Sql,
  actor: string,
  userId: string,
): Promise<readonly string[]> {
  return sql.begin(async (tx) => {
    await lockPeople(tx);
    await keepAnAdmin(tx, await holdUser(tx, userId));
    await endCredentials(tx, userId);
    await tx`delete from oidc_accounts where user_id = ${userId}`;
    await tx`delete from thread_reads where user_id = ${userId}`;
    await tx`delete from former_writers where user_id = ${userId}`;
    const left = await tx<{ pieceId: string }[]>`
      delete from members where user_id = ${userId} returning piece_id as "pieceId"`;
    await tx`
      update users set name = ${formerMember}, email = null, role = 'member', password_hash = null,
        device_secret = null,        erased_at = now(), disabled_at = coalesce(disabled_at, now())
      where id = ${userId}`;
    await recordAccount(tx, { actor, subject: userId, kind: 'user.erased' });
    return left.map(({ pieceId }) => pieceId);
  });
}

/** Whether somebody's address is taken shows in the index, whoever else adds it at this moment. */
async function changeEmail(tx: Transaction, userId: string, email: string): Promise<void> {
  try {
    await tx.savepoint((point) => point`update users set email = ${email} where id = ${userId}`);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== '23505') throw error;
    throw emailTaken(email);
  }
}

async function endCredentials(tx: Transaction, userId: string): Promise<void> {
  await tx`delete from sessions where user_id = ${userId}`;
  await tx`delete from api_tokens where user_id = ${userId}`;
  await tx`delete from invites where user_id = ${userId}`;
}

/**
 * Under the lock of people: whether the server can do without this admin. An admin counts who has
 * something to sign in with: a password, an account elsewhere, or a token that changes things. One
 * who has nothing yet, and goes, takes nothing away as long as another is there.
 */
async function keepAnAdmin(tx: Transaction, { id, role, disabled }: UserRow): Promise<void> {
  if (role !== 'admin' || disabled) return;
  const admins = await tx<{ id: string; getsIn: boolean }[]>`
    select u.id, u.password_hash is not null
        or exists (select from oidc_accounts o where o.user_id = u.id)
        or exists (select from api_tokens t where t.user_id = u.id and not t.read_only
                     and coalesce(t.expires_at > now(), true)) as "getsIn"
    from users u where u.role = 'admin' and u.disabled_at is null`;
  const others = admins.filter((admin) => admin.id !== id);
  if (others.some(({ getsIn }) => getsIn)) return;
  const self = admins.find((admin) => admin.id === id);
  if (others.length > 0 && self?.getsIn === false) return;
  throw new Problem(
    'last_admin',
    'Nobody else can sign in as an admin. Let another admin sign in first.',
  );
}

function deedsOf(actor: string, before: UserRow, after: UserRow): AccountDeed[] {
  const deed = (kind: string, data: AccountDeed['data'] = {}) => ({
    ...{ actor, subject: after.id, kind, data },
  });
  const deeds: AccountDeed[] = [];
  if (before.name !== after.name) deeds.push(deed('user.renamed'));
  if (before.email !== after.email) deeds.push(deed('user.email_changed'));
  if (before.role !== after.role) {
    deeds.push(deed('user.role_changed', { from: before.role, to: after.role }));
  }
  if (before.disabled !== after.disabled) {
    deeds.push(deed(after.disabled ? 'user.disabled' : 'user.enabled'));
  }
  return deeds;
}
