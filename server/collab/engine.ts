import type * as Y from 'yjs';
import type { PieceEvent } from '../../shared/protocol/events.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { Credential, Person } from './ports.ts';

/**
 * What routes see of the collaboration engine: reading and editing a piece's live document,
 * whether or not somebody has it open.
 */
export interface Documents {
  /**
   * Calls `read` with the live document and returns what it returns; the document must not be
   * kept or changed. Rejects with `NoSuchPiece`, or `Overloaded` while nothing can be opened.
   */
  read<T>(pieceId: string, read: (doc: Y.Doc) => T): Promise<T>;
  /**
   * Makes one edit in the room as `author` (a user id, null for the server); resolves when it is
   * committed (D2). Rejects with `PieceLocked` where the piece is locked, unless it is the server's.
   */
  edit(pieceId: string, author: string | null, edit: (doc: Y.Doc) => void): Promise<void>;
  /**
   * The same, with its words credited to whom they are from: they are written with a clientID of
   * their own, which must be new to the piece. It is bound to that person in the commit that holds
   * the edit (P2), so `client_ids` tells whether that commit was made. `edit` must not throw once
   * it has changed something.
   */
  editCredited(
    pieceId: string,
    author: string,
    credit: Credit,
    edit: (doc: Y.Doc) => void,
  ): Promise<void>;
  /**
   * Applies a refused edit in the name of its author; resolves when it is committed. False: it
   * builds on words that are not in the piece, and nothing was changed. Rejects with `BadFrame`
   * where it cannot be applied at all, with `PieceLocked`, and with `PieceFull`.
   */
  applyRefused(pieceId: string, author: string, update: Uint8Array): Promise<boolean>;
  /** Resolves when all that has been written in a piece so far is committed (D2). */
  saved(pieceId: string): Promise<void>;
  /** Tells clients with `ext=1` that have the piece open (type 101); `least`: from which role on. */
  announce(pieceId: string, event: PieceEvent, least?: PieceRole): void;
  /**
   * Calls `listener` whenever a piece's document has gained something, in the same turn of the event
   * loop: it must do next to nothing. It lasts as long as the engine.
   */
  onEdited(listener: (pieceId: string) => void): void;
  /** The people who are in the piece now, each once. */
  present(pieceId: string): Person[];
  /** Acts on open connections when a person's role changes; null: the right is withdrawn (4403). */
  roleChanged(pieceId: string, userId: string, role: PieceRole | null): void;
  /** Acts on open connections when the text of a piece is locked, or unlocked (R4). */
  lockChanged(pieceId: string, locked: boolean): void;
  /** Closes what was opened with a token that was withdrawn, or a session that has ended (4401). */
  credentialEnded(kind: Credential['kind'], id: string): void;
  /** Closes everybody out of a piece that has been deleted (4404). */
  closePiece(pieceId: string): void;
  /** False while more unsaved bytes are pending than the server will hold (D4). */
  canSave(): boolean;
}

/** Whose the words of an edit are. */
export interface Credit {
  readonly clientId: number;
  readonly userId: string;
  /**
   * The edit brings an older version back: it applies an update that was made elsewhere, with the
   * clientID, and a version of what was there before is kept under this id.
   */
  readonly before?: string;
}

export class NoSuchPiece extends Error {
  readonly pieceId: string;

  constructor(pieceId: string) {
    super(`No piece ${pieceId}`);
    this.name = 'NoSuchPiece';
    this.pieceId = pieceId;
  }
}

/** Nobody changes the text before an owner has unlocked it. */
export class PieceLocked extends Error {
  constructor() {
    super('The piece is locked');
    this.name = 'PieceLocked';
  }
}

/** The piece is as large as it may be. */
export class PieceFull extends Error {
  constructor() {
    super('The piece is as large as it may be');
    this.name = 'PieceFull';
  }
}

/** Saving is behind by more than the server will hold in memory; no further piece is opened (D4). */
export class Overloaded extends Error {
  constructor() {
    super('Saving is behind; try again shortly');
    this.name = 'Overloaded';
  }
}
