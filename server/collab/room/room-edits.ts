import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import { applyUpdate, DamagingUpdate, effectOf, type Applied } from '../apply.ts';
import type { Authorship } from '../writing/authorship.ts';
import {
  Overloaded,
  PieceFull,
  PieceLocked,
  type Applying,
  type Credit,
  type MadeEdit,
  type PlannedEdit,
  type PlanRefused,
} from '../engine.ts';
import type { PersonQueue } from '../fair/person-queue.ts';
import type { OpenNote } from '../rooms/open-note.ts';
import type { Askers, Bound, LargeUpdate, StateWork, VersionBefore } from '../ports.ts';
import { largeUpdateBytes, putInSlices } from '../writing/put-in-slices.ts';
import type { RoomJournal } from '../journal/room-journal.ts';
import type { RoomPause } from './room-pause.ts';
import { costOf, mostOfTurn } from '../updates/cost.ts';
import { grows } from '../updates/grows.ts';
import { readUpdate } from '../updates/read-update.ts';
import type { HandedOn } from '../writing/outcome.ts';
import { clientIdsOf } from '../writing/taking.ts';
import type { Writing } from '../writing/writing.ts';

/** How often a refused edit is planned while others write, before they have to wait. */
const mostPlans = 3;
/** How long they wait for it to be planned, in ms. */
const mostStillMs = 2_000;

export interface RoomEditsDeps {
  readonly work: StateWork;
  /** One large edit of each person is worked on at a time (B2). */
  readonly queue: PersonQueue;
  readonly pause: RoomPause;
  readonly authorship: Authorship;
  readonly writing: Writing;
  readonly journal: RoomJournal;
  doc(): Y.Doc;
  isClosed(): boolean;
  isLocked(): boolean;
  /** Nothing is edited before it is committed. */
  readonly note: OpenNote;
  /** Whose cursor goes by which clientID just now. */
  spoken(): readonly Bound[];
  /** Everybody who is in the room: all wait for what lets it wait. */
  everybody(): Askers;
  /** Resolves when it is known whether an update of so many bytes is too much for the piece. */
  measured(person: string, bytes: number): Promise<void>;
  /** Whether the piece has room for so many bytes more, as far as is known. */
  takes(bytes: number): boolean;
  /** The document holds a part of an edit; resolves when it is rebuilt. The room may be waiting. */
  repair(cause: unknown): Promise<void>;
  /** The document holds more than before. */
  advanced(): void;
  /** `removed`: how many letters the effect takes away, where that is known. */
  handOn(applied: Pick<Applied, 'effect' | 'kept' | 'more'>, by: HandedOn, removed?: number): void;
}

/**
 * What is edited in a room that comes by no connection: from outside, restored, accepted, or refused
 * once. What is large goes in slice by slice, as members' large updates do (B1): what members say waits
 * meanwhile, and when all of it is in, it is handed on and journalled as one edit.
 */
export class RoomEdits {
  readonly #deps: RoomEditsDeps;

  constructor(deps: RoomEditsDeps) {
    this.#deps = deps;
  }

