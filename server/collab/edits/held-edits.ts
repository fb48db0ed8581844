import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { effectOf } from '../apply.ts';
import { NoSuchPiece, Overloaded, PieceLocked } from '../engine.ts';
import type { HeldRow } from '../journal/room-journal.ts';
import type { Bound, HeldAppend, LargeUpdate, VersionBefore } from '../ports.ts';
import { inTurns } from '../state/in-turns.ts';
import { packedAt, type Packed } from '../state/packed.ts';
import { removedBy } from '../updates/removed.ts';
import type { EditSlices } from './edit-slices.ts';
import type { EditsDeps } from './edits-deps.ts';

/** How long people may have to wait for an edit that is made for the piece as it is, in ms. */
export const mostStillMs = 2_000;
/** So long it is tried anew where it could not be looked at in that time: people go on between two tries. */
const mostTryingMs = 10_000;
/** How long that may take while others cannot commit, in ms. */
const mostReachMs = 500;

/** An edit for the piece as it is, and for no other. */
export interface HeldEdit {
  readonly author: string;
  /** Who waits for it. */
  readonly asker: string;
  readonly update: Uint8Array;
  /** What a thread has read of it; null: it is small. */
  readonly large: LargeUpdate | null;
  /** A version that is to be kept of what was there before. */
  readonly before: VersionBefore | null;
  /** Throws where it may not be made. */
  check(): void;
  /** Binds its clientIDs; gives those that are to be stored with it. */
  claim(): readonly Bound[];
}

/** Gives the edit for the piece after the row of this number, which the document holds; null: there is none. */
export type MakeHeld = (seq: number) => Promise<HeldEdit | null>;

/** An edit, and its row. */
interface Made {
  readonly edit: HeldEdit;
  readonly seq: number;
  readonly row: HeldRow & {
    readonly bound: readonly Bound[];
    readonly before: VersionBefore | null;
  };
}

interface Trial {
  /** For which the room waits (`RoomPause.turn`). */
  readonly turn: number | null;
  /** Nobody waits for it any more. */
  isLate: boolean;
  /** The last row that the journal had. */
  seq: number;
  made: Made | null;
}

/**
 * Edits that hold only for the piece as it is (A1: what an owner approves is what happens), while several
 * servers write in it. The journal of the piece is held, so that no server commits anything between; the
 * document gets all that it has; then the edit is looked at, and committed before it is put in. What members
 * send here waits for these few ms, what they send elsewhere is handed on and saved a little later.
 *
 * Rejected: an append that fails where another server was faster, tried again and again: two who type as
 * fast as they can on two servers let nothing through. And putting it in first, as where a server is alone:
 * while the database fails nobody could say whether it is in the piece, and people would wait for that (D4).
 */
export class HeldEdits {
  readonly #deps: EditsDeps;
  readonly #slices: EditSlices;
  #inDoubt = false;

  constructor(deps: EditsDeps, slices: EditSlices) {
    this.#deps = deps;
    this.#slices = slices;
  }

  /**
   * Whether an edit may have been committed that is not in the document: it is not known, and may come later
   * still. Only who holds the journal knows what the piece is.
   */
  get inDoubt(): boolean {
    return this.#inDoubt;
  }

  /**
   * Resolves when it is committed; false: `make` gave none. Rejects with what `make` and `check` reject with,
   * with `PieceLocked`, and with `Overloaded` where there is no time for it, or the database does not answer:
   * then it may have been done.
   */
  async make(make: MakeHeld): Promise<boolean> {
    const { pause, note } = this.#deps;
    const from = performance.now();
    do {
      while (!pause.sound || note.waits) {
        await note.settled();
        await pause.whenSound();
      }
      pause.begin({ whole: true });
      try {
        return await this.#try(make);
      } catch (err) {
        if (!(err instanceof Behind)) throw err;
        // Whoever has waited comes first; and so does what others wrote, large as it may be.
        await nextTurn();
        await this.#deps.journal.reach(err.seq);
      }
    } while (performance.now() - from < mostTryingMs);
    throw new Overloaded();
  }

