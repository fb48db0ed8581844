import type { Queryable } from '../db/connect.ts';
import { momentOf } from './pack.ts';
import { decodeMoments, type Moment } from './moments.ts';
import type { StoredRows } from './rows.ts';
import { stretchesVersion, type Stretch } from './stretches.ts';

interface Row {
  readonly seq: number;
  readonly author: string | null;
  readonly at: number;
  readonly update: Uint8Array;
  readonly first: number | null;
  readonly moments: Uint8Array | null;
  readonly digest: Uint8Array | null;
  readonly latest: number | null;
}

/** Rows that are fetched at once. */
const rowsAtOnce = 2_000;

/**
 * A piece's journal as it is stored, in order; `after` and `upTo`: only the rows between. A pack is
 * given where its last row is.
 */
export async function* readRows(
  sql: Queryable,
  pieceId: string,
  { after = 0, upTo = Number.MAX_SAFE_INTEGER } = {},
): AsyncGenerator<StoredRows> {
  const pages = sql<Row[]>`
    select seq, author, round(extract(epoch from at) * 1000)::float8 as at, update,
      first_seq as first, moments, digest,
      round(extract(epoch from latest_at) * 1000)::float8 as latest
    from journal where piece_id = ${pieceId} and seq > ${after} and seq <= ${upTo} order by seq`;
  for await (const page of pages.cursor(rowsAtOnce)) {
    for (const row of page) yield stored(row);
  }
}

function stored({ seq, author, at, update, first, moments, digest, latest }: Row): StoredRows {
  if (first === null || moments === null || digest === null) {
    return { row: { seq, author, at, update } };
  }
  return {
    packed: { first, last: seq, lastAt: at, latest: latest ?? at, update, moments, digest },
  };
}

/** The moments of rows, packed or not. */
export function momentsOf(stored: readonly StoredRows[]): Moment[] {
  return stored.flatMap((one) =>
    'row' in one ? [momentOf(one.row)] : decodeMoments(one.packed.moments),
  );
}

/** A stretch as it is stored with a pack: a tuple, for they are many. */
export type StoredStretch = readonly [
  author: string | null,
  from: number,
  to: number,
  added: number,
  removed: number,
  formats: number,
  embeds: number,
];

/** The stretches of a block as they are stored. Before version 2 they were a list without one. */
export type StoredStretches = {
  readonly version: number;
  readonly items: readonly StoredStretch[];
};

export function toStored(stretches: readonly Stretch[]): StoredStretches {
  const items = stretches.map(
    ({ author, from, to, added, removed, formats, embeds }): StoredStretch => [
      ...([author, from, to, added, removed, formats, embeds] as const),
    ],
  );
  return { version: stretchesVersion, items };
}

export function fromStored({ items }: StoredStretches): Stretch[] {
  return items.map(([author, from, to, added, removed, formats, embeds]) => {
    return { author, from, to, added, removed, formats, embeds };
  });
}
