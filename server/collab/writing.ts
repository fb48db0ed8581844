import type * as Y from 'yjs';
import { BadFrame, type ClientMessage } from '../../shared/protocol/messages.ts';
import {
  applyUpdate,
  DamagingUpdate,
  reachAhead,
  reachOf,
  type Applied,
  type Reach,
} from './apply.ts';
import { isNewStruct, type Authorship } from './authorship.ts';
import { PieceFull } from './engine.ts';
import type { Member } from './member.ts';
import { isNews } from './permission.ts';
import type { Bound, VersionBefore } from './ports.ts';
import type { RefusalReason } from '../../shared/protocol/events.ts';
import type { Refusals, Refused, Told } from './refusals.ts';
import { onlyTidies } from './tidying.ts';
import type { PieceSize } from './piece-size.ts';
import { isComplete, partOf } from './update-parts.ts';
import { readUpdate, type Decoded } from './updates/read-update.ts';
import { contradicts, WaitingStructs } from './updates/same-words.ts';
import { standsNowhere } from './updates/stands-nowhere.ts';
import { thrownAway } from './updates/thrown-away.ts';

export type SyncMessage = Extract<ClientMessage, { readonly update: Uint8Array }>;

/** An effect that is to be handed on and journalled. */
export interface HandedOn {
  /** Whose words they are; null: the server's. */
  readonly author: string | null;
  /** The connection that they came by; null: none. */
  readonly member: Member | null;
  readonly bound: readonly Bound[];
  /** A version that is to be kept of what was there before. */
  readonly before?: VersionBefore | null;
}

/** A message that was taken. */
export interface Taken extends Pick<Applied, 'kept' | 'ahead'> {
  /** The document has thrown words of it away, and cannot tell whether it has ever had these. */
  readonly inDoubt: boolean;
}

/** A message that was refused, in whole or in part. */
export interface Refusal {
  /** How far the document has to come to hold it after all; null: that would not tell. */
  readonly refused: Reach | null;
}

export interface WritingDeps {
  readonly authorship: Authorship;
  readonly refusals: Refusals;
  readonly size: PieceSize;
  /** Whether the server that had the piece open before did not get to its end. */
  readonly afterCrash: boolean;
  doc(): Y.Doc;
  handOn(applied: Pick<Applied, 'effect' | 'kept' | 'more'>, by: HandedOn): void;
  /** The document holds a part of an update, and has to be rebuilt. */
  damaged(cause: DamagingUpdate): void;
}

/** Clients come back within seconds of a crash; a lid that was shut may take a little longer. */
const relayMs = 600_000;
const nothing: Applied = { effect: null, kept: null, ahead: null, more: false };

/**
 * What becomes of each update that is sent to a room: it is applied in the name of whoever wrote it,
 * or refused and kept (P2, R4). All methods throw `BadFrame` where it can be neither.
 */
export class Writing {
  readonly #deps: WritingDeps;
  /** Until when others' words in a client's state may be ones that a crash took from the server. */
  readonly #relaysUntil: number;
  /** Who has written something that was too much: what builds on it goes the same way. */
  readonly #wroteTooMuch = new WeakSet<Member>();
  readonly #waiting = new WaitingStructs();

  constructor(deps: WritingDeps) {
    this.#deps = deps;
    this.#relaysUntil = deps.afterCrash ? performance.now() + relayMs : 0;
  }

  /** An update of somebody who may write. */
  write(member: Member, { type, update }: SyncMessage): Taken | Refusal {
    const read = this.#read(update);
    const author = member.person.id;
    // After a crash, what a client has may be all that is left of others' words.
    const typed = type === 'update';
    const relays = !typed && performance.now() < this.#relaysUntil;
    const foreign = this.#deps.authorship.foreign(this.#deps.doc(), author, read);
    const outcome =
      foreign === null
        ? this.#take(member, update, read, typed)
        : this.#writeParts(member, read, foreign, { typed, relays });
    return 'refused' in outcome ? outcome : this.#taken(outcome, read);
  }

