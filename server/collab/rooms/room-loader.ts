import type { PieceEvent, RefusalReason } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import { NoSuchPiece, Overloaded } from '../engine.ts';
import { PersonQueue } from '../fair/person-queue.ts';
import { Meter } from '../meter.ts';
import type { StoredPiece } from '../ports.ts';
import { Line } from '../replication/line.ts';
import { alone, type Servers } from '../replication/servers.ts';
import { Room } from '../room/room.ts';
import { Tally } from '../tally.ts';
import { Derived } from './derived.ts';
import { bytesOf, hydrateInTurns, lastSeq, type Hydrated } from './hydrate.ts';
import type { Opening } from './open-bytes.ts';
import { OpenNote } from './open-note.ts';
import type { RoomsDeps } from './rooms-deps.ts';

/** Something that can be given the stored state before the document is built; see `Rooms.open`. */
export type EarlyReader = (stored: StoredPiece) => Promise<void>;

export interface OpenRoom {
  readonly room: Room;
  readonly note: OpenNote;
  readonly derived: Derived;
  /** Who has opened or joined it last. */
  lastBy: string | null;
}

export interface Loading extends Opening {
  readonly early: EarlyReader[];
  readonly loaded: Promise<OpenRoom>;
}

export interface RoomLoaderDeps {
  /** Whether a further piece may be opened. */
  mayLoad(): boolean;
  /** Resolves when there is room for a piece (open-bytes.ts). */
  makeRoom(pieceId: string, opening: Opening): Promise<void>;
  /** A room is loaded. */
  opened(open: OpenRoom): void;
  /** The document of a piece has gained something that came to this server. */
  edited(pieceId: string): void;
  /** It has gained something from another server. */
  grown(pieceId: string): void;
  announce(pieceId: string, event: PieceEvent, least: PieceRole): void;
  /** Another server tells of something. */
  heard(pieceId: string, event: PieceEvent, least: PieceRole): void;
  /** Somebody has come to a piece or gone. */
  people(room: Room): void;
  /** The database does not know the piece any more. */
  gone(open: OpenRoom): void;
}

/** Bytes of refused edits for each person: what was written offline at once, then 64 KiB a second (B2). */
const refusedShare = { burst: 8 * 1024 * 1024, perSecond: 64 * 1024 };
/** Bytes of sync answers for each person: a desk of open pieces at once, then 4 MiB a second (B2). */
const answerShare = { burst: 32 * 1024 * 1024, perSecond: 4 * 1024 * 1024 };

/** Loads rooms, one load at a time for each piece; one that fails leaves nothing behind (R1). */
export class RoomLoader {
  /** The edits that rooms have refused. */
  readonly refused = new Tally<RefusalReason>();
  readonly #rooms: RoomsDeps;
  readonly #deps: RoomLoaderDeps;
  readonly #loading = new Map<string, Loading>();
  readonly #answers = new Meter(answerShare);
  readonly #largeUpdates = new PersonQueue();
  readonly #servers: Servers;
  readonly #refusedShare = new Meter(refusedShare);

  constructor(rooms: RoomsDeps, deps: RoomLoaderDeps) {
    this.#rooms = rooms;
    this.#servers = rooms.servers ?? alone;
    this.#deps = deps;
  }

  /** The loads that are under way. */
  get all(): Iterable<Loading> {
    return this.#loading.values();
  }

  get pieceIds(): Iterable<string> {
    return [...this.#loading.keys()];
  }

  get(pieceId: string): Loading | undefined {
    return this.#loading.get(pieceId);
  }

  /**
   * The load of a piece that is under way, or one that begins. `person`: who opens it; `early`: as
   * `Rooms.open` has it. Throws `Overloaded` where no further piece is opened.
   */
  join(pieceId: string, person: string | null, early: EarlyReader | undefined): Loading {
    let loading = this.#loading.get(pieceId);
    if (loading === undefined) {
      if (!this.#deps.mayLoad()) throw new Overloaded();
      const opening = { early: [], askers: new Set([person]), bytes: 0 };
      loading = Object.assign(opening, { loaded: this.#load(pieceId, opening) });
      this.#loading.set(pieceId, loading);
    }
    loading.askers.add(person);
    if (early !== undefined) loading.early.push(early);
    return loading;
  }

  /** No large update is put in any more. */
  stop(): void {
    this.#largeUpdates.stop();
  }

  async #load(pieceId: string, opening: Omit<Loading, 'loaded'>): Promise<OpenRoom> {
    const { early, askers } = opening;
    let note: OpenNote | null = null;
    const line = new Line(pieceId, this.#servers);
    try {
      await this.#deps.makeRoom(pieceId, opening);
      note = new OpenNote(pieceId, this.#rooms);
      await line.open();
      const stored = await this.#rooms.store.load(pieceId);
      if (stored === null) throw new NoSuchPiece(pieceId);
      opening.bytes = bytesOf(stored);
      if (stored.tail.length > 0 && !(await this.#isOpenElsewhere(pieceId))) note.foundRows();
      await Promise.all(early.map((reader) => reader(stored)));
      const hydrated = await hydrateInTurns(stored, this.#rooms.work, askers);
      return this.#build(pieceId, stored, hydrated, note, line);
    } catch (err) {
      line.close();
      // Nothing has come to it: the note goes whenever it can.
      void note?.end(true);
      throw err;
    } finally {
      this.#loading.delete(pieceId);
    }
  }

  /** Rows behind the snapshot are no sign of a crash then. */
  async #isOpenElsewhere(pieceId: string): Promise<boolean> {
    return this.#servers.hasOthers && this.#servers.isOpenElsewhere(pieceId);
  }

  #build(
    pieceId: string,
    stored: StoredPiece,
    { doc, base, since }: Hydrated,
    note: OpenNote,
    line: Line,
  ): OpenRoom {
    const seq = lastSeq(stored);
    const changedAt = stored.tail.at(-1)?.at ?? new Date();
    const room = new Room(
      pieceId,
      doc,
      {
        seq,
        ...{ changedAt, clientIds: stored.clientIds, note },
        ...{ locked: stored.locked, base, since, line },
      },
      {
        journal: this.#rooms.journal,
        reader: this.#rooms.reader,
        refused: this.#rooms.refused,
        maxRefusedBytes: this.#rooms.maxRefusedBytes,
        maxPieceBytes: this.#rooms.maxPieceBytes,
        work: this.#rooms.work,
        answers: this.#answers,
        largeUpdates: this.#largeUpdates,
        refusedShare: this.#refusedShare,
        refusedTally: this.refused,
        store: this.#rooms.store,
        log: this.#rooms.log,
        servers: this.#servers,
        onEdited: () => this.#deps.edited(pieceId),
        onGrown: () => this.#deps.grown(pieceId),
        announce: (event, least) => this.#deps.announce(pieceId, event, least),
        onHeard: (event, least) => this.#deps.heard(pieceId, event, least),
        onPeople: (which) => this.#deps.people(which),
        onCommitted: () => open.derived.committed(),
        onGone: () => this.#deps.gone(open),
      },
    );
    const open: OpenRoom = {
      room,
      ...{ note, lastBy: null },
      derived: new Derived(room, this.#rooms, {
        snapshotSeq: stored.snapshot?.seq ?? 0,
        // A tail means that the last server did not get to its end: lists may be behind the text.
        toldSeq: stored.tail.length > 0 ? 0 : seq,
      }),
    };
    this.#deps.opened(open);
    return open;
  }
}
