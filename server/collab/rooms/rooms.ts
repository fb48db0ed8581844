import type * as Y from 'yjs';
import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { Applying, Credit, Documents, MadeEdit, PlanRefused } from '../engine.ts';
import type { Credential, Person } from '../ports.ts';
import type { Room } from '../room/room.ts';
import { OpenBytes } from './open-bytes.ts';
import { RoomLoader, type EarlyReader, type OpenRoom } from './room-loader.ts';
import type { RoomsDeps } from './rooms-deps.ts';
import type { RoomsStatus } from './rooms-status.ts';

/** A commit that takes longer than this, in ms, is no passing trouble. */
const commitPatience = 5_000;
/** A room that is to go has so long until all of it is stored, in ms; else it stays. */
const letGoMs = 2_000;

/** The open rooms: one for each piece, loaded once, and let go when nobody needs them (R1, R2). */
export class Rooms implements Documents {
  readonly #deps: RoomsDeps;
  readonly #open = new Map<string, OpenRoom>();
  readonly #loader: RoomLoader;
  readonly #sweep: NodeJS.Timeout;
  readonly #bytes: OpenBytes<OpenRoom>;
  readonly #editListeners: ((pieceId: string) => void)[] = [];
  #stopping = false;
  /** Counts withdrawn rights: who was admitted before one has to be admitted again (P1). */
  rightsChanged = 0;

  constructor(deps: RoomsDeps) {
    this.#deps = deps;
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
      opened: (open) => this.#open.set(open.room.pieceId, open),
      edited: (pieceId) => {
        for (const listener of this.#editListeners) listener(pieceId);
      },
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
    const open =
      this.#open.get(pieceId) ?? (await this.#loader.join(pieceId, person, early).loaded);
    open.room.lastUsed = performance.now();
    open.lastBy = person;
    return open.room;
  }

  async read<T>(pieceId: string, read: (doc: Y.Doc) => T): Promise<T> {
    const room = await this.open(pieceId, null);
    return read(room.doc);
  }

  async state(pieceId: string, person: string | null): Promise<Uint8Array> {
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
    const loading = this.#loader.get(pieceId);
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

  async globalRoleChanged(
    userId: string,
    roleOn: (pieceId: string) => Promise<PieceRole | null>,
  ): Promise<void> {
    this.rightsChanged++;
    // Who joins from now on is admitted by what they are now.
    const pieces = this.#roomsOf(userId).map(({ pieceId }) => pieceId);
    for (const pieceId of pieces) this.roleChanged(pieceId, userId, await roleOn(pieceId));
  }

  renamed(userId: string, name: string): void {
    this.rightsChanged++;
    for (const room of this.#roomsOf(userId)) room.rename(userId, name);
  }

  personEnded(userId: string): void {
    this.rightsChanged++;
    for (const room of this.#roomsOf(userId)) {
      for (const { person, wire } of [...room.members]) {
        if (person.id === userId) wire.close(4401, 'signed out');
      }
    }
  }

  #roomsOf(userId: string): Room[] {
    const rooms = [...this.#open.values()].map(({ room }) => room);
    return rooms.filter(({ members }) => [...members].some(({ person }) => person.id === userId));
  }

  closePiece(pieceId: string): void {
    this.rightsChanged++;
    const open = this.#open.get(pieceId);
    if (open !== undefined) void this.#remove(open, 4404, 'the piece was deleted');
  }

  canSave(): boolean {
    return !this.#deps.journal.underPressure;
  }

  commitsInTime(): boolean {
    return this.#deps.journal.late < commitPatience;
  }

  /** Writes what is still to be written, and lets every room go. Members get 1012 (D5). */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#loader.stop();
    clearInterval(this.#sweep);
    this.#bytes.stop();
    await Promise.allSettled([...this.#loader.all].map((loading) => loading.loaded));
    await this.#deps.journal.flushed();
    for (const { room } of this.#open.values()) await room.refusals.flushed();
    for (const { derived } of this.#open.values()) await derived.last();
    const ended = [...this.#open.values()].map((open) => this.#remove(open, 1012, 'restarting'));
    await Promise.all(ended);
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
    const inOrder = room.journal.settled && !derived.lacksSnapshot;
    room.close(code, reason);
    await note.end(inOrder);
  }
}