  /** An update of somebody who may not write. What is here already is no attempt to do so. */
  readOnly(
    member: Member,
    { update }: SyncMessage,
    reason: RefusalReason = 'may_not_edit',
  ): Taken | Refusal {
    const read = this.#read(update);
    if (!isNews(this.#deps.doc(), update, read) || onlyTidies(this.#deps.doc(), read)) {
      return this.#taken(nothing, read);
    }
    this.#refuse({ author: member.person.id, update, reason }, read, member);
    // Made a writer, they send it again; or an owner applies it. Of deletions the document does not
    // tell whether it holds them.
    return { refused: this.#adds(read) ? reachOf(read) : null };
  }

  /** An update of somebody who is not here any more. */
  refuse(refused: Omit<Refused, 'clientId'>, told: Told | null): void {
    const read = this.#read(refused.update);
    if (!isNews(this.#deps.doc(), refused.update, read)) return;
    if (!onlyTidies(this.#deps.doc(), read)) this.#refuse(refused, read, told);
  }

  /**
   * A refused edit, in its author's name. False: it builds on words that are not here, or its author
   * has written others since under the same ids. Throws `PieceFull`.
   */
  applyRefused(author: string, update: Uint8Array): boolean {
    const read = readUpdate(update);
    if (!isComplete(this.#deps.doc(), read) || this.#contradicts(read)) return false;
    if (this.#isTooMuch(update, read)) throw new PieceFull();
    this.#apply(update, read, { member: null, author, bound: this.#claim(author, read, true) });
    return true;
  }

  /** Reads what somebody has sent. Throws `BadFrame` where it cannot become a part of the document. */
  #read(update: Uint8Array): Decoded {
    const read = readUpdate(update);
    if (standsNowhere(this.#deps.doc(), read)) throw new BadFrame('words that stand nowhere');
    if (this.#contradicts(read)) throw new BadFrame('other words under ids that are taken');
    return read;
  }

  #contradicts(read: Decoded): boolean {
    return contradicts(this.#deps.doc(), read, this.#waiting);
  }

  /**
   * Parts an update that has words under others' clientIDs. Those are taken where they can be words
   * that the server has lost, and refused otherwise.
   */
  #writeParts(
    member: Member,
    read: Decoded,
    foreign: ReadonlySet<number>,
    { typed, relays }: { readonly typed: boolean; readonly relays: boolean },
  ): Applied | Refusal {
    const sender = member.person.id;
    for (const clientId of foreign) {
      const update = partOf(read, (client) => client === clientId, false);
      if (update === null) continue;
      const theirs = readUpdate(update);
      if (relays) {
        const author = this.#deps.authorship.claimantOf(clientId) ?? null;
        this.#apply(update, theirs, { member, author, bound: [] });
      } else {
        this.#refuse({ author: sender, update, reason: 'not_your_client_id' }, theirs, member);
      }
    }
    const update = partOf(read, (client) => !foreign.has(client), true);
    const own = update === null ? null : readUpdate(update);
    const applied =
      update === null || own === null ? nothing : this.#take(member, update, own, typed);
    if (!relays) return { refused: null };
    // Others' words may build on what is not here, too.
    if ('refused' in applied) return { refused: reachOf(read) };
    return { ...applied, ahead: reachAhead(this.#deps.doc(), read) };
  }

  #taken({ kept, ahead }: Applied, read: Decoded): Taken {
    return { kept, ahead, inDoubt: ahead === null && thrownAway(this.#deps.doc(), read) };
  }

  /** What somebody wrote who may write, if the piece has room for it. */
  #take(member: Member, update: Uint8Array, read: Decoded, typed: boolean): Applied | Refusal {
    const author = member.person.id;
    const follows = this.#wroteTooMuch.has(member) && !isComplete(this.#deps.doc(), read);
    if (follows || this.#isTooMuch(update, read)) {
      this.#wroteTooMuch.add(member);
      this.#refuse({ author, update, reason: 'piece_full' }, read, member);
      return { refused: reachOf(read) };
    }
    return this.#apply(update, read, { member, author, bound: this.#claim(author, read, typed) });
  }

  /** What only takes words away is never too much. */
  #isTooMuch(update: Uint8Array, read: Decoded): boolean {
    return !this.#deps.size.takes(update.length) && this.#adds(read);
  }

  #adds(read: Decoded): boolean {
    return read.structs.some((struct) => isNewStruct(this.#deps.doc(), struct));
  }

  #claim(author: string, read: Decoded, typed: boolean): readonly Bound[] {
    return this.#deps.authorship.claim(this.#deps.doc(), author, read, typed);
  }

  #apply(update: Uint8Array, read: Decoded, by: HandedOn): Applied {
    let applied: Applied;
    try {
      applied = applyUpdate(this.#deps.doc(), update, by.member, read);
    } catch (err) {
      if (!(err instanceof DamagingUpdate)) throw err;
      this.#deps.damaged(err);
      throw new BadFrame('an update that cannot be applied', { cause: err });
    }
    if (applied.kept !== null) this.#deps.handOn(applied, by);
    return applied;
  }

  #refuse(refused: Omit<Refused, 'clientId'>, read: Decoded, told: Told | null): void {
    const first = read.structs.find((struct) => isNewStruct(this.#deps.doc(), struct));
    this.#deps.refusals.add({ ...refused, clientId: first?.id.client ?? 0 }, told);
  }
}
