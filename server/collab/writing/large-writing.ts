import * as Y from 'yjs';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import type { RefusalReason } from '../../../shared/protocol/events.ts';
import { applyUpdate, hasReached, type Applied } from '../apply.ts';
import { Overloaded } from '../engine.ts';
import type { Member } from '../member.ts';
import type { Bound, LargeUpdate } from '../ports.ts';
import { marksIn } from '../tidy/tidying.ts';
import { costOfParts, mostOfTurn } from '../updates/cost.ts';
import { looksOf } from '../updates/looks.ts';
import { thrownAway } from '../updates/thrown-away.ts';
import type { OthersWords } from './others-words.ts';
import { nothing, tellNotKept, type Refusal, type SyncMessage, type Taken } from './outcome.ts';
import type { LargeSlice } from './put-in-slices.ts';
import type { Refused, Told } from './refusals.ts';
import { mostStray, type Taking } from './taking.ts';
import { waitsForTooMuch } from './waiting.ts';

/**
 * What becomes of a large update (large-update.ts), told by what a thread has read of it: it is judged
 * as a whole, and put in or looked at slice by slice (P2, R4, B1).
 */
export class LargeWriting {
  readonly others: OthersWords;
  readonly #taking: Taking;

  constructor(taking: Taking) {
    this.others = taking.others;
    this.#taking = taking;
  }

  /** The clientIDs of others with which a large update has something new. */
  foreignIn(member: Member, { ends }: LargeUpdate): Set<number> {
    return this.#taking.authorship.foreignOf(this.#taking.doc, member.person.id, ends);
  }

  /**
   * What becomes of a large update of somebody who may write, before any of it is applied: as
   * `Writing.write` has it, told by what is known of the whole. Null: its slices are to be put in.
   */
  judge(member: Member, type: SyncMessage['type'], large: LargeUpdate): Taken | Refusal | null {
    const author = this.authorOf(member, type, large);
    const doc = this.#taking.doc;
    this.others.setAside(member, type, large);
    const { own, waits, firstNew, reach } = large;
    if (own === null) return this.outcomeOf(type, large, { ...nothing, inDoubt: false });
    const waitsTooMuch = waitsForTooMuch(doc, waits, own.length);
    if (waitsTooMuch && own.length > mostStray && firstNew === null) {
      throw new BadFrame('deletions of words that nobody has');
    }
    const follows = this.#taking.wroteTooMuch.has(member) && (waits.words || waits.deletions > 0);
    const tooMuch = () => {
      this.refuseLarge(member, large, 'piece_full');
      return { refused: large.others.length > 0 && !this.others.relays(type) ? null : reach };
    };
    if (waitsTooMuch) return tooMuch();
    if (follows || this.#taking.isLargeTooMuch(member.person.id, large, type === 'update')) {
      this.#taking.wroteTooMuch.add(member);
      return tooMuch();
    }
    if (!waits.words) return null;
    // It is short, and nearly all of it is only set aside; but it may delete much of what is there.
    const read = this.#taking.read(own);
    this.#taking.tellsPlaces(read);
    if (looksOf(doc, read, mostOfTurn) > mostOfTurn) {
      throw new BadFrame('words that look for their place among all others');
    }
    // Words that wait look for their places when they come.
    if (costOfParts(doc, read) > mostOfTurn) return null;
    // Somebody may have written with one of its clientIDs since a thread has read it (A2).
    const { authorship } = this.#taking;
    if (authorship.foreign(doc, member.person.id, read) !== null) throw new Overloaded();
    const bound = this.#taking.claim(member.person.id, read, type === 'update');
    const by = { member, author, bound };
    return this.outcomeOf(type, large, this.#taking.taken(this.#taking.apply(own, read, by), read));
  }

  /**
   * In whose name a large update goes in. After a crash, one with words under a clientID that nobody is
   * known to have is in nobody's, all of it: they may be another's first ones, and it has one row (A2).
   */
  authorOf(member: Member, type: SyncMessage['type'], { ends }: LargeUpdate): string | null {
    const sender = member.person.id;
    if (!this.others.relaysFirst(type)) return sender;
    return this.#taking.authorship.hasNobodys(this.#taking.doc, sender, ends) ? null : sender;
  }

  /** What has become of a large update whose own part came to this. */
  outcomeOf(type: SyncMessage['type'], large: LargeUpdate, own: Taken): Taken | Refusal {
    if (large.others.length === 0) return own;
    if (!this.others.relays(type)) return { refused: null };
    return {
      ...own,
      ahead: large.reach === null || hasReached(this.#taking.doc, large.reach) ? null : large.reach,
    };
  }

  /** Keeps the own part of a large update. */
  refuseLarge(member: Member, large: LargeUpdate, reason: RefusalReason): void {
    if (large.own === null) return;
    if (member.credential.readOnly) tellNotKept(member);
    else this.keep({ author: member.person.id, update: large.own, reason }, large, member);
  }

  /** Keeps a large update that is refused. */
  keep(refused: Omit<Refused, 'clientId'>, { firstNew }: LargeUpdate, told: Told | null): void {
    this.#taking.refusals.add({ ...refused, clientId: firstNew ?? 0 }, told);
  }

  /**
   * Puts a slice of a large update into the document and hands nothing on. `bound`: takes what it claims;
   * `waits`: whether words of the update are to wait.
   * Throws `BadFrame`; the document may hold a part of it then.
   */
  putSlice(
    member: Member,
    { update, deletedLater }: LargeSlice,
    { typed, bound, waits }: { typed: boolean; bound: Bound[]; waits: boolean },
  ): Applied & Pick<Taken, 'inDoubt'> {
    const read = this.#taking.read(update);
    const doc = this.#taking.doc;
    const author = member.person.id;
    const { authorship } = this.#taking;
    if (authorship.foreign(doc, author, read) !== null) throw new Overloaded();
    bound.push(...this.#taking.claim(author, read, typed));
    let applied: Applied;
    try {
      applied = applyUpdate(doc, update, member, read, false);
    } catch (cause) {
      throw new BadFrame('an update that cannot be applied', { cause });
    }
    if (!waits && read.structs.length > 0 && applied.ahead !== null) {
      throw new BadFrame('an update that builds on itself');
    }
    const ds = deletedLater.length === 0 ? read.ds : Y.decodeUpdate(deletedLater).ds;
    return { ...applied, inDoubt: thrownAway(doc, { ...read, ds }) };
  }

  /**
   * What a slice of a large update without new words would take away, were it put in: marks, or (null)
   * something else too. Throws `BadFrame`.
   */
  look({ update, deletedLater }: LargeSlice): {
    readonly marks: Set<Y.Item> | null;
    readonly inDoubt: boolean;
  } {
    const read = this.#taking.read(update);
    const doc = this.#taking.doc;
    const ds = deletedLater.length === 0 ? read.ds : Y.decodeUpdate(deletedLater).ds;
    return { marks: marksIn(doc, read.ds), inDoubt: thrownAway(doc, { ...read, ds }) };
  }

  /** Takes back what slices claimed that were not taken after all. */
  unclaim(bound: readonly Bound[]): void {
    this.#taking.authorship.unclaim(bound);
  }
}
