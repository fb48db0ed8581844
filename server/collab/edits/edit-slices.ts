import * as Y from 'yjs';
import { applyUpdate, type Applied } from '../apply.ts';
import { Overloaded } from '../engine.ts';
import type { LargeUpdate } from '../ports.ts';
import { costOf, mostOfTurn } from '../updates/cost.ts';
import { readUpdate } from '../updates/read-update.ts';
import { largeUpdateBytes, putInSlices, type Together } from '../writing/put-in-slices.ts';
import type { EditsDeps } from './edits-deps.ts';

export interface PuttingIn {
  /** Why no more of it may be put in; null: nothing. */
  readonly stopped: () => Error | null;
  /** All of it is in. */
  readonly handOn: (applied: Pick<Applied, 'effect' | 'kept' | 'more'>, removed: number) => void;
}

/** Whether an update is put into a document in slices. Reading what is shorter takes 10 ms at most. */
export function isLarge(doc: Y.Doc, update: Uint8Array): boolean {
  return update.length > largeUpdateBytes || costOf(doc, readUpdate(update)) > mostOfTurn;
}

/** Edits that are too large for one turn of the event loop: read on a thread, and put in slice by slice (B1). */
export class EditSlices {
  readonly #deps: EditsDeps;

  constructor(deps: EditsDeps) {
    this.#deps = deps;
  }

  /** Reads a large update on a thread, for `asker`. Throws `Overloaded` where it builds on what is not there. */
  async read(asker: string, update: Uint8Array): Promise<LargeUpdate> {
    const known = Y.encodeStateVector(this.#deps.doc());
    const large = await this.#deps.work.readLarge(update, known, [], new Set([asker]));
    if (large.waits.words) throw new Overloaded();
    return large;
  }

  /**
   * The room waits already; it goes on when all is in, or, where this rejects, when nothing is.
   * @param asker - who waits for it, besides everybody in the room
   */
  async putIn(asker: string, large: LargeUpdate, { stopped, handOn }: PuttingIn): Promise<void> {
    const { pause, writing } = this.#deps;
    let together: Together | null;
    try {
      together = await this.put(asker, large, () => stopped() !== null);
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

  /** The same, and the room goes on waiting. Null: it was stopped. */
  async put(asker: string, large: LargeUpdate, stopped: () => boolean): Promise<Together | null> {
    const { queue, work } = this.#deps;
    const doc = this.#deps.doc();
    return putInSlices(doc, large, {
      merge: (updates) => work.merge(updates, new Set([asker, ...this.#deps.everybody()])),
      put: ({ update }) => {
        if (queue.stopped) throw new Overloaded();
        return applyUpdate(doc, update, null, readUpdate(update), false);
      },
      stopped,
    });
  }
}
