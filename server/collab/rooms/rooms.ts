import type * as Y from 'yjs';
import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { Applying, Credit, Documents, MadeEdit, PlanRefused } from '../engine.ts';
import type { Credential, Person, RightsChange } from '../ports.ts';
import { alone } from '../replication/servers.ts';
import type { Room } from '../room/room.ts';
import { OpenBytes } from './open-bytes.ts';
import { RoomLoader, type EarlyReader, type OpenRoom } from './room-loader.ts';
import type { RoomsDeps } from './rooms-deps.ts';
import { RoomsRights } from './rooms-rights.ts';
import type { RoomsStatus } from './rooms-status.ts';
import { SharedRooms } from './shared-rooms.ts';

/** A commit that takes longer than this, in ms, is no passing trouble. */
const commitPatience = 5_000;
/** A room that is to go has so long until all of it is stored, in ms; else it stays. */
const letGoMs = 2_000;
/** Snapshots that are made at a time when the server stops. */
const mostLastAtOnce = 4;

/** The open rooms: one for each piece, loaded once, and let go when nobody needs them (R1, R2). */
export class Rooms implements Documents {
  readonly #deps: RoomsDeps;
  readonly #open = new Map<string, OpenRoom>();
  readonly #loader: RoomLoader;
  readonly #sweep: NodeJS.Timeout;
  readonly #bytes: OpenBytes<OpenRoom>;
  readonly #editListeners: ((pieceId: string) => void)[] = [];
  readonly #outdatedListeners: ((pieceId: string) => void)[] = [];
  readonly #rights: RoomsRights;
  readonly #shared: SharedRooms;
  #stopping = false;
  /** Some of what was taken was forgotten while it stopped. */
  #abandoned = false;
  #mayOpen = true;

