import * as Y from 'yjs';
import {
  BadFrame,
  isEmptyStateVector,
  encodeEvent,
  encodeSaved,
  encodeSync,
  type ClientMessage,
} from '../../shared/protocol/messages.ts';
import { sharedTypes } from '../../shared/document/schema.ts';
import type { PieceRole } from '../../shared/roles.ts';
import { applyUpdate, DamagingUpdate, effectOf, hasReached, type Applied } from './apply.ts';
import { frame, roomFrames } from './frame.ts';
import { hydrate } from './hydrate.ts';
import type { Journal } from './journal.ts';
import type { Member } from './member.ts';
import { Outbox, type OutboxDelivery } from './outbox.ts';
import { isNews, mayWrite } from './permission.ts';
import type { JournalRow, Log, PieceStore } from './ports.ts';
import { Presence } from './presence.ts';
import { RoomJournal } from './room-journal.ts';

export interface RoomDeps {
  readonly journal: Journal;
  readonly store: PieceStore;
  readonly log: Log;
  /** Called after each commit that holds something of the piece. */
  readonly onCommitted: (room: Room) => void;
  /** The database does not know the piece any more. */
  readonly onGone: (room: Room) => void;
}

const repairRetryMs = 1_000;

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
  readonly #deps: RoomDeps;
  readonly #presence = new Presence<Member>();
  readonly #outbox: Outbox<Member>;
  #doc: Y.Doc;
  /** Those of the members who have sent something that builds on edits which are not here yet. */
  readonly #ahead = new Set<Member>();
  /** The whole document as a ready frame, kept while nothing changes: many may join at once. */
  #wholeFrame: Buffer | null = null;
  /** What arrives while the document is rebuilt; null while it is sound. */
  #deferred: (() => void)[] | null = null;
  #closed = false;

  constructor(pieceId: string, doc: Y.Doc, at: { seq: number; changedAt: Date }, deps: RoomDeps) {
    this.pieceId = pieceId;
    this.changedAt = at.changedAt;
    this.#deps = deps;
    this.#doc = doc;
    this.#watchHead();
    this.journal = new RoomJournal(pieceId, at.seq, {
      journal: deps.journal,
      store: deps.store,
      log: deps.log,
      onSaved: () => this.#saved(),
      onForeign: (rows) => this.#foreign(rows),
      onGone: () => deps.onGone(this),
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

  /** Whether the document can be read and written now; false while it is rebuilt. */
  get sound(): boolean {
    return this.#deferred === null;
  }

  join(member: Member): void {
    this.members.add(member);
    member.wire.write(frame(encodeSync('step1', Y.encodeStateVector(this.#doc))));
    this.#sendPresent(member);
    if (!this.sound) member.wire.pause();
  }

  leave(member: Member): void {
    if (!this.members.delete(member)) return;
    this.#ahead.delete(member);
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
        if (mayWrite(member.role)) this.#write(member, message.update);
        else this.#readOnly(member, message.update);
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

  /** One edit by the server in somebody's name; resolves when it is committed (D2). */
  async edit(author: string | null, change: (doc: Y.Doc) => void): Promise<void> {
    for (let deferred = this.#deferred; deferred !== null; deferred = this.#deferred) {
      const waiting = deferred;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    const effect = effectOf(this.#doc, () => this.#doc.transact(() => change(this.#doc)));
    if (effect !== null) this.#handOn(effect, null, author);
    await this.journal.whenSaved();
  }

  setRole(userId: string, role: PieceRole | null): void {
    for (const member of this.members) {
      if (member.person.id !== userId || member.role === role) continue;
      if (role === null) {
        member.wire.close(4403, 'your right to this piece was withdrawn');
        continue;
      }
      member.role = role;
      this.#outbox.addPresence(this.#presence.restamp(member), null);
    }
  }

  /** Sends what waits, and stops. The journal keeps what it has. */
  close(code: number, reason: string): void {
    this.#outbox.flush();
    this.#outbox.close();
    for (const member of [...this.members]) member.wire.close(code, reason);
    this.members.clear();
    this.#closed = true;
    this.#doc.destroy();
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

  #write(member: Member, update: Uint8Array): void {
    let applied: Applied;
    try {
      applied = applyUpdate(this.#doc, update, member);
    } catch (err) {
      if (!(err instanceof DamagingUpdate)) throw err;
      void this.#repair(err);
      throw new BadFrame('an update that cannot be applied', { cause: err });
    }
    const { effect, ahead } = applied;
    if (effect !== null) this.#handOn(effect, member, member.person.id);
    if (ahead === null) member.ledger?.received(this.journal.position);
    else if (member.ledger !== null) {
      member.ledger.receivedAhead(ahead);
      this.#ahead.add(member);
    }
    this.#advanced();
    if (effect === null) this.#reportSaved(member);
  }

  /** The document holds more than before: what was ahead of it may be part of it now. */
  #advanced(): void {
    for (const member of this.#ahead) {
      const { ledger } = member;
      const still = ledger?.advanced(
        (reach) => hasReached(this.#doc, reach),
        this.journal.position,
      );
      if (still !== true) this.#ahead.delete(member);
      this.#reportSaved(member);
    }
  }

  #handOn(effect: Uint8Array, member: Member | null, author: string | null): void {
    this.#wholeFrame = null;
    this.lastUsed = performance.now();
    this.changedAt = new Date();
    this.#outbox.addText(effect, member);
    this.journal.append(author, effect);
  }

  #readOnly(member: Member, update: Uint8Array): void {
    let news: boolean;
    try {
      news = isNews(this.#doc, update);
    } catch (cause) {
      throw new BadFrame('an update that cannot be read', { cause });
    }
    if (!news) {
      member.ledger?.received(this.journal.position);
      this.#reportSaved(member);
      return;
    }
    member.ledger?.refused();
    if (member.ledger) {
      const refused = { type: 'refused', reason: `a ${member.role} may not change the text` };
      member.wire.write(frame(encodeEvent(refused)));
    }
  }

  #answer(member: Member, stateVector: Uint8Array): void {
    const newcomer = isEmptyStateVector(stateVector);
    if (newcomer && this.#wholeFrame !== null) {
      member.wire.write(this.#wholeFrame);
      return;
    }
    let missing: Uint8Array;
    try {
      missing = Y.encodeStateAsUpdate(this.#doc, stateVector);
    } catch (cause) {
      throw new BadFrame('a state vector that cannot be read', { cause });
    }
    const answer = frame(encodeSync('step2', missing));
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
    for (const member of this.members) this.#reportSaved(member);
    this.#deps.onCommitted(this);
  }

  #reportSaved(member: Member): void {
    const count = member.ledger?.committed(this.journal.committed) ?? null;
    if (count !== null) member.wire.write(frame(encodeSaved(count)));
  }

  #foreign(rows: readonly JournalRow[]): void {
    const effect = effectOf(this.#doc, () => {
      this.#doc.transact(() => {
        for (const row of rows) Y.applyUpdate(this.#doc, row.update);
      });
    });
    this.#advanced();
    if (effect === null) return;
    this.#wholeFrame = null;
    this.changedAt = rows.at(-1)?.at ?? this.changedAt;
    this.#outbox.addText(effect, null);
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
    const doc = await this.#reload();
    if (this.#closed) return;
    this.#doc.destroy();
    this.#doc = doc;
    this.#watchHead();
    this.#wholeFrame = null;
    this.#deferred = null;
    for (const member of this.members) member.wire.resume();
    for (const run of deferred) run();
  }

  async #reload(): Promise<Y.Doc> {
    for (;;) {
      try {
        await this.journal.whenSaved();
        const stored = await this.#deps.store.load(this.pieceId);
        if (stored !== null) return hydrate(stored);
        this.#deps.log.error({ pieceId: this.pieceId }, 'the piece is gone from the database');
      } catch (err) {
        this.#deps.log.error({ err, pieceId: this.pieceId }, 'cannot rebuild a document yet');
      }
      if (this.#closed) return new Y.Doc();
      await new Promise((resolve) => setTimeout(resolve, repairRetryMs));
    }
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
