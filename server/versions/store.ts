import { v7 as newId } from 'uuid';
import type { Version, VersionKind } from '../../shared/api/versions.ts';
import type { Status } from '../../shared/api/pieces.ts';
import type { ChangeSummary } from '../../shared/document/compare/index.ts';
import type { Queryable } from '../db/connect.ts';
import type { Keyset } from '../http/cursor.ts';

export interface VersionRow {
  readonly id: string;
  readonly pieceId: string;
  /** The last journal row that it holds. */
  readonly seq: number;
  readonly kind: VersionKind;
  readonly name: string | null;
  readonly note: string | null;
  readonly status: Status | null;
  readonly createdById: string | null;
  readonly createdByName: string | null;
  readonly createdAt: Date;
  /** What bringing something back changed of it; null: it is no version of that. */
  readonly changes: ChangeSummary | null;
}

export function presentVersion(row: VersionRow): Version {
  const { id, pieceId, kind, name, note, status, createdById, createdByName, changes } = row;
  const createdBy = createdById === null ? null : { id: createdById, name: createdByName ?? '' };
  const createdAt = row.createdAt.toISOString();
  return { ...{ id, pieceId, kind, name, note, status, createdBy }, createdAt, changes };
}

export interface NewVersion {
  readonly pieceId: string;
  readonly kind: Exclude<VersionKind, 'restore' | 'wipe'>;
  readonly name?: string;
  readonly note?: string | undefined;
  readonly status?: Status;
  /** A user id; null: the server. */
  readonly createdBy: string | null;
}

/** A version of all that is committed of a piece; gives its id. Others are made by the journal. */
export async function insertVersion(sql: Queryable, version: NewVersion): Promise<string> {
  const { pieceId, kind, name = null, note = null, status = null, createdBy } = version;
  const id = newId();
  await sql`
    insert into versions (id, piece_id, seq, kind, name, note, status, created_by)
    select ${id}::uuid, piece_id, seq, ${kind}, ${name}, ${note}, ${status}, ${createdBy}::uuid
    from journal_heads where piece_id = ${pieceId}`;
  return id;
}

function columns(sql: Queryable) {
  return sql`
    v.id, v.piece_id as "pieceId", v.seq, v.kind, v.name, v.note, v.status,
    v.created_by as "createdById", u.name as "createdByName", v.created_at as "createdAt",
    restored.data->'changes' as changes`;
}

/** Versions, with who made them, and the record of what was brought back after them. */
function sources(sql: Queryable) {
  return sql`
    versions v left join users u on u.id = v.created_by
    left join piece_events restored on v.kind = 'restore' and restored.piece_id = v.piece_id
      and restored.kind = 'version.restored' and restored.data->>'before' = v.id::text`;
}

export async function findVersion(sql: Queryable, id: string): Promise<VersionRow | undefined> {
  const [row] = await sql<VersionRow[]>`
    select ${columns(sql)} from ${sources(sql)}
    where v.id = ${id}`;
  return row;
}

/** The latest first; one more than `limit` where there are more. */
export async function listVersions(
  sql: Queryable,
  pieceId: string,
  after: Keyset | null,
  limit: number,
) {
  const rows = await sql<(VersionRow & { cursorAt: string })[]>`
    select ${columns(sql)},
      to_char(v.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from ${sources(sql)}
    where v.piece_id = ${pieceId}
      and ${after === null ? sql`true` : sql`(v.created_at, v.id) < (${after.at}::text::timestamptz, ${after.id}::uuid)`}
    order by v.created_at desc, v.id desc
    limit ${limit + 1}`;
  return rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
}

/** Automatic versions of a piece, the oldest first. */
export async function automaticVersions(sql: Queryable, pieceId: string) {
  return sql<{ id: string; createdAt: Date }[]>`
    select id, created_at as "createdAt" from versions
    where piece_id = ${pieceId} and kind <> 'named' order by created_at, id`;
}

export async function deleteVersions(sql: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await sql`delete from versions where id in ${sql([...ids])}`;
}