  constructor(deps: RoomsDeps) {
    this.#deps = deps;
    const { servers = alone, rights = null, log } = deps;
    const room = (pieceId: string) => this.#open.get(pieceId)?.room;
    this.#rights = new RoomsRights({
      log,
      rights,
      room,
      rooms: () => [...this.#open.values()].map((open) => open.room),
      opening: () => this.#loader.pieceIds,
      opened: (pieceId) => this.#loader.get(pieceId)?.loaded.then((open) => open.room),
      closePiece: (pieceId) => this.#closePiece(pieceId),
      tell: () => servers.tell(),
    });
    this.#shared = new SharedRooms({
      servers,
      ...{ log, room },
      open: () => [...this.#open.values()],
      opening: () => [...this.#loader.all].map(({ loaded }) => loaded),
      rightsChanged: (changes) => this.#rights.changedElsewhere(changes),
    });
    this.#sweep = setInterval(() => this.#unloadIdle(), Math.max(50, deps.idleMs / 4));
    this.#sweep.unref();
    this.#bytes = new OpenBytes({
      max: deps.maxOpenBytes ?? Infinity,
      ...{ maxPieceBytes: deps.maxPieceBytes, log: deps.log },
      sizeOf: (pieceId) => deps.store.sizeOf(pieceId),
      open: () => this.#open.values(),
      opening: () => this.#loader.all,
      isIdle: (open) => this.#isIdle(open, performance.now()),
      letGo: (open) => this.#letGo(open),
    });
    this.#loader = new RoomLoader(deps, {
      mayLoad: () => !this.#stopping && this.canSave(),
      makeRoom: (pieceId, opening) => this.#bytes.makeRoom(pieceId, opening),
      opened: (open) => {
        this.#open.set(open.room.pieceId, open);
        // It was begun before this server was taken for dead.
        if (!this.#mayOpen) void this.#remove(open, 1012, 'restarting');
      },
      edited: (pieceId) => {
        for (const listener of this.#editListeners) listener(pieceId);
        this.#outdated(pieceId);
      },
      grown: (pieceId) => this.#outdated(pieceId),
      announce: (pieceId, event, least) => this.announce(pieceId, event, least),
      heard: (pieceId, event, least) => this.#shared.heard(pieceId, event, least),
      people: (room) => this.#shared.tellPeople(room),
      gone: (open) => void this.#remove(open, 4404, 'the piece was deleted'),
    });
  }

  get size(): number {
    return this.#open.size;
  }

  get status(): RoomsStatus {
    const opening = [...this.#loader.all].length;
    return {
      open: this.#open.size,
      opening,
      bytes: this.#bytes.used,
      refused: this.#loader.refused,
    };
  }

  /**
   * The room of a piece, loaded where it is not open; one load at a time for each piece. Use it in
   * the same turn: later it may have been let go. Rejects with `NoSuchPiece`, `Overloaded`,
   * `OverShare`, or the error of a load that failed; it never starts from blank (R1).
   *
   * `person` is who opens it, null the server itself.
   * `early` is called if the piece has to be loaded, as soon as its stored state has been read.
   */
  async open(pieceId: string, person: string | null, early?: EarlyReader): Promise<Room> {
    const there = this.#open.get(pieceId);
    // What the server does by itself keeps no room open, and letting one go may wait for just that.
    if (person === null && there !== undefined) return there.room;
    for (let going; (going = this.#bytes.going(pieceId)) !== undefined;) await going;
    // Who reads what they have written elsewhere finds it.
    await this.fresh(pieceId);
    const open =
      this.#open.get(pieceId) ?? (await this.#loader.join(pieceId, person, early).loaded);
    open.room.lastUsed = performance.now();
    open.lastBy = person;
    return open.room;
  }

  async read<T>(pieceId: string, read: (doc: Y.Doc) => T): Promise<T> {
    await this.fresh(pieceId);
    const room = await this.open(pieceId, null);
    return read(room.doc);
  }

  async state(pieceId: string, person: string | null): Promise<Uint8Array> {
    if (person === null) await this.fresh(pieceId);
    const room = await this.open(pieceId, person);
    return room.state(person);
  }

  async edit(pieceId: string, author: string | null, edit: (doc: Y.Doc) => void): Promise<void> {
    const room = await this.open(pieceId, author);
    await room.edits.edit(author, edit);
  }

  async merge(pieceId: string, author: string, credit: Credit, edit: MadeEdit): Promise<boolean> {
    const room = await this.open(pieceId, author);
    return room.edits.merge(author, credit, edit);
  }

  async saved(pieceId: string): Promise<void> {
    await this.#open.get(pieceId)?.room.journal.whenSaved();
  }

  onEdited(listener: (pieceId: string) => void): void {
    this.#editListeners.push(listener);
  }

  async applyRefused(pieceId: string, by: Applying, plan: PlanRefused): Promise<void> {
    const room = await this.open(pieceId, by.asker);
    await room.edits.applyRefused(by, plan);
  }

  onOutdated(listener: (pieceId: string) => void): void {
    this.#outdatedListeners.push(listener);
  }

  fresh(pieceId: string): Promise<void> {
    return this.#shared.fresh(pieceId);
  }

  /** Other servers have come or gone, or what they said may have been missed. */
  meetOthers(): void {
    this.#shared.meetOthers();
  }

  /** This server is not alone any more. */
  wasAlone(): void {
    this.#shared.wasAlone();
  }

  /** Resolves when all that has been taken by now is committed. */
  settled(): Promise<void> {
    return this.#shared.settled();
  }

  /** Another server needs clientIDs that this one may hold. Rejects where they cannot be given back now. */
  release(pieceId: string, clientIds: readonly number[]): Promise<void> {
    return this.#shared.release(pieceId, clientIds);
  }

  /**
   * The others have taken this server for dead, and write where it did. What it has not committed it must
   * not commit any more: everybody comes back, with what they have, as after a crash.
   */
  startAnew(): void {
    this.#mayOpen = false;
    this.#abandoned = this.#stopping;
    this.#deps.journal.abandon();
    for (const open of this.#open.values()) void this.#remove(open, 1012, 'restarting');
  }

  /** Whether pieces may be opened: not before all others know of this server. */
  mayOpen(may: boolean): void {
    this.#mayOpen = may;
  }

  /** A server has ended without a word: what its people have may be all that is left of their words. */
  lostServer(server: string): void {
    this.#shared.lostServer(server);
  }

  /**
   * Reads what the bus has lost (C2). `all`: also of pieces that are just being opened or written in, so that
   * all that was committed by now is read. Rejects where the journal cannot be read.
   */
  lookAtJournal(how: { readonly all: boolean }): Promise<void> {
    return this.#shared.lookAtJournal(how);
  }

  /** Acts on rights that were changed on another server; null: on any (C4). */
  rightsChangedElsewhere(changes: readonly RightsChange[] | null): Promise<void> {
    return this.#rights.changedElsewhere(changes);
  }

  announce(pieceId: string, event: PieceEvent, least: PieceRole = 'reader'): void {
    this.#open.get(pieceId)?.room.announce(event, least);
    this.#shared.announce(pieceId, event, least);
  }

  present(pieceId: string): Person[] {
    return this.#shared.present(pieceId);
  }

  roleChanged(pieceId: string, userId: string, role: PieceRole | null): void {
    this.#rights.roleChanged(pieceId, userId, role);
  }

  lockChanged(pieceId: string, locked: boolean): void {
    this.#rights.lockChanged(pieceId, locked);
  }

  credentialEnded(kind: Credential['kind'], id: string): void {
    this.#rights.credentialEnded(kind, id);
  }

  globalRoleChanged(
    userId: string,
    roleOn: (pieceId: string) => Promise<PieceRole | null>,
  ): Promise<void> {
    return this.#rights.globalRoleChanged(userId, roleOn);
  }

  renamed(userId: string, name: string): void {
    this.#rights.renamed(userId, name);
  }

  personEnded(userId: string): void {
    this.#rights.personEnded(userId);
  }

  closePiece(pieceId: string): void {
    this.#rights.pieceClosed(pieceId);
  }

  /** Counts withdrawn rights: who was admitted before one has to be admitted again (P1). */
  get rightsChanged(): number {
    return this.#rights.changes;
  }

  #closePiece(pieceId: string): void {
    const open = this.#open.get(pieceId);
    if (open !== undefined) void this.#remove(open, 4404, 'the piece was deleted');
  }

  #outdated(pieceId: string): void {
    for (const listener of this.#outdatedListeners) listener(pieceId);
  }

  canSave(): boolean {
    return this.#mayOpen && !this.#deps.journal.underPressure;
  }

  commitsInTime(): boolean {
    return this.#deps.journal.late < commitPatience;
  }

  /**
   * Writes what is still to be written, and lets every room go. Members get 1012 (D5) as soon as their words
   * are saved: they go on at another server while the snapshots of all pieces are made. False: not all of it
   * could be written, since others have taken this server for dead.
   */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    this.#loader.stop();
    clearInterval(this.#sweep);
    this.#bytes.stop();
    await this.#flushed();
    for (const { room } of this.#open.values()) room.dismiss(1012, 'restarting');
    await Promise.allSettled([...this.#loader.all].map((loading) => loading.loaded));
    // What came of messages that were being acted on.
    await this.#flushed();
    const behind = [...this.#open.values()];
    const tend = async () => {
      for (let open = behind.pop(); open !== undefined; open = behind.pop()) {
        await open.derived.last();
      }
    };
    await Promise.all(Array.from({ length: mostLastAtOnce }, tend));
    const ended = [...this.#open.values()].map((open) => this.#remove(open, 1012, 'restarting'));
    await Promise.all(ended);
    return !this.#abandoned;
  }

  /** Resolves when all that was taken by now is saved, refused edits included. */
  async #flushed(): Promise<void> {
    await this.#deps.journal.flushed();
    for (const { room } of this.#open.values()) await room.refusals.flushed();
  }

  #unloadIdle(): void {
    const before = performance.now() - this.#deps.idleMs;
    for (const open of this.#open.values()) {
      if (this.#isIdle(open, before)) void this.#unload(open, before);
    }
  }

  #isIdle({ room }: OpenRoom, before: number): boolean {
    const idle = room.members.size === 0 && room.lastUsed < before;
    return idle && room.settled && room.sound;
  }

  /** Leaves the room in place until its snapshot is written: a join meanwhile simply finds it. */
  async #unload(open: OpenRoom, before: number): Promise<void> {
    if (open.derived.isBusy) return;
    await open.derived.tend(1);
    if (!open.derived.isBehind && this.#isIdle(open, before)) {
      void this.#remove(open, 1012, 'unloaded');
    }
  }

  /** Unloads a room that nobody is in, unless what is to be stored of it takes too long. */
  async #letGo(open: OpenRoom): Promise<void> {
    const { journal, refusals } = open.room;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, letGoMs);
    });
    await Promise.race([
      late,
      Promise.all([journal.whenSaved(), refusals.flushed(), open.derived.done()]),
    ]);
    clearTimeout(timer);
    await this.#unload(open, performance.now());
  }

  /** Resolves when the piece is not noted as open any more, or that could not be done; never rejects. */
  async #remove({ room, note, derived }: OpenRoom, code: number, reason: string): Promise<void> {
    derived.close();
    if (this.#open.get(room.pieceId)?.room === room) this.#open.delete(room.pieceId);
    // Of a piece that others write in, there are always rows that this one has no snapshot of.
    const inOrder = room.isShared
      ? room.journal.committed === room.journal.position
      : room.journal.settled && !derived.lacksSnapshot;
    room.close(code, reason);
    this.#shared.tellPeople(room);
    this.#outdated(room.pieceId);
    await note.end(inOrder);
  }
}
