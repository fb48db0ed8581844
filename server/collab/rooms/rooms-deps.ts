import type * as Y from 'yjs';
import type { Journal } from '../journal/journal.ts';
import type { Servers } from '../replication/servers.ts';
import type {
  JournalReader,
  Log,
  OpenPieces,
  PieceStore,
  RefusedStore,
  Rights,
  StateWork,
} from '../ports.ts';

export interface RoomsDeps {
  readonly journal: Journal;
  readonly store: PieceStore;
  readonly openPieces: OpenPieces;
  readonly reader: JournalReader;
  readonly refused: RefusedStore;
  /** The most bytes of one person's refused edits of a piece that wait in memory to be stored. */
  readonly maxRefusedBytes: number;
  /** The most bytes that a piece may have; what would add more is refused (R4). */
  readonly maxPieceBytes: number;
  /** The most bytes, as stored, of all pieces that are open; no bound where not given. */
  readonly maxOpenBytes?: number;
  readonly work: StateWork;
  /** `alone` where not given. */
  readonly servers?: Servers;
  /** Rights that have changed on other servers are looked up here. */
  readonly rights?: Rights;
  readonly log: Log;
  /** An idle room leaves memory after this time, in ms. */
  readonly idleMs: number;
  /** A snapshot is written when this many journal rows have come since the last. */
  readonly snapshotEvery: number;
  /** Called, never twice at once for a piece, some time after its text has changed, `at` then. */
  readonly onChanged: (pieceId: string, doc: Y.Doc, at: Date) => Promise<void>;
}
