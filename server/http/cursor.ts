/**
 * Cursors of lists: opaque to clients, keysets inside. A keyset names the last row that was sent, so
 * pages neither skip nor repeat when rows come and go before it, as offsets would.
 */
import { z } from 'zod';
import { Problem } from '../errors.ts';

/** Where a page ended, for lists in order of `(at, id)`. `at` has microseconds, as in Postgres. */
export interface Keyset {
  readonly at: string;
  readonly id: string;
}

const keyset = z.tuple([z.iso.datetime({ precision: 6 }), z.guid()]);

export function encodeCursor({ at, id }: Keyset): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** Null for none. A cursor that this server cannot have made is a validation problem. */
export function decodeCursor(cursor: string | undefined): Keyset | null {
  if (cursor === undefined) return null;
  const parsed = keyset.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success) {
    const message = 'must be the nextCursor of a page';
    throw new Problem('validation', 'Not valid: querystring.cursor.', {
      errors: [{ path: 'querystring.cursor', message }],
    });
  }
  const [at, id] = parsed.data;
  return { at, id };
}

/** A page out of rows that were asked for with `limit + 1`: one more than fits says there is more. */
export function pageOf<Row extends { readonly cursor: Keyset }, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(present),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.cursor) : null,
  };
}

/** Undefined where the text is not JSON, which no cursor holds. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
