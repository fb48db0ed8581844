import type { Fragment } from 'postgres';
import { v7 as newId } from 'uuid';
import type { AuditEntry } from '../../shared/api/audit.ts';
import type { Queryable, Sql } from '../db/connect.ts';
import type { Keyset } from '../http/cursor.ts';

/** Something that was done to a piece. */
export interface Deed {
  readonly pieceId: string;
  /** A user id; null: the server did it by itself. */
  readonly actor: string | null;
  /** What was done, such as `thread.resolved`: the thing, and what became of it. */
  readonly kind: string;
  /** To what. Ids and states, no texts: those can be deleted where they are. */
  readonly data?: DeedData;
}

export type DeedData = {
  readonly [name: string]: string | number | boolean | null | DeedData;
};

/** Puts deeds on record, in the transaction that does them. */
export async function record(sql: Queryable, ...deeds: readonly Deed[]): Promise<void> {
  if (deeds.length === 0) return;
  await sql`
    insert into piece_events ${sql(
      deeds.map(({ pieceId, actor, kind, data = {} }) => ({
        ...{ id: newId(), piece_id: pieceId, actor, kind, data: sql.json(data) },
      })),
    )}`;
}

export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: string;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly data: AuditEntry['data'];
}

export function presentEntry({ id, at, kind, actorId, actorName, data }: AuditRow): AuditEntry {
  const actor = actorId === null ? null : { id: actorId, name: actorName ?? '' };
  return { id, at: at.toISOString(), kind, actor, data };
}

/** The latest first; one more than `limit` where there are more. */
export async function listEntries(sql: Sql, pieceId: string, after: Keyset | null, limit: number) {
  return entriesWhere(sql, sql`piece_events e`, sql`e.piece_id = ${pieceId}`, { after, limit });
}

/** The same of any table of deeds, `e`; `which` says of whom or what. */
export async function entriesWhere(
  sql: Queryable,
  table: Fragment,
  which: Fragment,
  { after, limit }: { readonly after: Keyset | null; readonly limit: number },
) {
  const rows = await sql<(AuditRow & { cursorAt: string })[]>`
    select e.id, e.at, e.kind, e.actor as "actorId", u.name as "actorName", e.data,
      to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from ${table} left join users u on u.id = e.actor
    where ${which}
      and ${after === null ? sql`true` : sql`(e.at, e.id) < (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by e.at desc, e.id desc
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
}