  /** The room waits until this ends. */
  async #try(make: MakeHeld): Promise<boolean> {
    const { pause, authorship, journal } = this.#deps;
    const trial: Trial = { turn: pause.turn, isLate: false, seq: 0, made: null };
    const holding = this.#hold(make, trial);
    let held: HeldAppend;
    try {
      held = await inTime(holding);
    } catch (err) {
      trial.isLate = true;
      const { made } = trial;
      if (made !== null) {
        authorship.unclaim(made.row.bound);
        this.#inDoubt = true;
        // If it is committed after all, it is read as another server's row is.
        const committed = async () => (await holding) === 'appended' && journal.reach(made.seq);
        // Who holds the journal next finds it, and the next look at it, too (C2).
        committed().catch(() => undefined);
      }
      if (pause.turn === trial.turn) pause.end();
      if (err instanceof Late && made === null) throw new Behind(trial.seq);
      throw err instanceof Late ? new Overloaded(err.message) : err;
    }
    const { made } = trial;
    if (held === 'appended' && made !== null) {
      if (pause.turn === trial.turn) await this.#putIn(made, trial);
      // It was rebuilt meanwhile: then it is read as another server's row is.
      else await journal.reach(made.seq);
      return true;
    }
    if (made !== null) authorship.unclaim(made.row.bound);
    if (pause.turn === trial.turn) pause.end();
    if (held === 'locked') throw new PieceLocked();
    if (held === 'gone') throw new NoSuchPiece(journal.pieceId);
    return false;
  }

  async #hold(make: MakeHeld, trial: Trial): Promise<HeldAppend> {
    const { journal } = this.#deps;
    // What members wrote before it comes before it.
    await journal.whenSaved();
    return journal.appendHeld(async (seq) => {
      trial.seq = seq;
      await Promise.race([journal.reach(seq), isBehind(seq)]);
      this.#check(trial);
      // Whatever was under way has ended before the journal could be held.
      this.#inDoubt = false;
      const edit = await make(seq);
      if (edit === null) return null;
      const { author, update, large } = edit;
      const removed =
        large === null
          ? removedBy(this.#deps.doc(), Y.decodeUpdate(update))
          : await this.#removedBy(large.slices);
      this.#check(trial);
      edit.check();
      const before = edit.before ?? this.#deps.versionBefore(author, removed);
      const row = { author, at: new Date(), update, bound: edit.claim(), before };
      trial.made = { edit, seq: seq + 1, row };
      return row;
    });
  }

  /** The room still waits for it, and the document is what the journal has. */
  #check({ turn, isLate, seq }: Trial): void {
    const { pause, journal } = this.#deps;
    if (this.#deps.isClosed()) throw new Overloaded();
    if (isLate || pause.turn !== turn || !journal.settled) throw new Behind(seq);
  }

  async #removedBy(slices: Packed): Promise<number> {
    let removed = 0;
    await inTurns(slices.ends.keys(), (i) => {
      removed += removedBy(this.#deps.doc(), Y.decodeUpdate(packedAt(slices, i)));
    });
    return removed;
  }

  async #putIn({ edit, seq, row }: Made, { turn }: Trial): Promise<void> {
    const { pause, journal, writing } = this.#deps;
    const { author, at, update, before } = row;
    pause.break();
    let effect: Uint8Array | null;
    try {
      effect =
        edit.large === null
          ? this.#putAtOnce(update)
          : await this.#putSlices(edit.asker, edit.large);
    } catch (err) {
      if (this.#deps.isClosed()) {
        if (pause.turn === turn) pause.end();
        return;
      }
      // The journal has it, and so has what is built from that.
      await this.#deps.repair(err);
      effect = update;
    }
    const handOn = () => {
      if (this.#deps.isClosed()) return;
      journal.tookHeld({ seq, author, at, update });
      this.#deps.handOnCommitted(effect, at, before);
      writing.others.advanced();
    };
    // Where it was rebuilt, people go on already.
    if (pause.turn === turn) pause.end(handOn);
    else pause.onceSound(handOn);
  }

  /** While the room waits, nothing is tidied up after it: that is done when nobody writes. */
  #putAtOnce(update: Uint8Array): Uint8Array | null {
    const doc = this.#deps.doc();
    return effectOf(doc, () => doc.transact(() => Y.applyUpdate(doc, update)));
  }

  async #putSlices(asker: string, large: LargeUpdate): Promise<Uint8Array | null> {
    const together = await this.#slices.put(asker, large, () => this.#deps.isClosed());
    return together?.applied.effect ?? null;
  }
}

/** It could not be looked at while people waited: what others write was not here in time. */
class Behind extends Error {
  /** Of the last row that is to be here; 0: it is not known. */
  readonly seq: number;

  constructor(seq: number) {
    super();
    this.seq = seq;
  }
}

class Late extends Error {
  constructor() {
    super('It could not be saved in time; look whether it was');
  }
}

async function isBehind(seq: number): Promise<never> {
  await sleep(mostReachMs, null, { ref: false });
  throw new Behind(seq);
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new AbortController();
  const isLate = sleep(mostStillMs, null, { signal: late.signal }).then(() => {
    throw new Late();
  });
  try {
    return await Promise.race([work, isLate]);
  } finally {
    late.abort();
    isLate.catch(() => undefined);
  }
}
