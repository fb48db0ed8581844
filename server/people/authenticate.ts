import type { Sql } from '../db/connect.ts';
import type { GlobalRole } from '../../shared/roles.ts';
import { hashToken } from './tokens.ts';

/** What somebody is signed in by. */
export interface Credential {
  readonly kind: 'token' | 'session';
  readonly id: string;
  /** Null: until it is withdrawn. A session's moves on while it is used. */
  readonly expiresAt: Date | null;
}

/** Who is signed in, and by what. */
export interface SignedIn {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly role: GlobalRole;
    readonly createdAt: Date;
  };
  readonly credential: Credential;
}

/**
 * Both calls and sockets sign in by this: with a token, or with the secret of a session's cookie.
 * Rejects when the database cannot be asked.
 */
export type Authenticate = (secret: string) => Promise<SignedIn | 'unknown' | 'expired'>;

/** Longer than any token that was made here or set by an operator; not worth hashing. */
const longestToken = 1_000;

interface Found {
  readonly tokenId: string;
  readonly expiresAt: Date | null;
  readonly expired: boolean;
  readonly stale: boolean;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: GlobalRole;
  readonly createdAt: Date;
}

/**
 * Signs in by API token. The token is looked up by its hash, so comparing takes no constant-time
 * care: what leaks is about the hash. Its `last_used_at` is written at most once a minute, since a
 * write for each call would cost more than the call.
 */
export function createAuthenticate(sql: Sql): Authenticate {
  return async (token) => {
    if (token.length > longestToken) return 'unknown';
    const found = await findToken(sql, token);
    if (found === undefined) return 'unknown';
    if (found.expired) return 'expired';
    if (found.stale) {
      await sql`update api_tokens set last_used_at = now() where id = ${found.tokenId}`;
    }
    const { id, email, name, role, createdAt, tokenId, expiresAt } = found;
    const credential: Credential = { kind: 'token', id: tokenId, expiresAt };
    return { user: { id, email, name, role, createdAt }, credential };
  };
}

/** The clock is the database's, so that servers agree. */
async function findToken(sql: Sql, token: string): Promise<Found | undefined> {
  const [found] = await sql<Found[]>`
    select t.id as "tokenId", t.expires_at as "expiresAt",
           coalesce(t.expires_at <= now(), false) as expired,
           coalesce(t.last_used_at < now() - interval '1 minute', true) as stale,
           u.id, u.email, u.name, u.role, u.created_at as "createdAt"
    from api_tokens t join users u on u.id = t.user_id
    where t.hash = ${hashToken(token)}`;
  return found;
}
