import * as Y from 'yjs';
import type { RefusalReason } from '../../../shared/protocol/events.ts';
import type { Applied } from '../apply.ts';
import { Overloaded } from '../engine.ts';
import type { PersonQueue } from '../fair/person-queue.ts';
import type { Member } from '../member.ts';
import type { Askers, Bound, LargeUpdate, StateWork } from '../ports.ts';
import type { Claims } from '../replication/claims.ts';
import type { LargeWriting } from './large-writing.ts';
import { putInSlices, type Together } from './put-in-slices.ts';
import type { Refused, Told } from './refusals.ts';
import type { RoomPause } from '../room/room-pause.ts';
import { inTurns } from '../state/in-turns.ts';
import { packedAt } from '../state/packed.ts';
import { readsTheSameWithout } from '../tidy/tidying.ts';
import type { HandedOn, Refusal, SyncMessage, Taken } from './outcome.ts';

interface WhatIf {
  readonly isEdit: boolean;
  /** As `Taken` has it. */
  readonly inDoubt: boolean;
}

/** Others have half of the event loop meanwhile. */
const rests = { rests: true };

/** What large updates need of their room. */
export interface LargeUpdatesDeps {
  readonly work: StateWork;
  /** One large update of each person is worked on at a time (B2). */
  readonly queue: PersonQueue;
  readonly writing: LargeWriting;
  readonly claims: Claims;
  readonly pause: RoomPause;
  doc(): Y.Doc;
  isClosed(): boolean;
  isHere(member: Member): boolean;
  /** Everybody who is in the room. */
  everybody(): Askers;
  /** Why somebody may not write now; null: they may. */
  mayNot(member: Member): RefusalReason | null;
  /** The document holds a part of an update; resolves when it is rebuilt. The room may be waiting. */
  repair(cause: unknown): Promise<void>;
  handOn(together: Together, by: HandedOn): void;
  account(member: Member, outcome: Taken | Refusal, update: Uint8Array): void;
}

/**
 * Large updates (B1): those of who may write are read on a thread, judged as a whole, and put into the
 * document slice by slice, with turns of the event loop between. What others say in the piece waits
 * meanwhile, so nobody can build on a half of it. When all of it is in, it is handed on and journalled
 * as what it is: one edit, in one row (A1, D2). Where it breaks off, or its sender's right ends, the
 * document is rebuilt without it. Those of others are looked at slice by slice, and kept.
 */
export class LargeUpdates {
  readonly #deps: LargeUpdatesDeps;

  constructor(deps: LargeUpdatesDeps) {
    this.#deps = deps;
  }

  /** The update may be a view. Rejects with `BadFrame` where it cannot be applied (R3). */
  async receive(member: Member, { type, update: view }: SyncMessage): Promise<void> {
    const update = view.slice();
    await this.#deps.queue.run(member.person.id, () => this.#take(member, { type, update }));
  }

