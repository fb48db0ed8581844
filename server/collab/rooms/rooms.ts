import type * as Y from 'yjs';
import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { Applying, Credit, Documents, MadeEdit, PlanRefused } from '../engine.ts';
import type { Credential, Person, RightsChange } from '../ports.ts';
import { encodeServerMessage } from '../replication/messages.ts';
import { alone, type Servers } from '../replication/servers.ts';
import type { Room } from '../room/room.ts';
import { OpenBytes } from './open-bytes.ts';
import { RightsRecheck } from './rights-recheck.ts';
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
  readonly #outdatedListeners: ((pieceId: string) => void)[] = [];
  readonly #servers: Servers;
  readonly #recheck: RightsRecheck | null;
  #stopping = false;
  #mayOpen = true;
  /** Counts withdrawn rights: who was admitted before one has to be admitted again (P1). */
  rightsChanged = 0;

  constructor(deps: RoomsDeps) {
    this.#deps = deps;
    this.#servers = deps.servers ?? alone;
    this.#recheck =
      deps.rights === undefined
        ? null
        : new RightsRecheck({
            rights: deps.rights,
            rooms: () => [...this.#open.values()].map(({ room }) => room),
            changesHere: () => this.rightsChanged,
            closePiece: (pieceId) => this.#closePiece(pieceId),
            lockChanged: (pieceId, locked) => this.#setLocked(pieceId, locked),
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
      mayLoad: () => !this.#stopping && this.#mayOpen && this.canSave(),
      makeRoom: (pieceId, opening) => this.#bytes.makeRoom(pieceId, opening),
      opened: (open) => this.#open.set(open.room.pieceId, open),
      edited: (pieceId) => {
        for (const listener of this.#editListeners) listener(pieceId);
        this.#outdated(pieceId);
      },
      grown: (pieceId) => this.#outdated(pieceId),
      announce: (pieceId, event, least) => this.announce(pieceId, event, least),
      heard: (pieceId, event, least) => this.#heard(pieceId, event, least),
      people: (room) => this.#tellPeople(room),
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

  async fresh(pieceId: string): Promise<void> {
    if (!this.#servers.hasOthers || !this.#open.has(pieceId)) return;
    const heads = await this.#servers.headsOf([pieceId]);
    await this.#open.get(pieceId)?.room.journal.reach(heads.get(pieceId) ?? 0);
  }

  /** Other servers have come or gone, or what they said may have been missed. */
  meetOthers(): void {
    for (const { room } of this.#open.values()) {
      void room.meetOthers();
      this.#tellPeople(room);
    }
  }

  /** This server is not alone any more; resolves when all that was written while it was is committed. */
  async endAlone(): Promise<void> {
    for (const { room } of this.#open.values()) room.forgetClaims();
    await this.#deps.journal.flushed();
  }

  /** Another server needs clientIDs that this one may hold. Rejects where they cannot be given back now. */
  async release(pieceId: string, clientIds: readonly number[]): Promise<void> {
    const open = this.#open.get(pieceId);
    if (open === undefined) await this.#servers.owners.release(pieceId, clientIds);
    else await open.room.release(clientIds);
  }

  /**
   * The others have taken this server for dead, and write where it did. What it has not committed it must
   * not commit any more: everybody comes back, with what they have, as after a crash.
   */
  startAnew(): void {
    this.#mayOpen = false;
    this.#deps.journal.abandon();
    for (const open of this.#open.values()) void this.#remove(open, 1012, 'restarting');
  }

  /** Whether pieces may be opened: not before all others know of this server. */
  mayOpen(may: boolean): void {
    this.#mayOpen = may;
  }

  /** A server has ended without a word: what its people have may be all that is left of their words. */
  lostServer(server: string): void {
    for (const { room, note } of this.#open.values()) {
      if (room.lostServer(server)) note.lostServer();
    }
  }

  /** Reads what the bus has lost (C2). Rejects where the journal cannot be read. */
  async lookAtJournal(): Promise<void> {
    const heads = await this.#servers.headsOf([...this.#open.keys()]);
    const behind = [...this.#open.values()].filter(({ room: { pieceId, journal } }) => {
      // What is being committed here is on its way.
      return journal.committed === journal.position && journal.seq < (heads.get(pieceId) ?? 0);
    });
    for (const { room } of behind) await room.journal.reach(heads.get(room.pieceId) ?? 0);
  }

  /** Acts on rights that were changed on another server; null: on any (C4). */
  async rightsChangedElsewhere(changes: readonly RightsChange[] | null): Promise<void> {
    this.rightsChanged++;
    await this.#recheck?.act(changes);
  }

  announce(pieceId: string, event: PieceEvent, least: PieceRole = 'reader'): void {
    this.#open.get(pieceId)?.room.announce(event, least);
    if (!this.#servers.hasOthers) return;
    const message = encodeServerMessage({ kind: 'event', least, json: JSON.stringify(event) });
    this.#servers.publish(pieceId, message);
  }

  /** Who is told that somebody's right has changed may reckon with it. */
  #heard(pieceId: string, event: PieceEvent, least: PieceRole): void {
    const announce = () => this.#open.get(pieceId)?.room.announce(event, least);
    if (event.type !== 'members' && event.type !== 'lock') {
      announce();
      return;
    }
    const userId = event.type === 'members' ? event.userId : null;
    this.rightsChangedElsewhere([{ pieceId, userId }]).then(announce, (err: unknown) => {
      // It is looked at again (C4).
      this.#deps.log.warn({ err, pieceId }, 'cannot look up a right that has changed yet');
      announce();
    });
  }

  present(pieceId: string): Person[] {
    const people = new Map<string, Person>();
    for (const person of this.#servers.presentElsewhere(pieceId)) people.set(person.id, person);
    for (const member of this.#open.get(pieceId)?.room.members ?? []) {
      people.set(member.person.id, member.person);
    }
    return [...people.values()];
  }

  roleChanged(pieceId: string, userId: string, role: PieceRole | null): void {
    this.#changedHere();
    this.#open.get(pieceId)?.room.setRole(userId, role);
  }

  lockChanged(pieceId: string, locked: boolean): void {
    this.#changedHere();
    this.#setLocked(pieceId, locked);
  }

  #setLocked(pieceId: string, locked: boolean): void {
    this.#open.get(pieceId)?.room.setLocked(locked);
    // A load that is under way may have read it before. What fails is told to who waits for it.
    const loading = this.#loader.get(pieceId);
    void loading?.loaded.then(
      ({ room }) => room.setLocked(locked),
      () => undefined,
    );
  }

  credentialEnded(kind: Credential['kind'], id: string): void {
    this.#changedHere();
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
    this.#changedHere();
    // Who joins from now on is admitted by what they are now.
    const pieces = this.#roomsOf(userId).map(({ pieceId }) => pieceId);
    for (const pieceId of pieces) this.roleChanged(pieceId, userId, await roleOn(pieceId));
  }

  renamed(userId: string, name: string): void {
    this.#changedHere();
    for (const room of this.#roomsOf(userId)) room.rename(userId, name);
  }

  personEnded(userId: string): void {
    this.#changedHere();
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
    this.#changedHere();
    this.#closePiece(pieceId);
  }

  #closePiece(pieceId: string): void {
    const open = this.#open.get(pieceId);
    if (open !== undefined) void this.#remove(open, 4404, 'the piece was deleted');
  }

  #changedHere(): void {
    this.rightsChanged++;
    this.#servers.tell();
  }

  #outdated(pieceId: string): void {
    for (const listener of this.#outdatedListeners) listener(pieceId);
  }

  #tellPeople(room: Room): void {
    if (!this.#servers.hasOthers) return;
    const people = new Map([...room.members].map(({ person }) => [person.id, person]));
    this.#servers.present(room.pieceId, [...people.values()]);
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
    this.#tellPeople(room);
    this.#outdated(room.pieceId);
    await note.end(inOrder);
  }
}
