import type { ThreadKind, ThreadQuery, ThreadStatus } from '../../shared/api/threads.ts';
import type { Anchor } from '../../shared/anchors/index.ts';
import type { Field } from '../../shared/document/fields.ts';
import type { Queryable, Transaction } from '../db/connect.ts';
import type { Keyset } from '../http/cursor.ts';
import { commentSize, mostOfAnchors, mostOfPage, threadSize } from './discussion-size.ts';

interface PersonRow {
  readonly id: string;
  readonly name: string;
}

/** The anchor of a thread as it is stored. */
export interface AnchorRow extends Anchor {
  readonly id: string;
  readonly field: Field;
  readonly anchorVersion: number;
  /** How far the document had come when the passage was last seen whole; null: see `threads`. */
  readonly seen: Uint8Array | null;
}

export interface ThreadRow extends AnchorRow {
  readonly pieceId: string;
  readonly kind: ThreadKind;
  readonly status: ThreadStatus;
  readonly original: string;
  readonly replacement: string | null;
  readonly author: PersonRow;
  readonly decider: PersonRow | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly decidedAt: Date | null;
  /** Set while a suggestion is being accepted, and after that; null: nobody has tried. */
  readonly creditClient: number | null;
}

function anchorColumns(sql: Queryable) {
  return sql`
    t.id, t.field, t.start_position as "start", t.end_position as "end", t.quote, t.sought, t.prefix,
    t.suffix, t.orphaned, t.seen, t.anchor_version as "anchorVersion"`;
}

function columns(sql: Queryable) {
  return sql`
    ${anchorColumns(sql)}, t.piece_id as "pieceId", t.kind, t.status, t.original, t.replacement,
    t.created_at as "createdAt", t.updated_at as "updatedAt", t.decided_at as "decidedAt",
    t.credit_client as "creditClient",
    jsonb_build_object('id', a.id, 'name', a.name) as author,
    case when d.id is not null then jsonb_build_object('id', d.id, 'name', d.name) end as decider`;
}

function people(sql: Queryable) {
  return sql`join users a on a.id = t.created_by left join users d on d.id = t.decided_by`;
}

export interface NewThreadRow {
  readonly id: string;
  readonly pieceId: string;
  readonly createdBy: string;
  readonly field: Field;
  readonly anchor: Anchor;
  /** Null: a comment. */
  readonly replacement: string | null;
}

export async function insertThread(sql: Queryable, thread: NewThreadRow): Promise<void> {
  const { id, pieceId, createdBy, field, anchor, replacement } = thread;
  await sql`
    insert into threads
      (id, piece_id, kind, created_by, field, original, replacement, start_position, end_position,
       quote, sought, prefix, suffix)
    values
      (${id}, ${pieceId}, ${replacement === null ? 'comment' : 'suggestion'}, ${createdBy},
       ${field}, ${anchor.quote}, ${replacement}, ${anchor.start}, ${anchor.end},
       ${anchor.quote}, ${anchor.sought}, ${anchor.prefix}, ${anchor.suffix})`;
}

export async function findThread(sql: Queryable, id: string): Promise<ThreadRow | undefined> {
  const [row] = await sql<ThreadRow[]>`
    select ${columns(sql)} from threads t ${people(sql)} where t.id = ${id}`;
  return row;
}

/**
 * A page of threads, in the order in which they were begun: `limit` of them at most, and with all that is
 * said in them not much more than `mostOfPage`. One more where there are more, and how many are the page.
 */
export async function listThreads(
  sql: Queryable,
  pieceId: string,
  userId: string,
  { status, mine, limit }: Omit<ThreadQuery, 'cursor'>,
  after: Keyset | null,
) {
  const all = sql`true`;
  const involved = sql`(t.created_by = ${userId} or exists (
    select from comments c where c.thread_id = t.id
      and (c.author = ${userId} or ${userId} = any (c.mentions))))`;
  const rows = await sql<(ThreadRow & { cursorAt: string; fits: boolean })[]>`
    with asked as (
      select t.id, t.created_at, ${threadSize(sql)} + coalesce((
          select sum(${commentSize(sql)}) from comments c where c.thread_id = t.id), 0) as size
      from threads t
      where t.piece_id = ${pieceId}
        and ${status === undefined ? all : sql`t.status = ${status}`}
        and ${mine ? involved : all}
        and ${after === null ? all : sql`(t.created_at, t.id) > (${after.at}::text::timestamptz, ${after.id}::uuid)`}
      order by t.created_at, t.id
      limit ${limit + 1}
    ), sized as (
      select id, sum(size) over inOrder - size as before, row_number() over inOrder as nth
      from asked window inOrder as (order by created_at, id)
    ), page as (
      select id, before < ${mostOfPage} and nth <= ${limit} as fits,
        lag(before) over (order by nth) as previous
      from sized
    )
    select ${columns(sql)}, page.fits,
      to_char(t.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "cursorAt"
    from page join threads t on t.id = page.id ${people(sql)}
    where coalesce(page.previous, 0) < ${mostOfPage}
    order by t.created_at, t.id`;
  const threads = rows.map((row) => ({ ...row, cursor: { at: row.cursorAt, id: row.id } }));
  return { rows: threads, fit: rows.filter(({ fits }) => fits).length };
}

