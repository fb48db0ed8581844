import * as Y from 'yjs';
import type { RefusalReason } from '../../../shared/protocol/events.ts';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import { hasReached, reachOf, type Applied } from '../apply.ts';
import { PieceFull, type PlannedEdit } from '../engine.ts';
import type { Member } from '../member.ts';
import { isNews } from '../permission.ts';
import type { Bound, LargeUpdate } from '../ports.ts';
import { onlyTidies } from '../tidy/tidying.ts';
import { readUpdate, type Decoded } from '../updates/read-update.ts';
import { isComplete, partOf } from '../updates/update-parts.ts';
import type { OthersWords } from './others-words.ts';
import {
  NeedsSlices,
  nothing,
  tellNotKept,
  type Refusal,
  type SyncMessage,
  type Taken,
} from './outcome.ts';
import type { Refused, Told } from './refusals.ts';
import { mostStray, type Taking } from './taking.ts';
import { waitsForTooMuch, waitsOf } from './waiting.ts';

/** What is known of how an update came. */
interface How {
  readonly typed: boolean;
  /** As `OthersWords` has it. */
  readonly relaysFirst: boolean;
}

/**
 * What becomes of each update that is sent to a room: it is applied in the name of whoever wrote it,
 * or refused and kept (P2, R4). All methods throw `BadFrame` where it can be neither. Of large ones
 * it is told in large-writing.ts.
 */
export class Writing {
  readonly others: OthersWords;
  readonly #taking: Taking;

  constructor(taking: Taking) {
    this.others = taking.others;
    this.#taking = taking;
  }

