import type { Sql } from '../../db/connect.ts';
import type { GlobalRole } from '../../../shared/roles.ts';
import { hashToken } from '../tokens/tokens.ts';

/** What somebody is signed in by. */
export interface Credential {
  readonly kind: 'token' | 'session';
  readonly id: string;
  /** Null: until it is withdrawn. A session's moves on while it is used. */
  readonly expiresAt: Date | null;
  /** A token that changes nothing. */
  readonly readOnly: boolean;
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
export type Authenticate = (secret: string) => Promise<SignedIn | NoSignIn>;

/** `withdrawn`: it was somebody's, so that whoever goes on with it guesses at nothing. */
export type NoSignIn = 'unknown' | 'expired' | 'withdrawn';

/** Longer than any token that was made here or set by an operator; not worth hashing. */
const longestToken = 1_000;

interface Found {
  readonly tokenId: string;
  readonly expiresAt: Date | null;
  readonly expired: boolean;
  readonly readOnly: boolean;
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: GlobalRole;
  readonly createdAt: Date;
}

/**
 * Signs in by API token. The token is looked up by its hash, so comparing takes no constant-time
 * care: what leaks is about the hash. Who is disabled is as unknown as a token that is none.
 */
export function createAuthenticate(sql: Sql): Authenticate {
  return async (token) => {
    if (token.length > longestToken) return 'unknown';
    const found = await findToken(sql, token);
    if (found === undefined) return (await wasToken(sql, token)) ? 'withdrawn' : 'unknown';
    if (found.expired) return 'expired';
    const { id, email, name, role, createdAt, tokenId, expiresAt, readOnly } = found;
    const credential: Credential = { kind: 'token', id: tokenId, expiresAt, readOnly };
    return { user: { id, email, name, role, createdAt }, credential };
  };
}

/** The clock is the database's, so that servers agree. */
async function findToken(sql: Sql, token: string): Promise<Found | undefined> {
  const [found] = await sql<Found[]>`
    select t.id as "tokenId", t.expires_at as "expiresAt",
           coalesce(t.expires_at <= now(), false) as expired,
           t.read_only as "readOnly",
           u.id, u.email, u.name, u.role, u.created_at as "createdAt"
    from api_tokens t join users u on u.id = t.user_id
    where t.hash = ${hashToken(token)} and u.disabled_at is null`;
  return found;
}

async function wasToken(sql: Sql, token: string): Promise<boolean> {
  const found = await sql`select from former_tokens where hash = ${hashToken(token)}`;
  return found.length > 0;
}
