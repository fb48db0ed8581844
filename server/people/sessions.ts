import { v7 as newId } from 'uuid';
import type { Queryable, Sql } from '../db/connect.ts';
import type { GlobalRole } from '../../shared/roles.ts';
import type { Authenticate, Credential } from './authenticate.ts';
import { hashToken, makeSecret } from './tokens.ts';

export interface NewSession {
  readonly id: string;
  /** Goes into the cookie, and is kept nowhere else. */
  readonly secret: string;
  readonly expiresAt: Date;
}

/**
 * Sessions slide: they end `lifetimeMs` after their last use. That is written down when an hour (or
 * a tenth of the lifetime) of it has gone, since a write for each call would cost more than the call.
 */
export class Sessions {
  readonly #sql: Sql;
  readonly #lifetime: number;
  readonly #slide: number;

  constructor(sql: Sql, lifetimeMs: number) {
    this.#sql = sql;
    this.#lifetime = lifetimeMs / 1_000;
    this.#slide = Math.min(3_600, this.#lifetime / 10);
  }

  /** Opens a session for somebody who has shown who they are. Old sessions of anybody are cleared. */
  async open(userId: string, sql: Queryable = this.#sql): Promise<NewSession> {
    const secret = makeSecret();
    const [row] = await sql<{ id: string; expiresAt: Date }[]>`
      with cleared as (delete from sessions where expires_at <= now())
      insert into sessions (id, user_id, hash, expires_at)
      values (${newId()}, ${userId}, ${hashToken(secret)},
              now() + make_interval(secs => ${this.#lifetime}))
      returning id, expires_at as "expiresAt"`;
    if (row === undefined) throw new Error('The session could not be stored');
    return { ...row, secret };
  }

  /** Who a cookie signs in. What has ended is `expired`, whether it was signed out or not used. */
  readonly authenticate: Authenticate = async (secret) => {
    const [found] = await this.#sql<Found[]>`
      select s.id as "sessionId", s.expires_at as "expiresAt",
             s.expires_at < now() + make_interval(secs => ${this.#lifetime - this.#slide}) as stale,
             u.id, u.email, u.name, u.role, u.created_at as "createdAt"
      from sessions s join users u on u.id = s.user_id
      where s.hash = ${hashToken(secret)} and s.expires_at > now()`;
    if (found === undefined) return 'expired';
    const { sessionId, stale, expiresAt, ...user } = found;
    const until = stale ? await this.#slideOn(sessionId, expiresAt) : expiresAt;
    return { user, credential: { kind: 'session', id: sessionId, expiresAt: until } };
  };

  /** Ends sessions of a person: one, all, or all but one. Returns the ids of those that it ended. */
  async end(userId: string, which: { only?: string; but?: string } = {}): Promise<string[]> {
    const { only = null, but = null } = which;
    const rows = await this.#sql<{ id: string }[]>`
      delete from sessions
      where user_id = ${userId}
        and (${only}::uuid is null or id = ${only})
        and (${but}::uuid is null or id <> ${but})
      returning id`;
    return rows.map(({ id }) => id);
  }

  async #slideOn(sessionId: string, expiresAt: Date): Promise<Date> {
    const [row] = await this.#sql<{ expiresAt: Date }[]>`
      update sessions set expires_at = now() + make_interval(secs => ${this.#lifetime})
      where id = ${sessionId}
      returning expires_at as "expiresAt"`;
    return row?.expiresAt ?? expiresAt; // Signed out just now: the next call will find it so.
  }
}

interface Found {
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly stale: boolean;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: GlobalRole;
  readonly createdAt: Date;
}

/**
 * Until when a credential lasts, asked anew: a session may have been used meanwhile. `ended`: it has
 * been withdrawn or signed out, or its time is over.
 */
export async function lastsUntil(
  sql: Queryable,
  { kind, id }: Pick<Credential, 'kind' | 'id'>,
): Promise<Date | null | 'ended'> {
  const table = kind === 'token' ? sql`api_tokens` : sql`sessions`;
  const [row] = await sql<{ expiresAt: Date | null }[]>`
    select expires_at as "expiresAt" from ${table}
    where id = ${id} and coalesce(expires_at > now(), true)`;
  return row === undefined ? 'ended' : row.expiresAt;
}
