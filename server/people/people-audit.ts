import { v7 as newId } from 'uuid';
import { entriesWhere, type DeedData } from '../audit/store.ts';
import type { Queryable } from '../db/connect.ts';
import type { Keyset } from '../http/cursor.ts';

/** Something that was done to somebody's account. */
export interface AccountDeed {
  /** Whose account. */
  readonly subject: string;
  /** A user id; null: the server did it by itself. */
  readonly actor: string | null;
  /** What was done, such as `user.disabled`. */
  readonly kind: string;
  /** Ids and states; no names and no addresses, which are erased where they are. */
  readonly data?: DeedData;
}

/** Puts deeds on record, in the transaction that does them. */
export async function recordAccount(
  sql: Queryable,
  ...deeds: readonly AccountDeed[]
): Promise<void> {
  if (deeds.length === 0) return;
  await sql`
    insert into people_events ${sql(
      deeds.map(({ subject, actor, kind, data = {} }) => ({
        ...{ id: newId(), subject, actor, kind, data: sql.json(data) },
      })),
    )}`;
}

/** What was done to somebody, the latest first; one more than `limit` where there is more. */
export async function listAccountEntries(
  sql: Queryable,
  subject: string,
  after: Keyset | null,
  limit: number,
) {
  return entriesWhere(sql, sql`people_events e`, sql`e.subject = ${subject}`, { after, limit });
}
