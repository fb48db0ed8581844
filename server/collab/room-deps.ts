import type { Journal } from './journal.ts';
import type { ClientIds, JournalReader, Log, PieceStore, RefusedStore } from './ports.ts';
import type { Room } from './room.ts';

export interface RoomDeps {
  readonly journal: Journal;
  readonly store: PieceStore;
  readonly reader: JournalReader;
  readonly refused: RefusedStore;
  /** The most bytes of one person's refused edits that wait in memory to be stored. */
  readonly maxRefusedBytes: number;
  readonly maxPieceBytes: number;
  readonly log: Log;
  /** Called whenever the document has gained something. */
  readonly onEdited: () => void;
  /** Called after each commit that holds something of the piece. */
  readonly onCommitted: (room: Room) => void;
  /** The database does not know the piece any more. */
  readonly onGone: (room: Room) => void;
}

/** What was stored of a piece when its room was opened. */
export interface OpenedAt {
  readonly seq: number;
  readonly changedAt: Date;
  readonly clientIds: ClientIds;
  /** Whether the server that had it open before did not get to its end. */
  readonly afterCrash: boolean;
  readonly locked: boolean;
  /** What was stored of it. */
  readonly bytes: number;
}
