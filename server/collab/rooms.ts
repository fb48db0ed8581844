import * as Y from 'yjs';
import type { PieceEvent } from '../../shared/protocol/events.ts';
import type { PieceRole } from '../../shared/roles.ts';
import { NoSuchPiece, Overloaded, type Credit, type Documents } from './engine.ts';
import { bytesOf, hydrate, lastSeq } from './hydrate.ts';
import type { Journal } from './journal.ts';
import type {
  Credential,
  JournalReader,
  Log,
  Person,
  PieceStore,
  RefusedStore,
  StoredPiece,
} from './ports.ts';
import { Room } from './room.ts';

export interface RoomsDeps {
  readonly journal: Journal;
  readonly store: PieceStore;
  readonly reader: JournalReader;
  readonly refused: RefusedStore;
  /** The most bytes of one person's refused edits of a piece that wait in memory to be stored. */
  readonly maxRefusedBytes: number;
  /** The most bytes that a piece may have; what would add more is refused (R4). */
  readonly maxPieceBytes: number;
  readonly log: Log;
  /** An idle room leaves memory after this time, in ms. */
  readonly idleMs: number;
  /** A snapshot is written when this many journal rows have come since the last. */
  readonly snapshotEvery: number;
  /** Called, never twice at once for a piece, some time after its text has changed, `at` then. */
  readonly onChanged: (pieceId: string, doc: Y.Doc, at: Date) => Promise<void>;
}

/** Something that can be given the stored state before the document is built; see `Rooms.open`. */
export type EarlyReader = (stored: StoredPiece) => Promise<void>;

interface OpenRoom {
  readonly room: Room;
  snapshotSeq: number;
  /** The sequence at which `onChanged` was last told. */
  toldSeq: number;
  tending: Promise<void> | null;
  tellTimer: NodeJS.Timeout | null;
}

interface Loading {
  readonly early: EarlyReader[];
  readonly loaded: Promise<OpenRoom>;
}

/** A new title is seen in lists at once, or nearly; a word count can wait, and costs a reading. */
const tellHeadAfterMs = 500;
const tellAfterMs = 10_000;
const tellRetryMs = 5_000;

/** The open rooms: one for each piece, loaded once, and let go when nobody needs them (R1, R2). */
export class Rooms implements Documents {
  readonly #deps: RoomsDeps;
  readonly #open = new Map<string, OpenRoom>();
  readonly #loading = new Map<string, Loading>();
  readonly #sweep: NodeJS.Timeout;
  readonly #editListeners: ((pieceId: string) => void)[] = [];
  #stopping = false;
  /** Counts withdrawn rights: who was admitted before one has to be admitted again (P1). */
  rightsChanged = 0;

