import type { Queryable } from '../../db/connect.ts';

/** Somebody's try at accepting a suggestion; `clientId` is what its words are written with. */
export interface Claim {
  readonly id: string;
  /** A user id. */
  readonly by: string;
  readonly clientId: number;
}

/**
 * Seconds after which a try that has left no trace in the journal counts as given up. Tries of this
 * server are known; this is for one that was killed, and for a second server on the database.
 */
const staleSeconds = 10;

/** False where it is not open, or claimed by somebody else. */
export async function claim(sql: Queryable, { id, by, clientId }: Claim): Promise<boolean> {
  const { count } = await sql`
    update threads set credit_client = ${clientId}, decided_by = ${by}, decided_at = now()
    where id = ${id} and status = 'open' and credit_client is null`;
  return count > 0;
}

export async function releaseClaim(
  sql: Queryable,
  { id, clientId }: Pick<Claim, 'id' | 'clientId'>,
): Promise<void> {
  await sql`
    update threads set credit_client = null, decided_by = null, decided_at = null
    where id = ${id} and status = 'open' and credit_client = ${clientId}`;
}

/** False where somebody else has ended it already. */
export async function finishAccepting(sql: Queryable, { id, clientId }: Claim): Promise<boolean> {
  const { count } = await sql`
    update threads set status = 'accepted', updated_at = now()
    where id = ${id} and status = 'open' and credit_client = ${clientId}`;
  return count > 0;
}

/** Opens an accepted suggestion again. False where it is not accepted any more. */
export async function unaccept(sql: Queryable, id: string): Promise<boolean> {
  const { count } = await sql`
    update threads
    set status = 'open', credit_client = null, decided_by = null, decided_at = null,
        updated_at = now()
    where id = ${id} and status = 'accepted'`;
  return count > 0;
}

/** Whether the words that were written with a clientID are in the journal: see `Decisions`. */
export async function isCommitted(
  sql: Queryable,
  pieceId: string,
  clientId: number,
): Promise<boolean> {
  const rows = await sql`
    select 1 from client_ids where piece_id = ${pieceId} and client_id = ${clientId}`;
  return rows.length > 0;
}

export async function isStale(sql: Queryable, id: string): Promise<boolean> {
  const rows = await sql`
    select 1 from threads
    where id = ${id} and decided_at < now() - ${staleSeconds} * interval '1 second'`;
  return rows.length > 0;
}
