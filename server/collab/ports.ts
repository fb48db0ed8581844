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
import type { RefusalReason } from '../../shared/protocol/events.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { Packed } from './state/packed.ts';
import type { Waits } from './writing/waiting.ts';

/** One row for the journal. `author` is the user id, null where the server itself wrote. */
export interface JournalEntry {
  readonly pieceId: string;
  readonly author: string | null;
  readonly at: Date;
  readonly update: Uint8Array;
  /** ClientIDs that are written with for the first time, to be stored with the row (P2). */
  readonly bound?: readonly Bound[];
  /** A version to be stored with the row, of what there was before it. */
  readonly before?: VersionBefore | null;
}

/**
 * A version of a piece as it was before a journal row, stored in the commit that holds the row: so it
 * is there if the row is, and holds all that came before (R5, S3).
 */
export interface VersionBefore {
  /** A new UUIDv7. */
  readonly id: string;
  /** What the row does: takes most of a long piece away, or brings an older version back. */
  readonly kind: 'wipe' | 'restore';
  /** Who did it; null: the server. */
  readonly by: string | null;
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
  /**
   * Holds the journal of a piece: no server appends to it until `make`, which gets the number of its last
   * row, has said what the next is; null: nothing. Nobody locks or deletes the piece meanwhile, and of one
   * that is locked nothing is asked. Resolves after COMMIT. Rejects with what `make` rejects with, and then
   * nothing was appended; where it rejects after that, nothing is known.
   */
  appendHeld(
    pieceId: string,
    make: (seq: number) => Promise<Omit<JournalEntry, 'pieceId'> | null>,
  ): Promise<HeldAppend>;
}

/** What has come of holding a journal: the row was appended, or `make` wanted none, or why it was not asked. */
export type HeldAppend = 'appended' | 'nothing' | 'locked' | 'gone';

/** What is stored of a piece. `tail` are the rows after the snapshot, in order. */
export interface StoredPiece {
  readonly snapshot: { readonly seq: number; readonly state: Uint8Array } | null;
  readonly tail: readonly JournalRow[];
  /** Whose clientIDs are known (P2). */
  readonly clientIds: ClientIds;
  /** Whether its text may be changed by nobody (R4). */
  readonly locked: boolean;
}

export interface PieceStore {
  /** Null where there is no such piece, or it has been deleted. Rejects when it cannot be read. */
  load(pieceId: string): Promise<StoredPiece | null>;
  /** The bytes that `load` would read, without reading them; 0 where there is no such piece. */
  sizeOf(pieceId: string): Promise<number>;
  /** Journal rows after `seq`, in order. */
  rowsAfter(pieceId: string, seq: number): Promise<JournalRow[]>;
  /**
   * Stores a snapshot in one transaction and drops older snapshots, never history (D6). That of the
   * end of the last full block of rows stays, for who asks for the history.
   */
  saveSnapshot(pieceId: string, seq: number, state: Uint8Array): Promise<void>;
}

/** One opening of a piece by this server: it counts them. */
export interface PieceOpening {
  readonly pieceId: string;
  readonly opening: number;
}

/** Notes of which pieces are open, by which a server knows that one before it did not get to its end. */
export interface OpenPieces {
  /**
   * Notes that this server has a piece open; resolves after COMMIT. Gives how many ms ago the latest note
   * of another server that has ended was first found; null: there is none. May be called again.
   */
  opened(opening: PieceOpening): Promise<number | null>;
  /** Takes the note back, and what was found of others more than `forgetMs` ago. */
  closed(opening: PieceOpening & { readonly forgetMs: number }): Promise<void>;
}

/**
 * Whether the journal has words: these very ones, others under their ids, or (`unknown`) none, since
 * they came deleted at first, or stand where nobody has written.
 */
export type Held = 'held' | 'other' | 'unknown';

/** Tells what the journal holds that an open document has thrown away. */
export interface JournalReader {
  /**
   * Of each list of updates, whether the piece's journal, put together with nothing thrown away, has
   * all their words where they say them; those that an update itself deletes do not count. It must be asked
   * rarely: each time it reads all rows of the piece. Rejects when they cannot be read.
   */
  holds(pieceId: string, asked: readonly (readonly Uint8Array[])[]): Promise<Held[]>;
}

/** A whole document, as updates. */
export interface JoinedState {
  /** Without what waits for edits that are not there. */
  readonly state: Uint8Array;
  /** Its deletions alone. */
  readonly deletions: Uint8Array;
}

/** An update in slices. */
export interface CutUpdate {
  readonly slices: readonly Uint8Array[];
  /** Its deletions alone. */
  readonly deletions: Uint8Array;
}