  /** One edit, small enough for one turn of the event loop; resolves when it is committed (D2). */
  async edit(author: string | null, change: (doc: Y.Doc) => void): Promise<void> {
    while (this.#mustWait) await this.#whenReady();
    this.#check(author);
    const doc = this.#deps.doc();
    const effect = effectOf(doc, () => doc.transact(() => change(doc)));
    if (effect !== null) {
      const bound = this.#deps.authorship.claimAs(doc.clientID, null);
      const applied = { effect, kept: effect, more: false };
      this.#deps.handOn(applied, { member: null, author, bound, before: null });
    }
    await this.#deps.journal.whenSaved();
  }

  /** One that was made on a copy (engine.ts). */
  async merge(author: string, credit: Credit, edit: MadeEdit): Promise<boolean> {
    const { queue } = this.#deps;
    if (edit.update !== null) await this.#deps.measured(author, edit.update.length);
    while (this.#mustWait) await this.#whenReady();
    let done: boolean;
    if (edit.update === null || !isLarge(this.#deps.doc(), edit.update)) {
      this.#check(author);
      done = this.#mergeAtOnce(author, credit, edit);
    } else {
      const { update } = edit;
      done = false;
      await queue.run(author, async () => {
        done = await this.#mergeInSlices(author, credit, { ...edit, update });
      });
    }
    await this.#deps.journal.whenSaved();
    return done;
  }

  /**
   * Applies a refused edit as it is planned (engine.ts); resolves when it is committed. Where people
   * write while it is planned it is planned anew; at last they wait for it, for `mostStillMs` at most.
   */
  async applyRefused(by: Applying, plan: PlanRefused): Promise<void> {
    const { pause, note } = this.#deps;
    await note.settled();
    for (let tries = 0; tries < mostPlans; tries++) {
      await pause.whenSound();
      const planned = await this.#planned(by.asker, plan);
      if (!pause.sound || !this.#fits(planned)) continue;
      if (planned.large !== null) pause.begin();
      await this.#applyPlanned(by, planned);
      return;
    }
    await this.#standingStill(by, plan);
  }

  get #mustWait(): boolean {
    const { pause, note } = this.#deps;
    return !pause.sound || note.waits;
  }

  async #whenReady(): Promise<void> {
    await this.#deps.note.settled();
    await this.#deps.pause.whenSound();
  }

  #check(author: string | null): void {
    const stopped = this.#stopped(author);
    if (stopped !== null) throw stopped;
  }

  /**
   * What takes away as much as it brings is never too much, unless its words are under one more clientID than
   * may be. Before `still`, which is asked of what goes in.
   */
  #checkRoom({ userId }: Credit, { length }: Uint8Array, { grows, clientIds }: InEdit): void {
    if (!this.#deps.takes(length) && grows()) throw new PieceFull();
    const brought = { count: 1, clientIds, typed: true };
    const tooMany = this.#deps.authorship.hasTooMany(this.#deps.doc(), userId, brought);
    if (tooMany) throw new PieceFull();
  }

  #stopped(author: string | null): Error | null {
    if (this.#deps.isClosed()) return new Overloaded();
    return this.#deps.isLocked() && author !== null ? new PieceLocked() : null;
  }

  #mergeAtOnce(author: string, credit: Credit, { update, still }: MadeEdit): boolean {
    const doc = this.#deps.doc();
    if (update !== null) this.#checkRoom(credit, update, inEdit(update));
    if (!still(doc)) return false;
    if (update === null) return true;
    const effect = effectOf(doc, () => doc.transact(() => Y.applyUpdate(doc, update)));
    if (effect !== null) this.#merged(author, credit, { effect, kept: effect, more: false });
    return true;
  }

