import type * as Y from 'yjs';
import type { ClientMessage } from '../../../shared/protocol/messages.ts';
import type { PieceEvent } from '../../../shared/protocol/events.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import { Overloaded } from '../engine.ts';
import { RoomJournal } from '../journal/room-journal.ts';
import { SavedReports } from '../journal/saved-reports.ts';
import type { Member } from '../member.ts';
import { Claims } from '../replication/claims.ts';
import { ForeignRows } from '../replication/foreign-rows.ts';
import { Replica } from '../replication/replica.ts';
import { Tidier } from '../tidy/tidier.ts';
import { RoomEdits } from '../edits/room-edits.ts';
import { Authorship } from '../writing/authorship.ts';
import { describeRefused } from '../writing/describe-refused.ts';
import { LargeUpdates } from '../writing/large-update.ts';
import { LargeWriting } from '../writing/large-writing.ts';
import { largeUpdateBytes } from '../writing/put-in-slices.ts';
import { Refusals, type Refused, type Told } from '../writing/refusals.ts';
import { Taking } from '../writing/taking.ts';
import { Writing } from '../writing/writing.ts';
import { Audience } from './audience.ts';
import { Incoming } from './incoming.ts';
import { LiveDocument } from './live-document.ts';
import { PieceSize } from './piece-size.ts';
import type { OpenedAt, RoomDeps } from './room-deps.ts';
import { RoomPause } from './room-pause.ts';
import { RoomRights } from './room-rights.ts';
import { SyncProtocol } from './sync-protocol.ts';

/**
 * A piece that is open: its document and the members who are in it. Each update is applied once,
 * handed on, and given to the journal.
 */
export class Room {
  readonly pieceId: string;
  readonly members = new Set<Member>();
  readonly journal: RoomJournal;
  /** When somebody was last here, in ms of `performance.now()`. */
  lastUsed = performance.now();
  /** Set when title or standfirst change; whoever acts on it takes it back. */
  headChanged = false;
  /** What was refused, until it is stored. */
  readonly refusals: Refusals;
  /** What comes by no connection. */
  readonly edits: RoomEdits;
  readonly #deps: RoomDeps;
  readonly #pause = new RoomPause(this.members);
  readonly #document: LiveDocument;
  readonly #audience: Audience;
  readonly #incoming: Incoming;
  readonly #sync: SyncProtocol;
  readonly #writing: Writing;
  readonly #large: LargeUpdates;
  readonly #reports: SavedReports;
  readonly #replica: Replica;
  readonly #claims: Claims;
  readonly #tidier: Tidier;
  readonly #rights: RoomRights;
  #closed = false;
  /** How many wait for what they wrote to be kept, and are no members. */
  #refusing = 0;

