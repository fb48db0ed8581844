import type { JournalRow, StoredPiece } from '../collab/ports.ts';
import type { Queryable } from '../db/connect.ts';
import { inTransaction, partBytes, readParts } from '../db/large-bytes.ts';

interface Row {
  /** The first row: the piece is there, with its snapshot if it has one. The others are the tail. */
  readonly head: boolean;
  /** Behind the first row, the parts of a snapshot that is no row by itself, from 1; 0: it is no part. */
  readonly part: number;
  /** Of the head alone. */
  readonly locked: boolean | null;
  readonly seq: number | null;
  readonly author: string | null;
  readonly at: Date | null;
  /** Null: there is nothing, or too much for a row. */
  readonly bytes: Uint8Array | null;
  readonly length: number | null;
}

/**
 * A snapshot up to so many bytes comes with the first statement, part by part, each a row of its own: four
 * parts take the event loop 2 ms each. For what is larger there is a transaction with a cursor, which lets it
 * turn between them, and costs six round trips more: on a busy machine as many times 3 ms.
 */
const mostAtOnce = 4 * partBytes;

/**
 * What is stored of a piece; null where there is no such piece. Whose its clientIDs are is read
 * beside it: what comes between is in the tail of a later look.
 */
export async function loadPiece(sql: Queryable, pieceId: string): Promise<StoredPiece | null> {
  const [stored, clientIds] = await Promise.all([
    readStored(sql, pieceId),
    clientIdsOf(sql, pieceId),
  ]);
  const [head, ...tail] = stored;
  if (head?.head !== true) return null;
  const { seq, bytes } = head;
  return {
    snapshot: seq === null || bytes === null ? null : { seq, state: bytes },
    clientIds,
    locked: head.locked === true,
    tail: tail.map(journalRow),
  };
}

async function readStored(sql: Queryable, pieceId: string): Promise<readonly Row[]> {
  const rows = joinParts(await readRows(sql, pieceId, mostAtOnce));
  if (!rows.some(isLong)) return rows;
  // Each long value in parts (B1), and all as of one moment.
  return inTransaction(sql, 'isolation level repeatable read read only', async (tx) => {
    const read: Row[] = [];
    for (const row of await readRows(tx, pieceId, 0)) {
      read.push(isLong(row) ? { ...row, bytes: await longValue(tx, pieceId, row) } : row);
    }
    return read;
  });
}

/** The rows without those that are parts of the first, which has its bytes then. */
function joinParts(rows: readonly Row[]): readonly Row[] {
  const [head, ...rest] = rows;
  const parts = rest.filter(({ part }) => part > 0);
  if (head === undefined || parts.length === 0) return rows;
  const bytes = Buffer.concat(parts.map((row) => row.bytes ?? new Uint8Array(0)));
  if (bytes.length !== head.length) {
    throw new RangeError(`${bytes.length} bytes were read of a snapshot of ${head.length}`);
  }
  return [{ ...head, bytes }, ...rest.slice(parts.length)];
}

function isLong({ bytes, length }: Row): boolean {
  return bytes === null && length !== null;
}

/**
 * One statement sees one moment: no snapshot can be written, and no older one dropped, between reading
 * the snapshot and the tail. A transaction would take three more round trips.
 * `partsUpTo`: a snapshot of so many bytes comes in parts, if it is too long for a row.
 */
function readRows(sql: Queryable, pieceId: string, partsUpTo: number): Promise<Row[]> {
  return sql<Row[]>`
    with piece as (
      select id, locked_at is not null as locked from pieces where id = ${pieceId} and deleted_at is null
    ),
    latest as (
      select seq, state from snapshots
      where piece_id in (select id from piece) order by seq desc limit 1
    ),
    stored as (
      select true as head, latest.seq, null::uuid as author, null::timestamptz as at,
        latest.state as bytes, piece.locked
      from piece left join latest on true
      union all
      select false, journal.seq, journal.author, journal.at, journal.update, null
      from piece join journal on journal.piece_id = piece.id
      where journal.seq > coalesce((select seq from latest), 0)
    )
    select head, 0 as part, locked, seq, author, at, octet_length(bytes) as length,
      case when octet_length(bytes) <= ${partBytes} then bytes end as bytes
    from stored
    union all
    select true, parts.part::integer, null, null, null, null, null, parts.bytes
    from latest, parts_of(latest.state, ${partBytes}) with ordinality as parts (bytes, part)
    where octet_length(latest.state) > ${partBytes} and octet_length(latest.state) <= ${partsUpTo}
    order by head desc, part, seq`;
}

function longValue(sql: Queryable, pieceId: string, { head, seq, length }: Row) {
  const value = head
    ? sql`select state from snapshots where piece_id = ${pieceId} and seq = ${seq}`
    : sql`select update from journal where piece_id = ${pieceId} and seq = ${seq}`;
  return readParts(
    sql<{ part: Uint8Array }[]>`select parts_of((${value}), ${partBytes}) as part`,
    length ?? 0,
  );
}

function journalRow({ seq, author, at, bytes }: Row): JournalRow {
  if (seq === null || at === null || bytes === null) {
    throw new TypeError('A row of the journal has a number, a time and an update');
  }
  return { seq, author, at, update: bytes };
}

async function clientIdsOf(sql: Queryable, pieceId: string): Promise<Map<number, string | null>> {
  const rows = await sql<{ clientId: number; userId: string | null }[]>`
    select client_id as "clientId", user_id as "userId" from client_ids
    where piece_id = ${pieceId}`;
  return new Map(rows.map(({ clientId, userId }) => [clientId, userId]));
}