  constructor(deps: RoomsDeps) {
    this.#deps = deps;
    this.#sweep = setInterval(() => this.#unloadIdle(), Math.max(50, deps.idleMs / 4));
    this.#sweep.unref();
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * The room of a piece, loaded where it is not open; one load at a time for each piece. Use it in
   * the same turn: later it may have been let go. Rejects with `NoSuchPiece`, `Overloaded`, or the
   * error of a load that failed; it never starts from blank (R1).
   *
   * `early` is called if the piece has to be loaded, as soon as its stored state has been read.
   */
  async open(pieceId: string, early?: EarlyReader): Promise<Room> {
    const open = this.#open.get(pieceId);
    if (open !== undefined) {
      open.room.lastUsed = performance.now();
      return open.room;
    }
    let loading = this.#loading.get(pieceId);
    if (loading === undefined) {
      if (this.#stopping || !this.canSave()) throw new Overloaded();
      const readers: EarlyReader[] = [];
      loading = { early: readers, loaded: this.#load(pieceId, readers) };
      this.#loading.set(pieceId, loading);
    }
    if (early !== undefined) loading.early.push(early);
    return (await loading.loaded).room;
  }

  async read<T>(pieceId: string, read: (doc: Y.Doc) => T): Promise<T> {
    const room = await this.open(pieceId);
    return read(room.doc);
  }

  async edit(pieceId: string, author: string | null, edit: (doc: Y.Doc) => void): Promise<void> {
    const room = await this.open(pieceId);
    await room.edit(author, edit);
  }

  async editCredited(
    pieceId: string,
    author: string,
    credit: Credit,
    edit: (doc: Y.Doc) => void,
  ): Promise<void> {
    const room = await this.open(pieceId);
    await room.edit(author, edit, credit);
  }

  async saved(pieceId: string): Promise<void> {
    await this.#open.get(pieceId)?.room.journal.whenSaved();
  }

  onEdited(listener: (pieceId: string) => void): void {
    this.#editListeners.push(listener);
  }

  async applyRefused(pieceId: string, author: string, update: Uint8Array): Promise<boolean> {
    const room = await this.open(pieceId);
    return room.applyRefused(author, update);
  }

  announce(pieceId: string, event: PieceEvent, least?: PieceRole): void {
    this.#open.get(pieceId)?.room.announce(event, least);
  }

  present(pieceId: string): Person[] {
    const people = new Map<string, Person>();
    for (const member of this.#open.get(pieceId)?.room.members ?? []) {
      people.set(member.person.id, member.person);
    }
    return [...people.values()];
  }

  roleChanged(pieceId: string, userId: string, role: PieceRole | null): void {
    this.rightsChanged++;
    this.#open.get(pieceId)?.room.setRole(userId, role);
  }

  lockChanged(pieceId: string, locked: boolean): void {
    this.#open.get(pieceId)?.room.setLocked(locked);
    // A load that is under way may have read it before. What fails is told to who waits for it.
    const loading = this.#loading.get(pieceId);
    void loading?.loaded.then(
      ({ room }) => room.setLocked(locked),
      () => undefined,
    );
  }

  credentialEnded(kind: Credential['kind'], id: string): void {
    this.rightsChanged++;
    for (const { room } of this.#open.values()) {
      for (const { credential, wire } of [...room.members]) {
        if (credential.kind !== kind || credential.id !== id) continue;
        wire.close(4401, kind === 'token' ? 'the token was withdrawn' : 'signed out');
      }
    }
  }

  closePiece(pieceId: string): void {
    this.rightsChanged++;
    const open = this.#open.get(pieceId);
    if (open !== undefined) this.#remove(open, 4404, 'the piece was deleted');
  }

  canSave(): boolean {
    return !this.#deps.journal.underPressure;
  }

  /** Writes what is still to be written, and lets every room go. Members get 1012 (D5). */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#sweep);
    await Promise.allSettled([...this.#loading.values()].map((loading) => loading.loaded));
    await this.#deps.journal.flushed();
    for (const { room } of this.#open.values()) await room.refusals.flushed();
    for (const open of this.#open.values()) {
      // One that is under way may be about the summary only.
      await open.tending;
      await this.#tend(open, 1);
    }
    for (const open of [...this.#open.values()]) this.#remove(open, 1012, 'restarting');
  }

  async #load(pieceId: string, early: readonly EarlyReader[]): Promise<OpenRoom> {
    try {
      const stored = await this.#deps.store.load(pieceId);
      if (stored === null) throw new NoSuchPiece(pieceId);
      await Promise.all(early.map((reader) => reader(stored)));
      return this.#add(pieceId, stored);
    } finally {
      this.#loading.delete(pieceId);
    }
  }

  #add(pieceId: string, stored: StoredPiece): OpenRoom {
    const seq = lastSeq(stored);
    const changedAt = stored.tail.at(-1)?.at ?? new Date();
    const room = new Room(
      pieceId,
      hydrate(stored),
      // A tail means that the last server did not get to its end.
      {
        ...{ seq, changedAt, clientIds: stored.clientIds, afterCrash: stored.tail.length > 0 },
        ...{ locked: stored.locked, bytes: bytesOf(stored) },
      },
      {
        journal: this.#deps.journal,
        reader: this.#deps.reader,
        refused: this.#deps.refused,
        maxRefusedBytes: this.#deps.maxRefusedBytes,
        maxPieceBytes: this.#deps.maxPieceBytes,
        store: this.#deps.store,
        log: this.#deps.log,
        onEdited: () => {
          for (const listener of this.#editListeners) listener(pieceId);
        },
        onCommitted: () => this.#committed(open),
        onGone: () => this.#remove(open, 4404, 'the piece was deleted'),
      },
    );
    const open: OpenRoom = {
      room,
      snapshotSeq: stored.snapshot?.seq ?? 0,
      // A tail means that the last server did not get to its end: lists may be behind the text.
      toldSeq: stored.tail.length > 0 ? 0 : seq,
      tending: null,
      tellTimer: null,
    };
    this.#open.set(pieceId, open);
    return open;
  }

  #committed(open: OpenRoom): void {
    const { seq } = open.room.journal;
    if (seq - open.snapshotSeq >= this.#deps.snapshotEvery)
      void this.#tend(open, this.#deps.snapshotEvery);
    const { headChanged } = open.room;
    if (headChanged && open.tellTimer !== null) {
      clearTimeout(open.tellTimer);
      open.tellTimer = null;
    }
    open.room.headChanged = false;
    open.tellTimer ??= setTimeout(
      () => {
        open.tellTimer = null;
        void this.#tend(open, this.#deps.snapshotEvery);
      },
      headChanged ? tellHeadAfterMs : tellAfterMs,
    );
  }

  /**
   * Brings what is derived from the piece up to date: its summary, and its snapshot where at least
   * `rows` rows have come since the last. Failing costs nothing but a longer tail, and is tried
   * again.
   */
  #tend(open: OpenRoom, rows: number): Promise<void> {
    open.tending ??= this.#tendOnce(open, rows)
      .catch((err: unknown) => {
        this.#deps.log.warn(
          { err, pieceId: open.room.pieceId },
          'cannot write a snapshot or summary',
        );
        open.tellTimer ??= setTimeout(() => {
          open.tellTimer = null;
          void this.#tend(open, rows);
        }, tellRetryMs);
      })
      .finally(() => {
        open.tending = null;
      });
    return open.tending;
  }

  async #tendOnce(open: OpenRoom, rows: number): Promise<void> {
    const { room } = open;
    if (!room.sound) return;
    const { seq } = room.journal;
    if (seq > open.toldSeq) {
      await this.#deps.onChanged(room.pieceId, room.doc, room.changedAt);
      open.toldSeq = seq;
    }
    if (room.journal.seq - open.snapshotSeq < rows || !room.sound) return;
    // The document holds all rows up to its sequence, and perhaps words that are yet to be
    // committed. The snapshot waits for those: after a crash it would be the only place that has
    // them, no client would send them again, and the journal would not be the truth any more (D1).
    const at = room.journal.seq;
    const state = Y.encodeStateAsUpdate(room.doc);
    await room.journal.whenSaved();
    await this.#deps.store.saveSnapshot(room.pieceId, at, state);
    open.snapshotSeq = at;
  }

  #unloadIdle(): void {
    const before = performance.now() - this.#deps.idleMs;
    for (const open of this.#open.values()) {
      if (this.#isIdle(open, before)) void this.#unload(open, before);
    }
  }

  #isIdle({ room }: OpenRoom, before: number): boolean {
    const idle = room.members.size === 0 && room.lastUsed < before;
    return idle && room.journal.settled && room.refusals.settled && room.sound;
  }

  /** Leaves the room in place until its snapshot is written: a join meanwhile simply finds it. */
  async #unload(open: OpenRoom, before: number): Promise<void> {
    if (open.tending !== null) return;
    await this.#tend(open, 1);
    const behind = open.room.journal.seq > open.snapshotSeq || open.room.journal.seq > open.toldSeq;
    if (!behind && this.#isIdle(open, before)) this.#remove(open, 1012, 'unloaded');
  }

  #remove(open: OpenRoom, code: number, reason: string): void {
    if (open.tellTimer !== null) clearTimeout(open.tellTimer);
    if (this.#open.get(open.room.pieceId) === open) this.#open.delete(open.room.pieceId);
    open.room.close(code, reason);
  }
}
