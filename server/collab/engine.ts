import type * as Y from 'yjs';
import type { PieceEvent } from '../../shared/protocol/events.ts';
import type { PieceRole } from '../../shared/roles.ts';
import type { Bound, Credential, Person } from './ports.ts';

/** In whose name a refused edit goes in, and who waits for it: the owner who applies it (B2). */
export interface Applying {
  readonly author: string;
  readonly asker: string;
}

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
   * The live document as one update, written off the event loop where it is large. Rejects as `read`,
   * and with `OverShare`.
   *
   * @param person - who waits for it; null: nobody, it is for the server itself
   */
  state(pieceId: string, person: string | null): Promise<Uint8Array>;
  /**
   * Makes one small edit in the room as `author` (a user id, null for the server), in one turn of the
   * event loop; resolves when it is committed (D2). Rejects with `PieceLocked` where the piece is locked, unless it is the server's.
   */
  edit(pieceId: string, author: string | null, edit: (doc: Y.Doc) => void): Promise<void>;
  /**
   * Merges an edit that was made on a copy of the document as `author`, with its words credited to whom
   * they are from: they are written with a clientID of their own, which must be new to the piece. It is
   * bound to that person in the commit that holds the edit (P2), so `client_ids` tells whether that
   * commit was made. Resolves when it is committed; false: `still` said no, and nothing was done. Rejects
   * as `edit`, with `PieceFull` where it brings more than it takes away and there is no room for it, and
   * with `Overloaded` where the edit builds on what the document does not hold.
   */
  merge(pieceId: string, author: string, credit: Credit, edit: MadeEdit): Promise<boolean>;
  /**
   * Applies a refused edit in the name of its author; resolves when it is committed. `plan` says how,
   * for the piece as the journal has it: it is asked again where the piece has changed meanwhile, so
   * what it found out about the edit holds for what is applied. Rejects with what `plan` rejects with,
   * with `PieceLocked`, `PieceFull`, and with `Overloaded` where the piece does not stand still.
   */
  applyRefused(pieceId: string, by: Applying, plan: PlanRefused): Promise<void>;
  /** Resolves when all that has been written in a piece so far is committed (D2). */
  saved(pieceId: string): Promise<void>;
  /** Tells clients with `ext=1` that have the piece open (type 101); `least`: from which role on. */
  announce(pieceId: string, event: PieceEvent, least?: PieceRole): void;
  /**
   * Calls `listener` whenever a piece's document has gained something that came to this server, in the same
   * turn of the event loop: it must do next to nothing. It lasts as long as the engine.
   */
  onEdited(listener: (pieceId: string) => void): void;
  /**
   * The same whenever what is remembered of a piece's document may be old: it has gained something, here or
   * on another server, or is let go, and may do so unseen.
   */
  onOutdated(listener: (pieceId: string) => void): void;
  /**
   * Resolves when the document of a piece, if it is open, holds all that other servers had committed when
   * this was called. Rejects where that cannot be read.
   */
  fresh(pieceId: string): Promise<void>;
  /** The people who are in the piece now, each once. */
  present(pieceId: string): Person[];
  /** Acts on open connections when a person's role changes; null: the right is withdrawn (4403). */
  roleChanged(pieceId: string, userId: string, role: PieceRole | null): void;
  /**
   * The same in each piece that somebody has open, when what they are on the whole server changes:
   * `roleOn` tells what they now are on a piece.
   */
  globalRoleChanged(
    userId: string,
    roleOn: (pieceId: string) => Promise<PieceRole | null>,
  ): Promise<void>;
  /** Shows others the new name of somebody who has a piece open (P2). */
  renamed(userId: string, name: string): void;
  /** Closes whatever somebody has open who may not sign in any more (4401). */
  personEnded(userId: string): void;
  /** Acts on open connections when the text of a piece is locked, or unlocked (R4). */
  lockChanged(pieceId: string, locked: boolean): void;
  /** Closes what was opened with a token that was withdrawn, or a session that has ended (4401). */
  credentialEnded(kind: Credential['kind'], id: string): void;
  /** Closes everybody out of a piece that has been deleted (4404). */
  closePiece(pieceId: string): void;
  /** False while more unsaved bytes are pending than the server will hold (D4). */
  canSave(): boolean;
  /** False while something has waited for its commit for too long: the database fails or hangs. */
  commitsInTime(): boolean;
}

/** How a refused edit is to be applied. */
export interface PlannedEdit {
  /** The journal row up to which the piece was read for it. */
  readonly seq: number;
  /** Does all that it does at once: it builds on nothing that is not there. */
  readonly update: Uint8Array;
  /** ClientIDs that become its author's. */
  readonly bound: readonly Bound[];
}

/** `spoken`: whose cursor goes by which clientID just now. */
export type PlanRefused = (spoken: readonly Bound[]) => Promise<PlannedEdit>;

/** An edit that was made on a copy of a document. */
export interface MadeEdit {
  /** Null: nothing is to be changed; `still` is asked all the same, and a locked piece rejects it. */
  readonly update: Uint8Array | null;
  /**
   * Whether the live document still is what the edit was made for; null: that does not matter. Nobody writes
   * between, here or on another server. It may be asked more than once.
   */
  readonly still: ((doc: Y.Doc) => boolean) | null;
}

/** Whose the words of an edit are. */
export interface Credit {
  readonly clientId: number;
  readonly userId: string;
  /** The edit brings an older version back: a version of what was there before is kept under this id. */
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

/** There is no room or time for it now: saving is behind (D4), or too much is open or waits (B2). */
export class Overloaded extends Error {
  constructor(message = 'Too much to do; try again shortly', options?: ErrorOptions) {
    super(message, options);
    this.name = 'Overloaded';
  }
}

/** It is over the share of whoever asks, and nobody else is refused for it (B2). `message` may be shown. */
export class OverShare extends Overloaded {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OverShare';
  }
}
