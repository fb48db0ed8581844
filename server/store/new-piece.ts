import type { Fragment } from 'postgres';
import type { Queryable } from '../db/connect.ts';
import { withLongValue } from '../db/large-bytes.ts';

export interface NewStoredPiece {
  /** UUIDv7. */
  readonly id: string;
  /** The user who becomes its owner; null: the server made it, and nobody is a member yet. */
  readonly ownerId: string | null;
  /** Read off the document, for lists and search. */
  readonly title: string;
  readonly standfirst: string;
  readonly words: number;
  /** The first content, a Yjs update (v1) that holds the whole document. */
  readonly state: Uint8Array;
  /** What it was written with. */
  readonly clientIds: readonly number[];
}

/**
 * Makes a piece with its owner, its first content as journal row 1 (D7), and the snapshot of that.
 * One statement, so it is all or nothing outside a transaction too; foreign keys are checked at its
 * end. A long content comes before it in parts, in a transaction.
 */
export async function insertPiece(sql: Queryable, piece: NewStoredPiece): Promise<void> {
  await withLongValue(sql, piece.state, (given, tx) => insertWith(tx, piece, given));
}

/** `given`: CTEs, of which `given` has the first content in its column `bytes`. */
async function insertWith(sql: Queryable, piece: NewStoredPiece, given: Fragment): Promise<void> {
  const { id, ownerId, title, standfirst, words, clientIds } = piece;
  // Who makes a piece has written its first content (P2).
  await sql`
    with ${given}, piece as (
      insert into pieces (id, title, standfirst, words, created_by)
      values (${id}, ${title}, ${standfirst}, ${words}, ${ownerId})
      returning id, created_by, created_at
    ),
    owner as (
      -- Nobody who is erased meanwhile: the piece is then without an owner, and has the admins (P5).
      select id from users where id = ${ownerId} and erased_at is null for share
    ),
    member as (
      insert into members (piece_id, user_id, role)
      select piece.id, owner.id, 'owner' from piece, owner
    ),
    head as (
      insert into journal_heads (piece_id, seq) select id, 1 from piece
    ),
    authors as (
      insert into client_ids (piece_id, client_id, user_id)
      select id, unnest(${[...clientIds]}::bigint[]), created_by from piece
    ),
    first_row as (
      insert into journal (piece_id, seq, author, at, update)
      select id, 1, created_by, created_at, given.bytes from piece, given
    )
    insert into snapshots (piece_id, seq, state) select id, 1, given.bytes from piece, given`;
}
