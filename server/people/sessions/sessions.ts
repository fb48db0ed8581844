import { v7 as newId } from 'uuid';
import type { Queryable, Sql } from '../../db/connect.ts';
import type { GlobalRole } from '../../../shared/roles.ts';
import type { Authenticate, Credential } from '../sign-in/authenticate.ts';
import { takesNoWrites } from '../../db/read-only.ts';
import { hashToken, makeSecret } from '../tokens/tokens.ts';

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

  /**
   * Opens a session for somebody who has shown who they are; null: they may not sign in. Whoever is
   * being disabled at this moment gets none: the row's lock makes one wait for the other. Old
   * sessions of anybody are cleared.
   */
  async open(userId: string): Promise<NewSession | null> {
    const secret = makeSecret();
    const [row] = await this.#sql<{ id: string; expiresAt: Date }[]>`
      with cleared as (delete from sessions where expires_at <= now())
      insert into sessions (id, user_id, hash, expires_at)
      select ${newId()}::uuid, id, ${hashToken(secret)},
             now() + make_interval(secs => ${this.#lifetime})
      from users where id = ${userId} and disabled_at is null for share
      returning id, expires_at as "expiresAt"`;
    return row === undefined ? null : { ...row, secret };
  }

  /** Who a cookie signs in. What has ended is `expired`, whether it was signed out or not used. */
  readonly authenticate: Authenticate = async (secret) => {
    const [found] = await this.#sql<Found[]>`
      select s.id as "sessionId", s.expires_at as "expiresAt",
             s.expires_at < now() + make_interval(secs => ${this.#lifetime - this.#slide}) as stale,
             u.id, u.email, u.name, u.role, u.created_at as "createdAt"
      from sessions s join users u on u.id = s.user_id
      where s.hash = ${hashToken(secret)} and s.expires_at > now() and u.disabled_at is null`;
    if (found === undefined) return 'expired';
    const { sessionId, stale, expiresAt, ...user } = found;
    const until = stale ? await this.#slideOn(sessionId, expiresAt) : expiresAt;
    const credential = {
      kind: 'session',
      id: sessionId,
      expiresAt: until,
      readOnly: false,
    } as const;
    return { user, credential };
  };

  /** Ends sessions of a person: one, or all. Returns the ids of those that it ended. */
  async end(userId: string, only: string | null = null): Promise<string[]> {
    const rows = await this.#sql<{ id: string }[]>`
      delete from sessions
      where user_id = ${userId}
        and (${only}::uuid is null or id = ${only})
      returning id`;
    return rows.map(({ id }) => id);
  }

  /** Where the database takes no writes, the session ends when it was to. */
  async #slideOn(sessionId: string, expiresAt: Date): Promise<Date> {
    const slid = this.#sql<{ expiresAt: Date }[]>`
      update sessions set expires_at = now() + make_interval(secs => ${this.#lifetime})
      where id = ${sessionId}
      returning expires_at as "expiresAt"`;
    const [row] = await slid.catch((error: unknown) => {
      if (!takesNoWrites(error)) throw error;
      return [];
    });
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