  /** An update of somebody who may write. */
  write(member: Member, { type, update }: SyncMessage): Taken | Refusal {
    const read = this.#taking.read(update);
    const author = member.person.id;
    if (this.#taking.isDear(read)) throw new NeedsSlices();
    const typed = type === 'update';
    const relays = this.others.relays(type);
    const relaysFirst = this.others.relaysFirst(type);
    const foreign = this.#taking.authorship.foreign(this.#taking.doc, author, read);
    const outcome =
      foreign === null
        ? this.#takeParts(member, update, read, { typed, relaysFirst })
        : this.#writeParts(member, read, foreign, { typed, relays, relaysFirst });
    return 'refused' in outcome ? outcome : this.#taking.taken(outcome, read);
  }

  /** An update of somebody who may not write. What is here already is no attempt to do so. */
  readOnly(
    member: Member,
    { type, update: sent }: SyncMessage,
    reason: RefusalReason = 'may_not_edit',
  ): Taken | Refusal {
    const all = this.#taking.read(sent);
    if (member.credential.readOnly) return this.#byReadOnlyToken(member, all);
    const author = member.person.id;
    let [update, read] = [sent, all];
    const foreign = this.others.relays(type)
      ? this.#taking.authorship.foreign(this.#taking.doc, author, all)
      : null;
    if (foreign !== null) {
      this.others.passOn(author, all, foreign);
      const own = partOf(all, (client) => !foreign.has(client), true);
      if (own === null) return { refused: reachOf(all) };
      [update, read] = [own, readUpdate(own)];
    }
    if (!isNews(this.#taking.doc, read) || onlyTidies(this.#taking.doc, read)) {
      return foreign === null ? this.#taking.taken(nothing, read) : { refused: reachOf(all) };
    }
    this.#taking.refuse({ author, update, reason }, read, member);
    // Made a writer, they send it again; or an owner applies it. Of deletions the document does not
    // tell whether it holds them.
    return { refused: this.#taking.adds(all) ? reachOf(all) : null };
  }

  /**
   * What a read-only token brings is no edit of its person's, who gave it to a program that reads: it is
   * kept nowhere, and passed on for nobody. Its client is told.
   */
  #byReadOnlyToken(member: Member, read: Decoded): Taken | Refusal {
    const doc = this.#taking.doc;
    if (!isNews(doc, read) || onlyTidies(doc, read)) return this.#taking.taken(nothing, read);
    tellNotKept(member);
    return { refused: this.#taking.adds(read) ? reachOf(read) : null };
  }

  /** An update of somebody who is not here any more. */
  refuse(refused: Omit<Refused, 'clientId'>, told: Told | null): void {
    const read = this.#taking.read(refused.update);
    if (!isNews(this.#taking.doc, read)) return;
    if (!onlyTidies(this.#taking.doc, read)) this.#taking.refuse(refused, read, told);
  }

  /**
   * A refused edit, as it was planned for the document as it is now (engine.ts). Throws `PieceFull`, and
   * `BadFrame` where it breaks off.
   */
  applyPlanned(author: string, { update, bound }: Pick<PlannedEdit, 'update' | 'bound'>): void {
    const read = readUpdate(update);
    if (this.#taking.isTooMuch(author, update, read, true)) throw new PieceFull();
    this.#taking.apply(update, read, { member: null, author, bound: this.claimed(bound) });
  }

  /** Throws `PieceFull` where a refused edit is too much for the piece. */
  checkPlanned(author: string, update: Uint8Array, large: LargeUpdate | null): void {
    const isTooMuch =
      large === null
        ? this.#taking.isTooMuch(author, update, readUpdate(update), true)
        : this.#taking.isLargeTooMuch(author, large, true);
    if (isTooMuch) throw new PieceFull();
  }

  /** The same of one that is put in slice by slice. Gives what is bound by it. */
  claimPlanned(
    author: string,
    { bound }: Pick<PlannedEdit, 'bound'>,
    large: LargeUpdate,
  ): readonly Bound[] {
    if (this.#taking.isLargeTooMuch(author, large, true)) throw new PieceFull();
    return this.claimed(bound);
  }

  /** Binds the clientIDs of a refused edit; gives those that are to be stored with it. */
  claimed(bound: readonly Bound[]): readonly Bound[] {
    const { authorship } = this.#taking;
    return bound.flatMap(({ clientId, userId }) => authorship.claimAs(clientId, userId));
  }

  /**
   * Parts an update that has words under others' clientIDs. Those are refused, and kept; where they can be
   * words that the server has lost, until their authors bring them.
   */
  #writeParts(
    member: Member,
    read: Decoded,
    foreign: ReadonlySet<number>,
    { typed, relays, relaysFirst }: How & { readonly relays: boolean },
  ): Applied | Refusal {
    const sender = member.person.id;
    if (relays) this.others.passOn(sender, read, foreign);
    else this.others.refuse(member, read, foreign);
    const update = partOf(read, (client) => !foreign.has(client), true);
    const own = update === null ? null : readUpdate(update);
    const applied =
      update === null || own === null
        ? nothing
        : this.#takeParts(member, update, own, { typed, relaysFirst });
    if (!relays) return { refused: null };
    // It is saved when others' words have come, and what of it builds on them with those.
    const reach = reachOf(read);
    if ('refused' in applied) return { refused: reach };
    return { ...applied, ahead: hasReached(this.#taking.doc, reach) ? null : reach };
  }

  /**
   * After a crash, words under a clientID that nobody is known to have may be another's first ones, whoever
   * brings them: they are taken, in nobody's name (A2). They may also be the sender's own, from a page that
   * they have closed: kept until they are confirmed, what somebody wrote on a train would be missing.
   */
  #takeParts(
    member: Member,
    update: Uint8Array,
    read: Decoded,
    { typed, relaysFirst }: How,
  ): Applied | Refusal {
    const sender = member.person.id;
    const nobodys = relaysFirst
      ? this.#taking.authorship.nobodys(this.#taking.doc, sender, read)
      : new Set<number>();
    if (nobodys.size === 0) return this.#take(member, update, read, typed);
    const theirs = partOf(read, (client) => nobodys.has(client), false);
    if (theirs === null || this.#taking.isTooMuch(sender, update, read, typed)) {
      return this.#take(member, update, read, typed);
    }
    this.#taking.tellsPlaces(read);
    const first = this.#taking.apply(theirs, readUpdate(theirs), {
      member,
      author: null,
      bound: [],
    });
    const rest = partOf(read, (client) => !nobodys.has(client), true);
    const second = rest === null ? nothing : this.#take(member, rest, readUpdate(rest), typed);
    if ('refused' in second) return second;
    const reach = reachOf(read);
    const ahead = hasReached(this.#taking.doc, reach) ? null : reach;
    return { ...second, kept: second.kept ?? first.kept, ahead };
  }

  /** What somebody wrote who may write, if the piece has room for it. */
  #take(member: Member, update: Uint8Array, read: Decoded, typed: boolean): Applied | Refusal {
    const author = member.person.id;
    const doc = this.#taking.doc;
    const waits = waitsOf(read, (client) => Y.getState(doc.store, client));
    if (waitsForTooMuch(doc, waits, update.length)) {
      if (update.length > mostStray && !this.#taking.adds(read)) {
        throw new BadFrame('deletions of words that nobody has');
      }
      this.#taking.refuse({ author, update, reason: 'piece_full' }, read, member);
      return { refused: reachOf(read) };
    }
    const follows = this.#taking.wroteTooMuch.has(member) && !isComplete(this.#taking.doc, read);
    if (follows || this.#taking.isTooMuch(author, update, read, typed)) {
      this.#taking.wroteTooMuch.add(member);
      this.#taking.refuse({ author, update, reason: 'piece_full' }, read, member);
      return { refused: reachOf(read) };
    }
    this.#taking.tellsPlaces(read);
    return this.#taking.apply(update, read, {
      member,
      author,
      bound: this.#taking.claim(author, read, typed),
    });
  }
}
