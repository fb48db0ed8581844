/**
 * What the collaboration engine needs from the rest of the server, and nothing more.
 *
 * Glossary:
 * - piece: one document; its id is a UUID.
 * - room: a piece that is open in memory, with the members who are in it.
 * - member: one connection in a room.
 * - journal: the append-only record of updates in Postgres, the truth about every piece (D1).
 * - sequence: a piece's own count of journal rows, 1, 2, 3 … without gaps (C1).
 * - snapshot: a piece's whole state after a given sequence (D6).
 * - update: a Yjs update, encoding v1.
 */
import type { PieceRole } from '../../shared/roles.ts';

/** One row for the journal. `author` is the user id, null where the server itself wrote. */
export interface JournalEntry {
  readonly pieceId: string;
  readonly author: string | null;
  readonly at: Date;
  readonly update: Uint8Array;
}

/** A journal row that has been read back. */
export interface JournalRow {
  readonly seq: number;
  readonly author: string | null;
  readonly at: Date;
  readonly update: Uint8Array;
}

export interface JournalStore {
  /**
   * Appends all entries in one transaction and resolves after COMMIT, with the sequence number of
   * the last row of each piece and how many rows it got. A piece that the database does not know
   * is absent from the answer. Rejects when nothing is known to be committed; the caller may try
   * again: an update that is stored twice is the same document.
   */
  append(entries: readonly JournalEntry[]): Promise<Map<string, { last: number; rows: number }>>;
}

/** What is stored of a piece. `tail` are the rows after the snapshot, in order. */
export interface StoredPiece {
  readonly snapshot: { readonly seq: number; readonly state: Uint8Array } | null;
  readonly tail: readonly JournalRow[];
}

export interface PieceStore {
  /** Null where there is no such piece, or it has been deleted. Rejects when it cannot be read. */
  load(pieceId: string): Promise<StoredPiece | null>;
  /** Journal rows after `seq`, in order. */
  rowsAfter(pieceId: string, seq: number): Promise<JournalRow[]>;
  /** Stores a snapshot in one transaction and drops older snapshots, never history (D6). */
  saveSnapshot(pieceId: string, seq: number, state: Uint8Array): Promise<void>;
}

/** Who is behind a connection, as the server knows it (P2). */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

/** The answer to a request to join: welcome, or one of the contract's close codes. */
export type Admission =
  | { readonly ok: true; readonly person: Person; readonly role: PieceRole }
  | { readonly ok: false; readonly code: number; readonly reason: string };

/** The structured logger that the engine writes to; pino fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