  async #take(member: Member, { type, update }: SyncMessage): Promise<void> {
    const { claims } = this.#deps;
    const large = await this.#read(member, { type, update });
    // From here until the room waits, nothing else may come in between.
    while (!this.#deps.pause.sound) await this.#deps.pause.whenSound();
    if (large === null || this.#deps.isClosed() || !this.#deps.isHere(member)) return;
    const mayNot = this.#deps.mayNot(member);
    const bringer = claims.bringer(member.person.id, type);
    const clientIds = mayNot === null ? claims.missingOf(large.ends.keys(), bringer) : null;
    if (clientIds !== null) {
      // Another server may take words under them (C6). That takes time, and all may be otherwise then.
      await claims.settle({ ...bringer, clientIds }, () => this.#deps.isHere(member));
      await this.#take(member, { type, update });
      return;
    }
    if (mayNot !== null) {
      const outcome = await this.#readOnly(member, type, large, mayNot);
      if (this.#deps.isHere(member)) this.#deps.account(member, outcome, update);
      return;
    }
    const judged = this.#deps.writing.judge(member, type, large);
    if (judged !== null) this.#deps.account(member, judged, update);
    else await this.#putIn(member, { type, update }, large);
  }

  /** Null: nobody waits for it any more. */
  async #read(member: Member, { type, update }: SyncMessage): Promise<LargeUpdate | null> {
    const { work, writing, pause } = this.#deps;
    const read = async (foreign: readonly number[]) => {
      // A part of somebody else's update may yet be taken back.
      while (!pause.sound) await pause.whenSound();
      const known = Y.encodeStateVector(this.#deps.doc());
      const large = await work.readLarge(update, known, foreign, new Set([member.person.id]));
      while (!pause.sound) await pause.whenSound();
      return !this.#deps.isClosed() && this.#deps.isHere(member) ? large : null;
    };
    const large = await read([]);
    if (large === null) return null;
    // What somebody may not write is refused as it came; but after a crash it may hold others' words.
    const relays = writing.others.relays(type) && !member.credential.readOnly;
    if (this.#deps.mayNot(member) !== null && !relays) return large;
    const foreign = writing.foreignIn(member, large);
    return foreign.size === 0 ? large : read([...foreign]);
  }

  /**
   * Keeps a large update of somebody who is not here any more, where it is news. Rejects with `Overloaded`
   * where the room is closed meanwhile: nothing that is given to it then is stored.
   */
  async refuse(refused: Omit<Refused, 'clientId'>, told: Told | null): Promise<void> {
    const { work, queue, writing, pause } = this.#deps;
    await queue.run(refused.author, async () => {
      while (!pause.sound) await pause.whenSound();
      if (this.#deps.isClosed()) throw new Overloaded();
      const known = Y.encodeStateVector(this.#deps.doc());
      const askers = new Set([refused.author]);
      const large = await work.readLarge(refused.update, known, [], askers);
      const { isEdit } = await this.#whatIf(large);
      if (this.#deps.isClosed()) throw new Overloaded();
      if (isEdit) writing.keep(refused, large, told);
    });
  }

  /** What becomes of one of somebody who may not write. What is here already is no attempt to do so. */
  async #readOnly(
    member: Member,
    type: SyncMessage['type'],
    large: LargeUpdate,
    reason: RefusalReason,
  ): Promise<Taken | Refusal> {
    const { writing } = this.#deps;
    if (!member.credential.readOnly) writing.others.setAside(member, type, large);
    const { isEdit, inDoubt } = await this.#whatIf(large);
    if (isEdit) writing.refuseLarge(member, large, reason);
    // Of deletions the document does not tell whether it holds them.
    if (isEdit || large.others.length > 0)
      return { refused: large.ends.size > 0 ? large.reach : null };
    return { kept: null, ahead: null, inDoubt };
  }

  /**
   * Whether the own part of an update would change how anything reads. What has no new words is looked
   * at slice by slice, while others write: what they take away meanwhile is no news any more.
   */
  async #whatIf({ own, firstNew, waits, slices, deletedLater }: LargeUpdate): Promise<WhatIf> {
    if (own === null) return { isEdit: false, inDoubt: false };
    if (firstNew !== null || waits.words) return { isEdit: true, inDoubt: false };
    const { writing, pause } = this.#deps;
    for (;;) {
      while (!pause.sound) await pause.whenSound();
      const doc = this.#deps.doc();
      const marks = new Set<Y.Item>();
      let [isEdit, inDoubt] = [false, false];
      const look = (i: number) => {
        if (isEdit || this.#deps.isClosed()) return;
        const slice = { update: packedAt(slices, i), deletedLater: packedAt(deletedLater, i) };
        const found = writing.look(slice);
        for (const mark of found.marks ?? []) marks.add(mark);
        isEdit = found.marks === null;
        inDoubt ||= found.inDoubt;
      };
      await inTurns(slices.ends.keys(), look, rests);
      isEdit ||= !readsTheSameWithout(marks);
      // Of a part of somebody else's update nothing can be told.
      if (this.#deps.isClosed() || (pause.sound && this.#deps.doc() === doc)) {
        return { isEdit, inDoubt };
      }
    }
  }

  async #putIn(member: Member, { type, update }: SyncMessage, large: LargeUpdate): Promise<void> {
    const { writing, pause, queue, work } = this.#deps;
    const author = writing.authorOf(member, type, large);
    pause.begin();
    const bound: Bound[] = [];
    const how = { typed: type === 'update', bound, waits: large.waits.words };
    const done: (Applied & Pick<Taken, 'inDoubt'>)[] = [];
    try {
      // Words that wait are not handed on.
      const own = large.waits.words ? null : large.own;
      const together = await putInSlices(
        this.#deps.doc(),
        { ...large, own },
        {
          merge: (updates) =>
            work.merge(updates, new Set([member.person.id, ...this.#deps.everybody()])),
          put: (slice) => {
            // It is not saved, and comes again (D5).
            if (queue.stopped) throw new Overloaded();
            const put = writing.putSlice(member, slice, how);
            done.push(put);
            return put;
          },
          stopped: () => this.#stopped(member) !== null,
        },
      );
      if (together === null) {
        writing.unclaim(bound);
        if (this.#deps.isClosed()) pause.end();
        else await this.#takeBack(member, update, large);
        return;
      }
      pause.end(() => {
        if (together.applied.kept !== null) {
          this.#deps.handOn(together, { member, author, bound });
          writing.others.advanced();
        }
        const taken: Taken = {
          kept: together.applied.kept,
          ahead: done.some((one) => one.ahead !== null) ? large.reach : null,
          inDoubt: done.some(({ inDoubt }) => inDoubt),
        };
        this.#deps.account(member, writing.outcomeOf(type, large, taken), update);
      });
    } catch (err) {
      writing.unclaim(bound);
      if (this.#deps.isClosed()) {
        pause.end();
        return;
      }
      void this.#deps.repair(err);
      throw err;
    }
  }

  /** Why no more of it may be put in. */
  #stopped(member: Member): RefusalReason | null {
    if (this.#deps.isClosed() || !this.#deps.isHere(member)) return 'right_withdrawn';
    return this.#deps.mayNot(member);
  }

  /** A right has ended meanwhile: it is as if it had ended before, and what was sent is kept (R4). */
  async #takeBack(member: Member, update: Uint8Array, large: LargeUpdate): Promise<void> {
    const reason = this.#stopped(member) ?? 'right_withdrawn';
    await this.#deps.repair(new Error('a right has ended while an update was put in'));
    if (this.#deps.isClosed()) return;
    this.#deps.writing.refuseLarge(member, large, reason);
    if (this.#deps.isHere(member)) {
      this.#deps.account(member, { refused: large.others.length > 0 ? null : large.reach }, update);
    }
  }
}
