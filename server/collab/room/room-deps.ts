import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { PersonQueue } from '../fair/person-queue.ts';
import type { Journal } from '../journal/journal.ts';
import type { Meter } from '../meter.ts';
import type { RefusalReason } from '../../../shared/protocol/events.ts';
import type { Tally } from '../tally.ts';
import type { OpenNote } from '../rooms/open-note.ts';
import type {
  ClientIds,
  JoinedState,
  JournalReader,
  Log,
  PieceStore,
  RefusedStore,
  StateWork,
} from '../ports.ts';
import type { Line } from '../replication/line.ts';
import type { Servers } from '../replication/servers.ts';
import type { Room } from './room.ts';

export interface RoomDeps {
  readonly journal: Journal;
  readonly store: PieceStore;
  readonly reader: JournalReader;
  readonly refused: RefusedStore;
  /** The most bytes of one person's refused edits that wait in memory to be stored. */
  readonly maxRefusedBytes: number;
  readonly maxPieceBytes: number;
  readonly work: StateWork;
  /** What each person takes of being refused, in bytes. */
  readonly refusedShare: Meter;
  /** Of all rooms. */
  readonly refusedTally: Tally<RefusalReason>;
  /** Large updates, one of each person at a time. */
  readonly largeUpdates: PersonQueue;
  /** What each person takes of sync answers, in bytes. */
  readonly answers: Meter;
  readonly log: Log;
  readonly servers: Servers;
  /** Called whenever the document has gained something that came to this server. */
  readonly onEdited: () => void;
  /** Called whenever it has gained something that another server has committed. */
  readonly onGrown: () => void;
  /** Tells everybody who has the piece open, on whichever server; `least`: from which role on. */
  readonly announce: (event: PieceEvent, least: PieceRole) => void;
  /** Called when another server tells of something. */
  readonly onHeard: (event: PieceEvent, least: PieceRole) => void;
  /** Called when somebody has come or gone, or has another name. */
  readonly onPeople: (room: Room) => void;
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
  readonly note: OpenNote;
  readonly locked: boolean;
  /** What other servers say of the piece. */
  readonly line: Line;
  /** What to send of it: a state, and the updates behind it. */
  readonly base: JoinedState | null;
  readonly since: readonly Uint8Array[];
}