/** The open threads of a piece, in the order in which they were begun. */
export async function openThreads(sql: Queryable, pieceId: string): Promise<ThreadRow[]> {
  const rows = await sql<ThreadRow[]>`
    select ${columns(sql)} from threads t ${people(sql)}
    where t.piece_id = ${pieceId} and t.status = 'open' order by t.created_at, t.id`;
  return [...rows];
}

export async function countByStatus(
  sql: Queryable,
  pieceId: string,
): Promise<Record<ThreadStatus, number>> {
  const rows = await sql<{ status: ThreadStatus; count: number }[]>`
    select status, count(*) from threads where piece_id = ${pieceId} group by status`;
  const counts = { open: 0, resolved: 0, accepted: 0, rejected: 0 };
  for (const { status, count } of rows) counts[status] = count;
  return counts;
}

export interface StatusChange {
  readonly from: readonly ThreadStatus[];
  readonly to: ThreadStatus;
  /** Who decides; null where nothing is decided any more. */
  readonly by: string | null;
}

/**
 * Changes the status of a thread that is in one of `from` and not being accepted. False where it is
 * not: of two people at once, one is told.
 */
export async function changeStatus(
  sql: Queryable,
  id: string,
  { from, to, by }: StatusChange,
): Promise<boolean> {
  const { count } = await sql`
    update threads
    set status = ${to}, decided_by = ${by}, updated_at = now(),
        decided_at = ${by === null ? null : sql`now()`}
    where id = ${id} and status = any (${from}::text[]) and credit_client is null`;
  return count > 0;
}

export async function touchThread(sql: Queryable, id: string): Promise<void> {
  await sql`update threads set updated_at = now() where id = ${id}`;
}

/**
 * The anchors of the threads of a piece, whatever their status: what is resolved can be reopened. Where
 * passages have become so long that their quotes are more than `mostOfAnchors`, those of the first threads.
 */
export async function anchorsOf(sql: Queryable, pieceId: string): Promise<AnchorRow[]> {
  const rows = await sql<AnchorRow[]>`
    with sized as (
      select id, sum(${threadSize(sql)}) over (order by id) as size from threads t
      where piece_id = ${pieceId}
    )
    select ${anchorColumns(sql)} from sized join threads t on t.id = sized.id
    where sized.size <= ${mostOfAnchors} order by t.id`;
  return [...rows];
}

/** What is to be known of anchors from now on. */
export interface AnchorChange {
  readonly id: string;
  readonly field: Field;
  readonly anchor: Anchor;
  readonly seen: Uint8Array | null;
  /** The version that this goes on from; null: whichever is there. */
  readonly version: number | null;
}

/**
 * Locks threads, in one order: two who look at the same ones at the same moment would each wait for the
 * other. Before anything else is done to any of them in a transaction.
 */
export async function lockThreads(sql: Transaction, ids: readonly string[]): Promise<void> {
  await sql`
    select id from threads where id = any (${[...ids]}::uuid[]) order by id for no key update`;
}

/**
 * Stores anchors. One that somebody has looked at since is left as it is.
 * @returns the ids of those that were stored.
 */
export async function saveAnchors(
  sql: Transaction,
  changes: readonly AnchorChange[],
): Promise<ReadonlySet<string>> {
  if (changes.length === 0) return new Set();
  await lockThreads(
    sql,
    changes.map(({ id }) => id),
  );
  // As JSON: the driver writes no arrays of bytes.
  const rows = changes.map(({ id, version, seen, field, anchor }) => {
    const { quote, sought, prefix, suffix, orphaned } = anchor;
    const bytes = { start: hex(anchor.start), end: hex(anchor.end), seen: seen && hex(seen) };
    return { id, version, field, ...bytes, quote, sought, prefix, suffix, orphaned };
  });
  const stored = await sql<{ id: string }[]>`
    update threads t
    set start_position = decode(c.start, 'hex'), end_position = decode(c.end, 'hex'),
        quote = c.quote, sought = c.sought, prefix = c.prefix, suffix = c.suffix,
        field = c.field, orphaned = c.orphaned, seen = decode(c.seen, 'hex'), anchor_version = t.anchor_version + 1
    from jsonb_to_recordset(${sql.json(rows)}) as c (
      id uuid, version int, field text, start text, "end" text, seen text, quote text, sought text,
      prefix text, suffix text, orphaned boolean
    )
    where t.id = c.id and t.anchor_version = coalesce(c.version, t.anchor_version)
    returning t.id`;
  return new Set(stored.map(({ id }) => id));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
