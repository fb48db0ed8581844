import { createHmac, randomBytes } from 'node:crypto';
import type { DeviceKeys } from '../../../shared/api/people.ts';
import type { Sql } from '../../db/connect.ts';
import { Problem } from '../../errors.ts';
import { hashToken } from '../tokens/tokens.ts';

/**
 * The keys that a browser encrypts with what it keeps of pieces, for the session whose cookie holds
 * `secret` (P4). They are made of what is stored here and, for the session's, of the cookie too: what
 * lies on the device's disk gives them to nobody, nor does what is in the database alone. Throws
 * `not_signed_in` where the session has ended.
 */
export async function deviceKeys(sql: Sql, secret: string): Promise<DeviceKeys> {
  const hash = hashToken(secret);
  const [found] = await readSecrets(sql, hash);
  const secrets = found?.session && found.person ? found : await makeSecrets(sql, hash);
  if (!secrets?.session || !secrets.person) {
    throw new Problem('not_signed_in', 'The session has ended. Sign in again.');
  }
  return {
    userId: secrets.userId,
    until: secrets.until.toISOString(),
    session: derive(secrets.session, `copy\0${secret}`),
    person: derive(secrets.person, 'unsaved words'),
  };
}

interface Secrets {
  readonly userId: string;
  readonly until: Date;
  readonly session: Buffer | null;
  readonly person: Buffer | null;
}

function readSecrets(sql: Sql, hash: Buffer): Promise<Secrets[]> {
  return sql<Secrets[]>`
    select u.id as "userId", s.expires_at as until, s.device_secret as session,
           u.device_secret as person
    from sessions s join users u on u.id = s.user_id
    where s.hash = ${hash} and s.expires_at > now()`;
}

/** Once for a session, and once for a person; two who ask at the same time get the same. */
async function makeSecrets(sql: Sql, hash: Buffer): Promise<Secrets | undefined> {
  await sql`
    update sessions set device_secret = coalesce(device_secret, ${randomBytes(32)})
    where hash = ${hash} and expires_at > now()`;
  await sql`
    update users set device_secret = coalesce(device_secret, ${randomBytes(32)})
    where id = (select user_id from sessions where hash = ${hash} and expires_at > now())`;
  const [made] = await readSecrets(sql, hash);
  return made;
}

/** 256 bits, in base64. */
function derive(secret: Buffer, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64');
}
