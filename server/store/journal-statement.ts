import { taken } from '../db/large-bytes.ts';
import { sinceOfServer } from './stand.ts';

/** What an append has besides rows, and how their updates come. */
export interface Shape {
  /** The updates stand in `large_parts`, as a batch: they are too long for a parameter. */
  readonly inParts: boolean;
  /** ClientIDs that are used for the first time: $5 to $7. */
  readonly binds: boolean;
  /** Versions of what there was before some rows: $8 to $11. Binds as well. */
  readonly hasVersions: boolean;
  /** Only if this server is still among `servers`: its id, and since when, the last two parameters. */
  readonly fenced: boolean;
}

/**
 * One statement, so one round trip and one transaction, for any number of pieces.
 *
 * `locked` takes the pieces' rows in the order of their ids, so that servers that append to the
 * same pieces wait for each other in a line and never in a circle. It reads `seq` after it has got
 * the lock (C1), also where it had to wait: Postgres then reads the row again. The numbers of a
 * batch follow from its order. A piece without such a row is in neither `written` nor the answer.
 */
export function appendStatement({ inParts, binds, hasVersions, fenced }: Shape): string {
  const last = 4 + (binds || hasVersions ? 3 : 0) + (hasVersions ? 4 : 0) + 1;
  const more = [...(binds || hasVersions ? [bound] : []), ...(hasVersions ? [kept] : [])];
  return `
  with ${inParts ? batchOfParts : batchOfParameters},
  ${fenced ? fence(last) : ''}counts as (
    select piece_id, count(*) as rows from batch group by piece_id
  ),
  locked as materialized (
    select head.piece_id, head.seq, counts.rows
    from journal_heads head join counts using (piece_id)${fenced ? isAlive : ''}
    order by head.piece_id
    for no key update of head
  ),${more.join('')}
  written as (
    insert into journal (piece_id, seq, author, at, update)
    select batch.piece_id, locked.seq + batch.n, batch.author, batch.at, batch.update
    from batch join locked using (piece_id)
  )
  update journal_heads head
  set seq = locked.seq + locked.rows
  from locked
  where head.piece_id = locked.piece_id
  returning head.piece_id as "pieceId", head.seq as last, locked.rows`;
}

/**
 * Who takes this server for dead deletes its row, and waits for this lock: what is appended then is
 * committed before anybody else takes what was this server's. A server that was taken for dead stands
 * there anew, since another moment: what it has asked for before is not appended any more.
 */
const fence = (parameter: number) => `alive as materialized (
    select id from servers
    where id = $${parameter}::text::uuid and ${sinceOfServer} = $${parameter + 1}::text
    for key share
  ),
  `;
const isAlive = `
    where exists (select from alive)`;

const batchOfParameters = `batch as (
    select piece_id, author, to_timestamp(ms / 1000.0) as at, update, ord,
      row_number() over (partition by piece_id order by ord) as n
    from unnest($1::text::uuid[], $2::text::uuid[], $3::text::float8[], $4::text::bytea[])
      with ordinality as entry (piece_id, author, ms, update, ord)
  )`;

const batchOfParts = `${taken('$4')},
  batch as (
    select piece_id, author, to_timestamp(ms / 1000.0) as at, whole.bytes as update, ord,
      row_number() over (partition by piece_id order by ord) as n
    from unnest($1::text::uuid[], $2::text::uuid[], $3::text::float8[])
      with ordinality as entry (piece_id, author, ms, ord)
      join whole using (ord)
  )`;

/**
 * In the same transaction, whose clientIDs are used for the first time (P2). Few commits have any, and
 * the others should not pay for it. Who was first stays: another server may have been.
 */
const bound = `
  bound as (
    insert into client_ids (piece_id, client_id, user_id)
    select piece_id, client_id, user_id
    from unnest($5::text::uuid[], $6::text::bigint[], $7::text::uuid[])
      as entry (piece_id, client_id, user_id)
    where piece_id in (select piece_id from locked)
    on conflict do nothing
  ),`;

/**
 * And versions of what there was before some rows; of a wipe also that it happened (R5). Once an append
 * whose answer was lost is tried again, they are there already.
 */
const kept = `
  kept as (
    insert into versions (id, piece_id, seq, kind, created_by, created_at)
    select entry.id, batch.piece_id, locked.seq + batch.n - 1, entry.kind, entry.by, batch.at
    from unnest($8::text::bigint[], $9::text::uuid[], $10::text::text[], $11::text::uuid[])
      as entry (ord, id, kind, by)
      join batch using (ord) join locked using (piece_id)
    on conflict do nothing
  ),
  told as (
    insert into piece_events (piece_id, id, at, actor, kind, data)
    select batch.piece_id, entry.id, batch.at, entry.by, 'content.wiped',
      jsonb_build_object('versionId', entry.id)
    from unnest($8::text::bigint[], $9::text::uuid[], $10::text::text[], $11::text::uuid[])
      as entry (ord, id, kind, by)
      join batch using (ord)
    where entry.kind = 'wipe' and batch.piece_id in (select piece_id from locked)
    on conflict do nothing
  ),`;
