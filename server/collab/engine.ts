import type * as Y from 'yjs';
import type { PieceRole } from '../../shared/roles.ts';
import type { Person } from './ports.ts';

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
   * committed (D2).
   */
  edit(pieceId: string, author: string | null, edit: (doc: Y.Doc) => void): Promise<void>;
  /** The people who are in the piece now, each once. */
  present(pieceId: string): Person[];
  /** Acts on open connections when a person's role changes; null: the right is withdrawn (4403). */
  roleChanged(pieceId: string, userId: string, role: PieceRole | null): void;
  /** Closes everybody out of a piece that has been deleted (4404). */
  closePiece(pieceId: string): void;
  /** False while more unsaved bytes are pending than the server will hold (D4). */
  canSave(): boolean;
}

export class NoSuchPiece extends Error {
  readonly pieceId: string;

  constructor(pieceId: string) {
    super(`No piece ${pieceId}`);
    this.name = 'NoSuchPiece';
    this.pieceId = pieceId;
  }
}

/** Saving is behind by more than the server will hold in memory; no further piece is opened (D4). */
export class Overloaded extends Error {
  constructor() {
    super('Saving is behind; try again shortly');
    this.name = 'Overloaded';
  }
}
