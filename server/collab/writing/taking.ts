import type * as Y from 'yjs';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import { applyUpdate, DamagingUpdate, putKeystroke, type Applied } from '../apply.ts';
import { Overloaded } from '../engine.ts';
import type { Member } from '../member.ts';
import type { Bound, LargeUpdate } from '../ports.ts';
import type { PieceSize } from '../room/piece-size.ts';
import { costOf, mostOfTurn } from '../updates/cost.ts';
import { placeOfKeystroke, readKeystroke } from '../updates/keystroke.ts';
import { readUpdate, type Decoded } from '../updates/read-update.ts';
import { contradicts, WaitingStructs } from '../updates/same-words.ts';
import { mayStandNowhere, standsNowhere } from '../updates/stands-nowhere.ts';
import { thrownAway } from '../updates/thrown-away.ts';
import { isNewStruct, type Authorship } from './authorship.ts';
import { OthersWords, type OthersWordsDeps } from './others-words.ts';
import type { HandedOn, Taken } from './outcome.ts';
import type { Refusals, Refused, Told } from './refusals.ts';
import { waitingDeletions } from './waiting-deletions.ts';

export interface TakingDeps extends OthersWordsDeps {
  readonly size: PieceSize;
  /** Whether words under a clientID may be taken now, without claiming it (C6). */
  isClaimed(clientId: number): boolean;
  handOn(applied: Pick<Applied, 'effect' | 'kept' | 'more'>, by: HandedOn): void;
  /** The document holds a part of an update, and has to be rebuilt. */
  damaged(cause: DamagingUpdate): void;
}

/**
 * Deletions of words that nobody has, above the bound (B3), are kept as a refused edit up to so many
 * bytes: a client may have made them before it was told of the words. More than that no client has made.
 */
export const mostStray = 4 * 1024;

/**
 * What an update has to pass to become a part of the document, and how it does: it is read, weighed,
 * claimed for its author, and applied. What is done with one that does not pass is told in writing.ts
 * and large-writing.ts.
 */
export class Taking {
  readonly authorship: Authorship;
  readonly refusals: Refusals;
  readonly others: OthersWords;
  /** Who has written something that was too much: what builds on it goes the same way. */
  readonly wroteTooMuch = new WeakSet<Member>();
  readonly #deps: TakingDeps;
  readonly #waiting = new WaitingStructs();

  constructor(deps: TakingDeps) {
    this.#deps = deps;
    this.authorship = deps.authorship;
    this.refusals = deps.refusals;
    this.others = new OthersWords(deps);
  }

  get doc(): Y.Doc {
    return this.#deps.doc();
  }

  /** Whether putting an update in is too much for one turn. */
  isDear(read: Decoded): boolean {
    return costOf(this.doc, read) > mostOfTurn;
  }

  /** What only takes words away is never too much. `typed`: as `claim` has it. */
  isTooMuch(author: string, update: Uint8Array, read: Decoded, typed: boolean): boolean {
    if (!this.#deps.size.takes(update.length) && this.adds(read)) return true;
    const clientIds = () => clientIdsOf(read);
    const brought = { count: read.structs.length, clientIds, typed };
    return this.authorship.hasTooMany(this.doc, author, brought);
  }

  /** The same of a large one, told by what a thread has read of it. */
  isLargeTooMuch(author: string, large: LargeUpdate, typed: boolean): boolean {
    const { own, firstNew, ends } = large;
    if (firstNew !== null && !this.#deps.size.takes(own?.length ?? 0)) return true;
    const brought = { count: ends.size, clientIds: () => ends.keys(), typed };
    return this.authorship.hasTooMany(this.doc, author, brought);
  }

  /** Whether an update has words that the document has not. */
  adds(read: Decoded): boolean {
    return read.structs.some((struct) => isNewStruct(this.doc, struct));
  }

  /** Takes the clientIDs with which an update has something new for its author (P2). */
  claim(author: string, read: Decoded, typed: boolean): readonly Bound[] {
    return this.authorship.claim(this.doc, author, read, typed);
  }

  /**
   * Takes what somebody types who may write, where it follows their last words in a place that nobody else
   * has written in: nothing of what follows here can then find fault with it, and it has no effect but
   * itself. Null: it has to go the long way, and nothing was done. A fifth of what that takes.
   */
  typed(member: Member, update: Uint8Array): Taken | null {
    const keystroke = readKeystroke(update);
    if (keystroke === null || this.wroteTooMuch.has(member)) return null;
    const author = member.person.id;
    if (this.authorship.ownerOf(keystroke.client) !== author) return null;
    if (!this.#deps.isClaimed(keystroke.client) || !this.#deps.size.takes(update.length))
      return null;
    const { doc } = this;
    if (waitingDeletions(doc).count > 0) return null;
    const place = placeOfKeystroke(doc, keystroke);
    if (place === null) return null;
    this.#guarded(() => putKeystroke(doc, keystroke, place, member));
    const effect = update.slice();
    this.#deps.handOn({ effect, kept: effect, more: false }, { member, author, bound: noneBound });
    this.others.advanced();
    return { kept: effect, ahead: null, inDoubt: false };
  }

  /** Applies an update and hands on what it did. Throws `BadFrame` where it breaks off. */
  apply(update: Uint8Array, read: Decoded, by: HandedOn): Applied {
    const applied = this.#guarded(() => applyUpdate(this.doc, update, by.member, read));
    if (applied.kept !== null) this.#deps.handOn(applied, by);
    this.others.advanced();
    return applied;
  }

  #guarded<T>(apply: () => T): T {
    try {
      return apply();
    } catch (err) {
      if (!(err instanceof DamagingUpdate)) throw err;
      this.#deps.damaged(err);
      throw new BadFrame('an update that cannot be applied', { cause: err });
    }
  }

  /** Reads what somebody has sent. Throws `BadFrame` where it cannot become a part of the document. */
  read(update: Uint8Array): Decoded {
    const read = readUpdate(update);
    if (standsNowhere(this.doc, read)) throw new BadFrame('words that stand nowhere');
    if (contradicts(this.doc, read, this.#waiting))
      throw new BadFrame('other words under ids that are taken');
    return read;
  }

  /**
   * Once it waits in the document, nobody would look again where a value stands. Its client comes back with
   * all that it has, by which that can be told.
   */
  tellsPlaces(read: Decoded): void {
    if (mayStandNowhere(this.doc, read)) throw new Overloaded();
  }

  /** What has become of an update that was applied. */
  taken({ kept, ahead }: Applied, read: Decoded): Taken {
    return { kept, ahead, inDoubt: ahead === null && thrownAway(this.doc, read) };
  }

  /** Keeps an update that is refused. */
  refuse(refused: Omit<Refused, 'clientId'>, read: Decoded, told: Told | null): void {
    const first = read.structs.find((struct) => isNewStruct(this.doc, struct));
    this.refusals.add({ ...refused, clientId: first?.id.client ?? 0 }, told);
  }
}

const noneBound: readonly Bound[] = [];

/** Whose words an update has, some of them more than once. */
export function* clientIdsOf({ structs }: Decoded): Generator<number> {
  for (const { id } of structs) yield id.client;
}
