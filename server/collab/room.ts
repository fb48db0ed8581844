import * as Y from 'yjs';
import {
  BadFrame,
  checkStateVector,
  isEmptyStateVector,
  encodeEvent,
  encodeSync,
  type ClientMessage,
} from '../../shared/protocol/messages.ts';
import { sharedTypes } from '../../shared/document/schema.ts';
import type { PieceEvent } from '../../shared/protocol/events.ts';
import { pieceRoles, type PieceRole } from '../../shared/roles.ts';
import { effectOf, effectsOf, stateSince, type Applied, type DamagingUpdate } from './apply.ts';
import { Authorship } from './authorship.ts';
import { PieceLocked, type Credit } from './engine.ts';
import { frame, roomFrames } from './frame.ts';
import type { Member } from './member.ts';
import { Outbox, type OutboxDelivery } from './outbox.ts';
import { mayWrite } from './permission.ts';
import { PieceSize } from './piece-size.ts';
import type { JournalRow, VersionBefore } from './ports.ts';
import { Presence } from './presence.ts';
import { Refusals, type Refused, type Told } from './refusals.ts';
import { reload } from './reload.ts';
import type { OpenedAt, RoomDeps } from './room-deps.ts';
import { RoomJournal } from './room-journal.ts';
import { RoomRights } from './room-rights.ts';
import { SavedReports } from './saved-reports.ts';
import { eventOf, Wipes } from './wipe.ts';
import { wouldChange } from './would-change.ts';
import { Writing, type HandedOn, type Refusal, type SyncMessage, type Taken } from './writing.ts';

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
  /** When the text was last changed, as the journal has it. */
  changedAt: Date;
  /** Set when title or standfirst change; whoever acts on it takes it back. */
  headChanged = false;
  /** What was refused, until it is stored. */
  readonly refusals: Refusals;
  readonly #deps: RoomDeps;
  readonly #writing: Writing;
  readonly #reports: SavedReports;
  readonly #authorship: Authorship;
  readonly #presence: Presence<Member>;
  readonly #outbox: Outbox<Member>;
  readonly #wipes: Wipes;
  readonly #rights: RoomRights;
  readonly #size: PieceSize;
  #doc: Y.Doc;
  /** The whole document as a ready frame, kept while nothing changes: many may join at once. */
  #wholeFrame: Buffer | null = null;
  /** What arrives while the document is rebuilt; null while it is sound. */
  #deferred: (() => void)[] | null = null;
  #closed = false;

  constructor(pieceId: string, doc: Y.Doc, at: OpenedAt, deps: RoomDeps) {
    this.pieceId = pieceId;
    this.changedAt = at.changedAt;
    this.#authorship = new Authorship(
      at.clientIds,
      (clientId) => this.#presence.speakerOf(clientId)?.person.id ?? null,
    );
    this.#presence = new Presence<Member>(
      ({ person }, clientId) => (this.#authorship.ownerOf(clientId) ?? person.id) === person.id,
    );
    this.refusals = new Refusals({
      ...{ pieceId, log: deps.log, store: deps.refused, maxBytes: deps.maxRefusedBytes },
      describe: (update) => (this.sound ? wouldChange(this.#doc, Y.decodeUpdate(update)) : null),
      changed: () => this.announce({ type: 'refused-list' }, 'owner'),
    });
    this.#deps = deps;
    this.#doc = doc;
    this.#wipes = new Wipes(() => this.#doc);
    this.#rights = new RoomRights(at.locked, {
      members: this.members,
      restamp: (member) => this.#outbox.addPresence(this.#presence.restamp(member), null),
      askForState: (member) => this.#askForState(member),
    });
    this.#size = new PieceSize({
      ...{ max: deps.maxPieceBytes, atMost: at.bytes },
      measure: () => Y.encodeStateAsUpdate(this.#doc).length,
      now: () => performance.now(),
    });
    this.#watchHead();
    this.journal = new RoomJournal(pieceId, at.seq, {
      journal: deps.journal,
      store: deps.store,
      log: deps.log,
      onSaved: () => this.#saved(),
      onForeign: (rows) => this.#foreign(rows),
      onGone: () => deps.onGone(this),
    });
    this.#reports = new SavedReports({
      ...{ pieceId, journal: this.journal, reader: deps.reader, log: deps.log },
      doc: () => this.#doc,
    });
    this.#writing = new Writing({
      ...{ authorship: this.#authorship, refusals: this.refusals, afterCrash: at.afterCrash },
      size: this.#size,
      doc: () => this.#doc,
      handOn: (applied, by) => this.#handOn(applied, by),
      damaged: (cause) => void this.#repair(cause),
    });
    this.#outbox = new Outbox<Member>({
      members: () => this.members.size,
      presenceOf: (clientIds) => this.#presence.states(clientIds),
      deliver: (delivery) => this.#deliver(delivery),
    });
  }

  /** The live document, to read. Changing it is `edit`'s. */
  get doc(): Y.Doc {
    return this.#doc;
  }

  /** The sync message that asks a client for what the document does not have. */
  question(): Uint8Array {
    return encodeSync('step1', Y.encodeStateVector(this.#doc));
  }

  /** Whether the document can be read and written now; false while it is rebuilt. */
  get sound(): boolean {
    return this.#deferred === null;
  }

  join(member: Member): void {
    this.members.add(member);
    this.#askForState(member);
    this.#sendPresent(member);
    if (!this.sound) member.wire.pause();
  }

  leave(member: Member): void {
    if (!this.members.delete(member)) return;
    this.#reports.left(member);
    this.lastUsed = performance.now();
    this.#outbox.addPresence(this.#presence.leave(member), null);
  }

  /** Acts on a message of a member. Throws `BadFrame` where it cannot be applied (R3). */
  receive(member: Member, message: ClientMessage): void {
    if (this.#deferred !== null) {
      this.#deferred.push(() => this.#receiveDeferred(member, message));
      return;
    }
    switch (message.type) {
      case 'step1':
        this.#answer(member, message.stateVector);
        break;
      case 'step2':
      case 'update':
        this.#reports.account(member, this.#write(member, message), message.update);
        break;
      case 'presence': {
        const heard = this.#presence.hear(member, message.presence);
        this.#outbox.addPresence(heard.changed, member);
        if (heard.answer.length > 0) {
          member.wire.write(roomFrames(null, this.#presence.states(heard.answer)).both);
        }
        break;
      }
      case 'queryPresence':
        this.#sendPresent(member);
        break;
    }
  }

  /**
   * One edit by the server in somebody's name; resolves when it is committed (D2). Its clientID is
   * the server's, whoever it writes for, and the journal names the author; or it is `credit`'s.
   */
  async edit(
    author: string | null,
    change: (doc: Y.Doc) => void,
    credit: Credit | null = null,
  ): Promise<void> {
    await this.#whenSound();
    if (this.#rights.locked && author !== null) throw new PieceLocked();
    const own = this.#doc.clientID;
    const effect = effectOf(this.#doc, () => {
      // Yjs takes one of its own that comes in an update for a clash.
      if (credit?.before === undefined) this.#doc.clientID = credit?.clientId ?? own;
      try {
        this.#doc.transact(() => change(this.#doc));
      } finally {
        this.#doc.clientID = own;
      }
    });
    if (effect !== null) {
      const bound = this.#authorship.claimAs(credit?.clientId ?? own, credit?.userId ?? null);
      const before: VersionBefore | null =
        credit?.before === undefined ? null : { id: credit.before, kind: 'restore', by: author };
      this.#handOn({ effect, kept: effect, more: false }, { member: null, author, bound, before });
    }
    await this.journal.whenSaved();
  }

  /**
   * Applies a refused edit in its author's name; resolves when it is committed. False, and nothing
   * is changed: it builds on words that are not here. Throws `BadFrame` where it cannot be applied.
   */
  async applyRefused(author: string, update: Uint8Array): Promise<boolean> {
    await this.#whenSound();
    if (this.#rights.locked) throw new PieceLocked();
    if (!this.#writing.applyRefused(author, update)) return false;
    this.#reports.advanced();
    await this.journal.whenSaved();
    return true;
  }

  /** Keeps what somebody wrote who is no member any more; resolves when it is stored, or cannot be. */
  async refuse(refused: Omit<Refused, 'clientId'>, told: Told | null): Promise<void> {
    await this.#whenSound();
    this.#writing.refuse(refused, told);
    await this.refusals.flushed();
  }

  /** Tells everybody here who understands it; `least`: from which role on. */
  announce(event: PieceEvent, least: PieceRole = 'reader'): void {
    const told = frame(encodeEvent(event));
    const rank = pieceRoles.indexOf(least);
    for (const { ledger, role, wire } of this.members) {
      if (ledger !== null && pieceRoles.indexOf(role) <= rank) wire.write(told);
    }
  }

  setRole(userId: string, role: PieceRole | null): void {
    this.#rights.setRole(userId, role);
  }

  setLocked(locked: boolean): void {
    this.#rights.setLocked(locked);
  }

  /** Sends what waits, and stops. The journal keeps what it has. */
  close(code: number, reason: string): void {
    this.#outbox.flush();
    this.#outbox.close();
    for (const member of [...this.members]) member.wire.close(code, reason);
    this.members.clear();
    this.#closed = true;
    this.refusals.close();
    this.#reports.close();
    this.#doc.destroy();
  }

  /** Resolves when the document can be read and written. */
  async #whenSound(): Promise<void> {
    for (let deferred = this.#deferred; deferred !== null; deferred = this.#deferred) {
      const waiting = deferred;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  #write(member: Member, message: SyncMessage): Taken | Refusal {
    if (this.#rights.mayWrite(member)) return this.#writing.write(member, message);
    const reason = mayWrite(member.role, false) ? 'piece_locked' : 'may_not_edit';
    return this.#writing.readOnly(member, message, reason);
  }

  #askForState(member: Member): void {
    member.wire.write(frame(this.question()));
  }

  #sendPresent(member: Member): void {
    const present = this.#presence.present();
    if (present.length > 0) member.wire.write(roomFrames(null, present).both);
  }

  #watchHead(): void {
    for (const name of [sharedTypes.title, sharedTypes.standfirst]) {
      this.#doc.getText(name).observe(() => {
        this.headChanged = true;
      });
    }
  }

  #handOn(
    { effect, kept, more }: Pick<Applied, 'effect' | 'kept' | 'more'>,
    { member, author, bound, before = null }: HandedOn,
  ): void {
    const version = this.#wipes.look(author, effect, before);
    this.#wholeFrame = null;
    this.lastUsed = performance.now();
    this.changedAt = new Date();
    if (effect !== null) this.#outbox.addText(effect, more ? null : member);
    if (kept !== null) this.#size.grew(kept.length);
    if (kept !== null) this.journal.append(author, kept, bound, version);
    if (version !== null) this.journal.afterSaved(() => this.announce(eventOf(version)));
    if (effect !== null) this.#deps.onEdited();
  }

  #answer(member: Member, stateVector: Uint8Array): void {
    checkStateVector(stateVector);
    const newcomer = isEmptyStateVector(stateVector);
    if (newcomer && this.#wholeFrame !== null) {
      member.wire.write(this.#wholeFrame);
      return;
    }
    const answer = frame(encodeSync('step2', stateSince(this.#doc, stateVector)));
    if (newcomer) this.#wholeFrame = answer;
    member.wire.write(answer);
  }

  #deliver({ text, presence, both, textBy, presenceBy }: OutboxDelivery<Member>): void {
    for (const member of this.members) {
      const needsText = text !== null && member !== textBy;
      const needsPresence = presence !== null && member !== presenceBy;
      if (needsText && needsPresence) member.wire.write(both);
      else if (needsText) member.wire.write(text);
      else if (needsPresence) member.wire.write(presence);
    }
  }

  #saved(): void {
    for (const member of this.members) this.#reports.report(member);
    this.#deps.onCommitted(this);
  }

  #foreign(rows: readonly JournalRow[]): void {
    const [effect, ...tidied] = effectsOf(this.#doc, () => {
      this.#doc.transact(() => {
        for (const row of rows) {
          this.#authorship.learn(row.author, Y.decodeUpdate(row.update));
          this.#size.grew(row.update.length);
          Y.applyUpdate(this.#doc, row.update);
        }
      });
    });
    this.#reports.advanced();
    this.#wipes.look();
    if (effect === undefined) return;
    this.#wholeFrame = null;
    this.changedAt = rows.at(-1)?.at ?? this.changedAt;
    for (const update of [effect, ...tidied]) this.#outbox.addText(update, null);
    for (const update of tidied) this.journal.append(null, update);
    this.#deps.onEdited();
  }

  /**
   * Rebuilds the document from the journal after an update broke off in the middle of it. Nobody
   * is disconnected: the members' copies are sound, and what they send meanwhile waits.
   */
  async #repair(cause: DamagingUpdate): Promise<void> {
    const deferred: (() => void)[] = [];
    this.#deferred = deferred;
    this.#deps.log.warn({ err: cause, pieceId: this.pieceId }, 'rebuilding a document');
    for (const member of this.members) member.wire.pause();
    const { store, log } = this.#deps;
    const doc = await reload({ journal: this.journal, store, log, closed: () => this.#closed });
    if (this.#closed) return;
    this.#doc.destroy();
    this.#doc = doc;
    this.#wipes.look();
    this.#watchHead();
    this.#wholeFrame = null;
    this.#deferred = null;
    for (const member of this.members) member.wire.resume();
    for (const run of deferred) run();
  }

  #receiveDeferred(member: Member, message: ClientMessage): void {
    if (!this.members.has(member)) return;
    try {
      this.receive(member, message);
    } catch (err) {
      if (!(err instanceof BadFrame)) throw err;
      member.wire.close(4400, err.message);
    }
  }
}