  constructor(pieceId: string, doc: Y.Doc, at: OpenedAt, deps: RoomDeps) {
    this.pieceId = pieceId;
    this.#deps = deps;
    const authorship = new Authorship(at.clientIds, (clientId) =>
      this.#audience.speakerOf(clientId),
    );
    this.#audience = new Audience({
      pieceId,
      ...{ members: this.members, authorship, log: deps.log },
      moved: (clientIds) => this.#replica.moved(clientIds),
    });
    this.refusals = new Refusals({
      pieceId,
      ...{ log: deps.log, store: deps.refused, maxBytes: deps.maxRefusedBytes },
      ...{ share: deps.refusedShare, tally: deps.refusedTally, merge: deps.work.merge },
      describe: (update, by) =>
        describeRefused(update, by, {
          work: deps.work,
          doc: () => this.doc,
          isSound: () => this.sound,
        }),
      changed: () => deps.announce({ type: 'refused-list' }, 'owner'),
    });
    this.#rights = new RoomRights(at.locked, {
      members: this.members,
      restamp: (member) => this.#audience.restamp(member),
      askForState: (member) => this.#sync.ask(member),
    });
    this.#tidier = new Tidier({
      doc: () => this.doc,
      mayEdit: () => this.sound && !at.note.waits && !this.#closed && !this.#rights.locked,
      handOn: (effect, author) =>
        this.#document.handOn(
          { effect, kept: effect, more: false },
          { member: null, author, bound: [] },
        ),
      failed: (err) => deps.log.error({ err, pieceId }, 'cannot tidy a text'),
    });
    this.#document = new LiveDocument(doc, at, {
      pieceId,
      ...{ store: deps.store, work: deps.work, log: deps.log },
      ...{ onEdited: deps.onEdited, onGrown: deps.onGrown, announce: deps.announce },
      ...{ pause: this.#pause, audience: this.#audience, tidier: this.#tidier },
      journal: () => this.journal,
      isClosed: () => this.#closed,
      askers: () => new Set([...this.people, null]),
      used: () => {
        this.lastUsed = performance.now();
      },
      headChanged: () => {
        this.headChanged = true;
      },
      advanced: () => {
        this.#reports.advanced();
        this.#writing.others.advanced();
      },
    });
    const { sync } = this.#document;
    const size = new PieceSize({
      max: deps.maxPieceBytes,
      atMost: () => this.bytes,
      isExact: () => sync.isExact,
      measure: async (person) => void (await sync.whole(person)),
      now: () => performance.now(),
    });
    this.#sync = new SyncProtocol({
      members: this.members,
      ...{ pause: this.#pause, document: this.#document },
      answers: deps.answers,
    });
    const foreign = new ForeignRows({
      pieceId,
      ...{ work: deps.work, pause: this.#pause, authorship, log: deps.log },
      owners: deps.servers.owners,
      doc: () => this.doc,
      isClosed: () => this.#closed,
      everybody: () => this.people,
      repair: (cause) => this.#document.repair(cause),
      took: (effect, time) => this.#document.took(effect, time),
    });
    this.journal = new RoomJournal(pieceId, at.seq, {
      journal: deps.journal,
      store: deps.store,
      log: deps.log,
      onSaved: () => this.#saved(),
      onRows: (rows) => this.#replica.committed(rows),
      onForeign: (rows) => foreign.put(rows),
      onGone: () => deps.onGone(this),
    });
    this.#replica = new Replica({
      pieceId,
      ...{ line: at.line, mostBytes: deps.servers.mostBytes, log: deps.log },
      ...{ journal: this.journal, presence: this.#audience },
      announce: deps.onHeard,
    });
    this.#claims = new Claims({
      pieceId,
      ...{ servers: deps.servers, authorship, log: deps.log },
      journal: () => this.journal,
      doc: () => this.doc,
      whenSound: () => this.#pause.whenSound(),
      isAfterCrash: () => at.note.isAfterCrash,
      isClosed: () => this.#closed,
    });
    this.#reports = new SavedReports({
      pieceId,
      ...{ journal: this.journal, reader: deps.reader, log: deps.log },
      doc: () => this.doc,
    });
    const taking = new Taking({
      authorship,
      ...{ refusals: this.refusals, size },
      isClaimed: (clientId) => this.#claims.isClaimed(clientId),
      isAfterCrash: () => at.note.isAfterCrash,
      isShared: () => this.#replica.isShared,
      isSound: () => this.sound,
      doc: () => this.doc,
      handOn: (applied, by) => this.#document.handOn(applied, by),
      damaged: (cause) => void this.#document.repair(cause),
    });
    this.#writing = new Writing(taking);
    const slices = { work: deps.work, queue: deps.largeUpdates, pause: this.#pause };
    this.#large = new LargeUpdates({
      ...slices,
      ...{ writing: new LargeWriting(taking), claims: this.#claims },
      doc: () => this.doc,
      isClosed: () => this.#closed,
      isHere: (member) => this.members.has(member),
      everybody: () => this.people,
      mayNot: (member) => this.#rights.mayNot(member),
      repair: (cause) => this.#document.repair(cause),
      handOn: ({ applied, removed }, by) => this.#document.handOn(applied, by, removed),
      account: (member, outcome, update) => this.#reports.account(member, outcome, update),
    });
    this.edits = new RoomEdits({
      ...slices,
      ...{ authorship, writing: this.#writing, journal: this.journal, note: at.note },
      doc: () => this.doc,
      isClosed: () => this.#closed,
      isLocked: () => this.#rights.locked,
      hasOthers: () => deps.servers.hasOthers,
      spoken: () => this.#audience.spoken(),
      everybody: () => this.people,
      measured: async (person, bytes) => {
        if (size.isInDoubt(bytes)) await size.measured(person);
      },
      takes: (bytes) => size.takes(bytes),
      repair: (cause) => this.#document.repair(cause),
      advanced: () => this.#reports.advanced(),
      handOn: (applied, by, removed) => this.#document.handOn(applied, by, removed),
      versionBefore: (by, removed) => this.#document.versionBefore(by, removed),
      handOnCommitted: (effect, at, version) => this.#document.handOnCommitted(effect, at, version),
    });
    this.#incoming = new Incoming({
      members: this.members,
      ...{ pause: this.#pause, note: at.note, size },
      ...{ rights: this.#rights, sync: this.#sync, audience: this.#audience },
      ...{ writing: this.#writing, large: this.#large, reports: this.#reports },
      ...{ claims: this.#claims, taking },
    });
    // What has been heard while it was read goes in now.
    this.#replica.start();
  }

  /** The live document, to read. Changing it is `edits`'s. */
  get doc(): Y.Doc {
    return this.#document.doc;
  }

  /** When the text was last changed, as the journal has it. */
  get changedAt(): Date {
    return this.#document.changedAt;
  }

  /** The ids of those who are here. */
  get people(): Set<string> {
    return new Set([...this.members].map(({ person }) => person.id));
  }

  /** What it has of the bytes that the open pieces may have together (open-bytes.ts). */
  get bytes(): number {
    return this.#document.bytes;
  }

  /**
   * The sync message that asks a client for what the document does not have, once that is sound: half of
   * an update that is taken back would never be asked for again.
   */
  question(): Promise<Uint8Array> {
    return this.#sync.question();
  }

  /** Whether the document can be read and written now; false while it is rebuilt or holds a part. */
  get sound(): boolean {
    return this.#pause.sound;
  }

  join(member: Member): void {
    this.members.add(member);
    this.#deps.onPeople(this);
    this.#sync.ask(member);
    this.#audience.sendPresent(member);
    if (!this.sound) member.wire.pause();
  }

  leave(member: Member): void {
    if (!this.members.delete(member)) return;
    this.#reports.left(member);
    this.lastUsed = performance.now();
    this.#audience.left(member);
    this.#deps.onPeople(this);
  }

  /** Acts on a message of a member. Throws `BadFrame` where it cannot be applied (R3). */
  receive(member: Member, message: ClientMessage): void {
    this.#incoming.receive(member, message);
  }

  /**
   * The whole document, with what waits in it, as it is now or a little later: written off the event
   * loop where it is large. Rejects where it cannot be written.
   */
  state(person: string | null): Promise<Uint8Array> {
    return this.#document.state(person);
  }

  /**
   * Keeps what somebody wrote who is no member any more; resolves when it is stored, or is not to be. The
   * room is not settled meanwhile. Rejects with `Overloaded` where it is closed all the same.
   */
  async refuse(refused: Omit<Refused, 'clientId'>, told: Told | null): Promise<void> {
    this.#refusing++;
    try {
      while (!this.sound) await this.#pause.whenSound();
      if (this.#closed) throw new Overloaded();
      if (refused.update.length > largeUpdateBytes) await this.#large.refuse(refused, told);
      else this.#writing.refuse(refused, told);
      await this.refusals.flushed();
      if (this.#closed) throw new Overloaded();
    } finally {
      this.#refusing--;
    }
  }

  /** Whether all that was said is stored, as far as it is to be. */
  get settled(): boolean {
    return this.#refusing === 0 && this.journal.settled && this.refusals.settled;
  }

  /** Tells everybody on this server who understands it; `least`: from which role on. */
  announce(event: PieceEvent, least: PieceRole = 'reader'): void {
    this.#audience.announce(event, least);
  }

  setRole(userId: string, role: PieceRole | null): void {
    this.#rights.setRole(userId, role);
  }

  rename(userId: string, name: string): void {
    this.#rights.rename(userId, name);
    this.#deps.onPeople(this);
  }

  get locked(): boolean {
    return this.#rights.locked;
  }

  /** There are other servers, or what they said may have been missed. */
  meetOthers(): Promise<void> {
    return this.#replica.meet();
  }

  /** Whether another server has the piece open. */
  get isShared(): boolean {
    return this.#replica.isShared;
  }

  /** Resolves when all that has been taken by now is committed, or is not to be. */
  async whenSettled(): Promise<void> {
    while (!this.sound && !this.#closed) await this.#pause.whenSound();
    await this.journal.whenSaved().catch((err: unknown) => {
      if (!this.#closed) throw err;
    });
  }

  /** This server is not alone any more. */
  forgetClaims(): void {
    this.#claims.forget();
  }

  /** Another server needs these clientIDs; resolves when they are given back. Rejects where that fails. */
  release(clientIds: readonly number[]): Promise<void> {
    return this.#claims.release(clientIds);
  }

  /** Another server has ended without a word; true: it had the piece open. */
  lostServer(server: string): boolean {
    return this.#replica.lost(server);
  }

  setLocked(locked: boolean): void {
    this.#rights.setLocked(locked);
  }

  /** Closes the connections of all members; the room stays. */
  dismiss(code: number, reason: string): void {
    for (const member of [...this.members]) member.wire.close(code, reason);
  }

  /** Sends what waits, and stops. The journal keeps what it has. */
  close(code: number, reason: string): void {
    this.#audience.close();
    this.#tidier.close();
    this.dismiss(code, reason);
    this.#replica.close();
    this.journal.close();
    this.members.clear();
    this.#closed = true;
    this.refusals.close();
    this.#reports.close();
    this.#document.close();
  }

  #saved(): void {
    for (const member of this.members) this.#reports.report(member);
    this.#deps.onCommitted(this);
  }
}
