import { setTimeout as sleep } from 'node:timers/promises';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import { DamagingUpdate } from '../apply.ts';
import {
  Overloaded,
  PieceLocked,
  type Applying,
  type PlannedEdit,
  type PlanRefused,
} from '../engine.ts';
import type { Bound, LargeUpdate } from '../ports.ts';
import { isNews } from '../permission.ts';
import { readUpdate } from '../updates/read-update.ts';
import { isLarge, type EditSlices } from './edit-slices.ts';
import type { EditsDeps } from './edits-deps.ts';
import { mostStillMs, type HeldEdit, type HeldEdits } from './held-edits.ts';

/** How often a refused edit is planned while others write, before they have to wait. */
const mostPlans = 3;

/** With what a thread has read of it, where it is large. */
type ReadPlan = PlannedEdit & { readonly large: LargeUpdate | null };

/**
 * Refused edits that an owner applies (R4): planned for the piece as it is, since what the owner was shown
 * is what happens (A1).
 */
export class RefusedEdits {
  readonly #deps: EditsDeps;
  readonly #slices: EditSlices;
  readonly #held: HeldEdits;

  constructor(deps: EditsDeps, slices: EditSlices, held: HeldEdits) {
    this.#deps = deps;
    this.#slices = slices;
    this.#held = held;
  }

  /**
   * Resolves when it is committed. Where people write while it is planned it is planned anew; at last they
   * wait for it, for `mostStillMs` at most.
   */
  async apply(by: Applying, plan: PlanRefused): Promise<void> {
    const { pause, note } = this.#deps;
    await note.settled();
    for (let tries = 0; tries < mostPlans && !this.#isHeld; tries++) {
      await pause.whenSound();
      const planned = await this.#planned(by.asker, plan);
      await this.#deps.measured(by.asker, planned.update.length);
      if (this.#isHeld) break;
      if (!pause.sound || !this.#fits(planned)) continue;
      if (planned.large !== null) pause.begin();
      await this.#applyPlanned(by, planned);
      return;
    }
    if (this.#isHeld) await this.#applyHeld(by, plan);
    else await this.#standingStill(by, plan);
  }

  /** To be asked when nothing is waited for any more: a server may have joined meanwhile. */
  get #isHeld(): boolean {
    return this.#deps.hasOthers() || this.#held.inDoubt;
  }

  /**
   * The same while other servers write in the piece, too. It is planned once before, so that nobody waits for
   * what cannot be done, and what was planned for the piece as it is then is made at once.
   */
  async #applyHeld(by: Applying, plan: PlanRefused): Promise<void> {
    const first = await this.#planned(by.asker, plan);
    await this.#deps.measured(by.asker, first.update.length);
    const isMade = await this.#held.make(async (seq) => {
      const planned = first.seq === seq ? first : await this.#planned(by.asker, plan);
      return planned.seq === seq ? this.#asHeld(by, planned) : null;
    });
    // Or the piece has all of it.
    if (!isMade && isNews(this.#deps.doc(), readUpdate(first.update))) throw new Overloaded();
  }

  async #planned(asker: string, plan: PlanRefused): Promise<ReadPlan> {
    await this.#deps.journal.whenSaved();
    const planned = await plan(this.#deps.spoken());
    const large = isLarge(this.#deps.doc(), planned.update)
      ? await this.#slices.read(asker, planned.update)
      : null;
    return { ...planned, large };
  }

  /** Whether the piece is what an edit was planned for. */
  #fits({ seq }: PlannedEdit): boolean {
    const stopped = this.#stopped();
    if (stopped !== null) throw stopped;
    return this.#deps.journal.settled && this.#deps.journal.seq === seq;
  }

  /** Null: the piece has all of it. */
  #asHeld({ author, asker }: Applying, planned: ReadPlan): HeldEdit | null {
    const { writing } = this.#deps;
    const { update, large } = planned;
    if (large === null && !isNews(this.#deps.doc(), readUpdate(update))) return null;
    return {
      author,
      ...{ asker, update, large, before: null },
      check: () => {
        const stopped = this.#stopped();
        if (stopped !== null) throw stopped;
        writing.checkPlanned(author, update, large);
      },
      claim: () => writing.claimed(planned.bound),
    };
  }

  #stopped(): Error | null {
    if (this.#deps.isClosed()) return new Overloaded();
    return this.#deps.isLocked() ? new PieceLocked() : null;
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
      await this.#slices
        .putIn(asker, large, {
          stopped: () => this.#stopped(),
          handOn: (applied, removed) =>
            this.#deps.handOn(applied, { member: null, author, bound }, removed),
        })
        .catch((err: unknown) => {
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
      if (this.#isHeld || !this.#fits(planned)) throw new Overloaded();
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

/** Rejects after `mostStillMs`, unless it is not waited for any more. */
async function isLate(signal: AbortSignal): Promise<never> {
  await sleep(mostStillMs, undefined, { signal });
  throw new Overloaded();
}