  async #mergeInSlices(
    author: string,
    credit: Credit,
    { update, still }: MadeEdit & { readonly update: Uint8Array },
  ): Promise<boolean> {
    const { pause } = this.#deps;
    while (!pause.sound) await pause.whenSound();
    this.#check(author);
    const large = await this.#read(author, update);
    while (!pause.sound) await pause.whenSound();
    this.#check(author);
    this.#checkRoom(credit, update, {
      grows: () => large.grows,
      clientIds: () => large.ends.keys(),
    });
    if (!still(this.#deps.doc())) return false;
    pause.begin();
    await this.#putIn(author, large, {
      stopped: () => this.#stopped(author),
      handOn: (applied, removed) => this.#merged(author, credit, applied, removed),
    });
    return true;
  }

  #merged(
    author: string,
    { clientId, userId, before }: Credit,
    applied: Pick<Applied, 'effect' | 'kept' | 'more'>,
    removed?: number,
  ): void {
    const bound = this.#deps.authorship.claimAs(clientId, userId);
    const version: VersionBefore | null =
      before === undefined ? null : { id: before, kind: 'restore', by: author };
    this.#deps.handOn(applied, { member: null, author, bound, before: version }, removed);
  }

  /** Reads a large update on a thread, for `asker`. Throws `Overloaded` where it builds on what is not there. */
  async #read(asker: string, update: Uint8Array): Promise<LargeUpdate> {
    const known = Y.encodeStateVector(this.#deps.doc());
    const large = await this.#deps.work.readLarge(update, known, [], new Set([asker]));
    if (large.waits.words) throw new Overloaded();
    return large;
  }

  /**
   * The room waits already; it goes on when all is in, or, where this rejects, when nothing is.
   * @param asker - who waits for it, besides everybody in the room
   */
  async #putIn(asker: string, large: LargeUpdate, { stopped, handOn }: PuttingIn): Promise<void> {
    const { pause, queue, work, writing } = this.#deps;
    const doc = this.#deps.doc();
    let together;
    try {
      together = await putInSlices(doc, large, {
        merge: (updates) => work.merge(updates, new Set([asker, ...this.#deps.everybody()])),
        put: ({ update }) => {
          if (queue.stopped) throw new Overloaded();
          return applyUpdate(doc, update, null, readUpdate(update), false);
        },
        stopped: () => stopped() !== null,
      });
      if (together === null) throw stopped() ?? new Overloaded();
    } catch (err) {
      if (this.#deps.isClosed()) pause.end();
      else await this.#deps.repair(err);
      throw err;
    }
    const { applied, removed } = together;
    pause.end(() => {
      if (applied.kept === null) return;
      handOn(applied, removed);
      writing.others.advanced();
    });
  }

  async #planned(asker: string, plan: PlanRefused): Promise<ReadPlan> {
    await this.#deps.journal.whenSaved();
    const planned = await plan(this.#deps.spoken());
    await this.#deps.measured(asker, planned.update.length);
    const large = isLarge(this.#deps.doc(), planned.update)
      ? await this.#read(asker, planned.update)
      : null;
    return { ...planned, large };
  }

  /** Whether the piece is what an edit was planned for. */
  #fits({ seq }: PlannedEdit): boolean {
    if (this.#deps.isClosed()) throw new Overloaded();
    if (this.#deps.isLocked()) throw new PieceLocked();
    return this.#deps.journal.settled && this.#deps.journal.seq === seq;
  }

  /** What is large finds the room waiting. */
  async #applyPlanned({ author, asker }: Applying, planned: ReadPlan): Promise<void> {
    const { writing, authorship, journal, pause } = this.#deps;
    const { large } = planned;
    if (large === null) writing.applyPlanned(author, planned);
    else {
      let bound: readonly Bound[];
      try {
        bound = writing.claimPlanned(author, planned, large);
      } catch (err) {
        pause.end();
        throw err;
      }
      await this.#putIn(asker, large, {
        stopped: () => this.#stopped(author),
        handOn: (applied, removed) =>
          this.#deps.handOn(applied, { member: null, author, bound }, removed),
      }).catch((err: unknown) => {
        authorship.unclaim(bound);
        if (!(err instanceof DamagingUpdate)) throw err;
        throw new BadFrame('an update that cannot be applied', { cause: err });
      });
    }
    this.#deps.advanced();
    await journal.whenSaved();
  }

  /** Plans and applies while what members send waits. */
  async #standingStill(by: Applying, plan: PlanRefused): Promise<void> {
    const { pause } = this.#deps;
    while (!pause.sound) await pause.whenSound();
    pause.begin();
    const late = new AbortController();
    let planned: ReadPlan;
    try {
      planned = await Promise.race([this.#planned(by.asker, plan), isLate(late.signal)]);
      if (!this.#fits(planned)) throw new Overloaded();
    } catch (err) {
      pause.end();
      throw err;
    } finally {
      late.abort();
    }
    if (planned.large !== null) await this.#applyPlanned(by, planned);
    else {
      const applied: Promise<void>[] = [];
      pause.end(() => applied.push(this.#applyPlanned(by, planned)));
      await Promise.all(applied);
    }
  }
}

/** What an edit comes to, read where it is asked. */
interface InEdit {
  readonly grows: () => boolean;
  readonly clientIds: () => Iterable<number>;
}

function inEdit(update: Uint8Array): InEdit {
  return {
    grows: () => grows(readUpdate(update)),
    clientIds: () => clientIdsOf(readUpdate(update)),
  };
}

interface PuttingIn {
  /** Why no more of it may be put in; null: nothing. */
  readonly stopped: () => Error | null;
  /** All of it is in. */
  readonly handOn: (applied: Pick<Applied, 'effect' | 'kept' | 'more'>, removed: number) => void;
}

/** With what a thread has read of it, where it is large. */
type ReadPlan = PlannedEdit & { readonly large: LargeUpdate | null };

/** Whether an update is put into a document in slices. Reading what is shorter takes 10 ms at most. */
function isLarge(doc: Y.Doc, update: Uint8Array): boolean {
  return update.length > largeUpdateBytes || costOf(doc, readUpdate(update)) > mostOfTurn;
}

/** Rejects after `mostStillMs`, unless it is not waited for any more. */
async function isLate(signal: AbortSignal): Promise<never> {
  await sleep(mostStillMs, undefined, { signal });
  throw new Overloaded();
}