/** A large update, as it was read for a document. "Own" is all but what was written with others' clientIDs. */
export interface LargeUpdate {
  /** By clientID with which something is new, where that ends. */
  readonly ends: ReadonlyMap<number, number>;
  /** How far the document has to come to hold all of it; null: that is too much to tell. */
  readonly reach: ReadonlyMap<number, number> | null;
  /** The own part; null: nothing. */
  readonly own: Uint8Array | null;
  /** The clientID of the first new words of the own part; null: it has none. */
  readonly firstNew: number | null;
  /** Whether it brings more than it takes away (updates/grows.ts). */
  readonly grows: boolean;
  /** Whether words of the own part would wait for others, and how many of its deletions. */
  readonly waits: Waits;
  /** The own part. Where words of it would wait, it is a slice of its own, the last. */
  readonly slices: Packed;
  /** For each of them, which of its words a later one deletes; empty: none. */
  readonly deletedLater: Packed;
  /** What was written with others' clientIDs, and is new. */
  readonly others: readonly { readonly clientId: number; readonly update: Uint8Array }[];
  /** The same as one, with what was deleted of it; null: nothing. */
  readonly passedOn: Uint8Array | null;
}

/**
 * Who waits for something, by id; null: the server itself. Others may come while it waits for its turn,
 * which is that of whoever of them has had least (B2).
 */
export type Askers = ReadonlySet<string | null>;

/**
 * Work on updates whose cost grows with a piece: it is done off the event loop (B1), fairly between
 * people. All of it rejects with `OverShare` where all who ask have too much waiting, and with
 * `Overloaded` where there is no time for it.
 */
export interface StateWork {
  /** What updates say together. Rejects where they cannot be applied. */
  readonly join: (updates: readonly Uint8Array[], askers: Askers) => Promise<JoinedState>;
  /**
   * An update in slices, none of which builds on a later one. `known`: the state vector of the document
   * that it is for.
   * Rejects with `BadFrame` where it is none that a Yjs document can write.
   */
  readonly cut: (update: Uint8Array, known: Uint8Array, askers: Askers) => Promise<CutUpdate>;
  /**
   * Reads a large update for a document whose state vector is `known`. `foreign`: the clientIDs of others.
   * Rejects with `BadFrame` as `cut` does.
   */
  readonly readLarge: (
    update: Uint8Array,
    known: Uint8Array,
    foreign: readonly number[],
    askers: Askers,
  ) => Promise<LargeUpdate>;
  /** One update that says what all of these do; what waits in them stays in it. */
  readonly merge: (updates: readonly Uint8Array[], askers: Askers) => Promise<Uint8Array>;
}

/** Somebody in a piece, by what they have joined. */
export interface Asked {
  readonly pieceId: string;
  readonly userId: string;
  readonly credential: Pick<Credential, 'kind' | 'id'>;
}

/** What somebody may do, as the database has it. */
export interface Standing {
  /** The credential has ended, or they may not sign in any more. */
  readonly ended: boolean;
  readonly name: string;
  /** Null: they are not on the piece. */
  readonly role: PieceRole | null;
}

/** How a piece stands. */
export interface PieceStanding {
  readonly deleted: boolean;
  readonly locked: boolean;
}

/** Rights as the database has them now. Both reject where it cannot be asked. */
export interface Rights {
  /** One answer for each. */
  of(asked: readonly Asked[]): Promise<Standing[]>;
  /** A piece that is none is not in the answer. */
  ofPieces(pieceIds: readonly string[]): Promise<Map<string, PieceStanding>>;
}

/** A right has changed, on a piece or (null) on all, of a person or (null) of everybody. */
export interface RightsChange {
  readonly pieceId: string | null;
  readonly userId: string | null;
}

/** Whose a clientID is: a user's, or (null) the server's own. */
export interface Bound {
  readonly clientId: number;
  readonly userId: string | null;
}

/** The same, by clientID. */
export type ClientIds = ReadonlyMap<number, string | null>;

/** What one person's refused edits of a piece are kept under. */
export interface RefusedKey {
  readonly pieceId: string;
  readonly author: string;
  /** 0 where nothing but deletions was refused. */
  readonly clientId: number;
  readonly reason: RefusalReason;
}

/** A refused edit that is kept, with what it would have done to the text when it came. */
export interface KeptRefused {
  readonly id: string;
  readonly update: Uint8Array;
  readonly added: string;
  readonly removed: string;
}

export interface RefusedStore {
  /** What is kept already, also when an owner has deleted it. */
  find(key: RefusedKey): Promise<KeptRefused | null>;
  /**
   * Stores a refused edit in place of what was there, and resolves with its id after COMMIT. Null:
   * the person's refused edits of the piece take up all the room there is, or the piece is gone.
   */
  keep(edit: RefusedKey & Omit<KeptRefused, 'id'>): Promise<string | null>;
  /** Deletes what is kept, if anything is. */
  forget(key: RefusedKey): Promise<void>;
}

/** Who is behind a connection, as the server knows it (P2). */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly color: string;
}

/** What a connection was opened with. */
export interface Credential {
  readonly kind: 'token' | 'session';
  readonly id: string;
  /** When it ends by itself, as far as is known; null: it does not. */
  readonly expiresAt: Date | null;
  /** Who joined by it reads, whatever their role allows. */
  readonly readOnly: boolean;
}

/** The answer to a request to join: welcome, or one of the contract's close codes. */
export type Admission =
  | {
      readonly ok: true;
      readonly person: Person;
      readonly role: PieceRole;
      readonly credential: Credential;
    }
  | {
      readonly ok: false;
      readonly code: number;
      readonly reason: string;
      /** Somebody who could write here once: what they bring along is kept, and then refused. */
      readonly lastWordsOf?: string;
    };

/** The structured logger that the engine writes to; pino fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
