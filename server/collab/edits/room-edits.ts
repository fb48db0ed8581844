import * as Y from 'yjs';
import { effectOf, type Applied } from '../apply.ts';
import {
  Overloaded,
  PieceFull,
  PieceLocked,
  type Applying,
  type Credit,
  type MadeEdit,
  type PlanRefused,
} from '../engine.ts';
import type { LargeUpdate, VersionBefore } from '../ports.ts';
import { grows } from '../updates/grows.ts';
import { readUpdate } from '../updates/read-update.ts';
import { clientIdsOf } from '../writing/taking.ts';
import { EditSlices, isLarge } from './edit-slices.ts';
import type { EditsDeps } from './edits-deps.ts';
import { HeldEdits } from './held-edits.ts';
import { RefusedEdits } from './refused-edits.ts';

/**
 * What is edited in a room that comes by no connection: from outside, restored, accepted, or refused
 * once. What is large goes in slice by slice, as members' large updates do (B1): what members say waits
 * meanwhile, and when all of it is in, it is handed on and journalled as one edit.
 */
export class RoomEdits {
  readonly #deps: EditsDeps;
  readonly #slices: EditSlices;
  readonly #held: HeldEdits;
  readonly #refused: RefusedEdits;

  constructor(deps: EditsDeps) {
    this.#deps = deps;
    this.#slices = new EditSlices(deps);
    this.#held = new HeldEdits(deps, this.#slices);
    this.#refused = new RefusedEdits(deps, this.#slices, this.#held);
  }

  /** Whether the document may lack what is committed, though no other server is there. */
  get inDoubt(): boolean {
    return this.#held.inDoubt;
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
    const { update, still } = edit;
    if (update !== null) await this.#deps.measured(author, update.length);
    while (this.#mustWait) await this.#whenReady();
    let done = false;
    if (update !== null && isLarge(this.#deps.doc(), update)) {
      await this.#deps.queue.run(author, async () => {
        this.#check(author);
        const large = await this.#slices.read(author, update);
        done =
          still !== null && this.#isHeld
            ? await this.#mergeHeld(author, credit, { update, still, large })
            : await this.#mergeInSlices(author, credit, { update, still, large });
      });
    } else if (update !== null && still !== null && this.#isHeld) {
      done = await this.#mergeHeld(author, credit, { update, still, large: null });
    } else {
      this.#check(author);
      done = this.#mergeAtOnce(author, credit, edit);
    }
    await this.#deps.journal.whenSaved();
    return done;
  }

  /** Applies a refused edit as it is planned (engine.ts); resolves when it is committed. */
  applyRefused(by: Applying, plan: PlanRefused): Promise<void> {
    return this.#refused.apply(by, plan);
  }

  /** To be asked when nothing is waited for any more: a server may have joined meanwhile. */
  get #isHeld(): boolean {
    return this.#deps.hasOthers() || this.inDoubt;
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
    if (still !== null && !still(doc)) return false;
    if (update === null) return true;
    const effect = effectOf(doc, () => doc.transact(() => Y.applyUpdate(doc, update)));
    if (effect !== null) this.#merged(author, credit, { effect, kept: effect, more: false });
    return true;
  }

  async #mergeInSlices(
    author: string,
    credit: Credit,
    { update, still, large }: ReadEdit & { readonly large: LargeUpdate },
  ): Promise<boolean> {
    const { pause } = this.#deps;
    while (!pause.sound) await pause.whenSound();
    if (still !== null && this.#isHeld) {
      return this.#mergeHeld(author, credit, { update, still, large });
    }
    this.#check(author);
    this.#checkRoom(credit, update, {
      grows: () => large.grows,
      clientIds: () => large.ends.keys(),
    });
    if (still !== null && !still(this.#deps.doc())) return false;
    pause.begin();
    await this.#slices.putIn(author, large, {
      stopped: () => this.#stopped(author),
      handOn: (applied, removed) => this.#merged(author, credit, applied, removed),
    });
    return true;
  }

  /** The same where other servers write in the piece, too. */
  async #mergeHeld(author: string, credit: Credit, edit: StillEdit): Promise<boolean> {
    const { authorship } = this.#deps;
    const { update, still, large } = edit;
    const brings =
      large === null
        ? inEdit(update)
        : { grows: () => large.grows, clientIds: () => large.ends.keys() };
    const check = () => {
      this.#check(author);
      this.#checkRoom(credit, update, brings);
    };
    return this.#held.make(async () => {
      check();
      if (!still(this.#deps.doc())) return null;
      return {
        author,
        ...{ asker: author, update, large, check },
        before: versionOf(author, credit),
        claim: () => authorship.claimAs(credit.clientId, credit.userId),
      };
    });
  }

  #merged(
    author: string,
    credit: Credit,
    applied: Pick<Applied, 'effect' | 'kept' | 'more'>,
    removed?: number,
  ): void {
    const { clientId, userId } = credit;
    const bound = this.#deps.authorship.claimAs(clientId, userId);
    const before = versionOf(author, credit);
    this.#deps.handOn(applied, { member: null, author, bound, before }, removed);
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

/** With what a thread has read of it; null: it is small. */
interface ReadEdit extends MadeEdit {
  readonly update: Uint8Array;
  readonly large: LargeUpdate | null;
}

/** One that was made for the piece as it is. */
interface StillEdit extends ReadEdit {
  readonly still: NonNullable<MadeEdit['still']>;
}

function versionOf(by: string, { before }: Credit): VersionBefore | null {
  return before === undefined ? null : { id: before, kind: 'restore', by };
}
