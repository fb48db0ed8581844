import * as Y from 'yjs';
import { deletionsInTurns } from '../writing/put-in-slices.ts';
import { sliceOf, slicesOf } from '../state/cut.ts';
import { deletionsUpdate, type DeletedRanges } from '../updates/update-parts.ts';
import { costOf, mostOfTurn } from '../updates/cost.ts';
import type { Decoded } from '../updates/read-update.ts';

/**
 * Parts what is stored of a piece, so that no part takes more than a turn of the event loop when it is
 * put into the document (B1). Each part is made when it is asked for, by what the document holds then:
 * all that came before has to be in it.
 *
 * A large update that does too much is refused when it is sent (`turnsOf`). What is stored is put in
 * whatever it takes: an older build let it in, or many small updates did it together.
 */
export class OpeningParts {
  readonly #doc: Y.Doc;
  #dear = false;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Whether the last part is of something that takes more than a turn: others are let go first. */
  get areDear(): boolean {
    return this.#dear;
  }

  /** The parts of rows as they are stored. */
  *ofRows(updates: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const update of updates) {
      const read = Y.decodeUpdate(update);
      if (read.structs.length <= sliceOf) yield* this.#parts(update, read);
      else yield* this.ofSlices(slicesOf(read, Y.encodeStateVector(this.#doc)));
    }
  }

  /** The parts of slices that `cutUpdate` has made. */
  *ofSlices(slices: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const slice of slices) yield* this.#parts(slice, Y.decodeUpdate(slice));
  }

  *#parts(update: Uint8Array, read: Decoded): Generator<Uint8Array> {
    if (costOf(this.#doc, read) <= mostOfTurn) {
      this.#dear = false;
      yield update;
      return;
    }
    this.#dear = true;
    const { structs, ds } = read;
    if (structs.length === 0) yield* this.#deletions(ds.clients);
    else if (ds.clients.size === 0) yield* this.#halves(update, read);
    else {
      const words = { structs, ds: { clients: new Map() } };
      yield* this.ofSlices(slicesOf(words, noState));
      yield* this.#parts(deletionsUpdate(ds), { structs: [], ds });
    }
  }

  /** Halves, and halves of these, down to a single struct: one looks at 400,000 items in 0.1 s. */
  *#halves(update: Uint8Array, read: Decoded): Generator<Uint8Array> {
    if (read.structs.length === 1) yield update;
    else yield* this.ofSlices(slicesOf(read, noState, Math.ceil(read.structs.length / 2)));
  }

  /** What is not there yet stays one update: it waits together (B3). */
  *#deletions(deletions: DeletedRanges): Generator<Uint8Array> {
    const [here, ahead] = this.#byState(deletions);
    yield* deletionsInTurns(this.#doc, here);
    if (ahead.size > 0) yield deletionsUpdate({ clients: ahead });
  }

  #byState(deletions: DeletedRanges): [Ranges, Ranges] {
    const here: Ranges = new Map();
    const ahead: Ranges = new Map();
    for (const [client, ranges] of deletions) {
      const end = Y.getState(this.#doc.store, client);
      const upTo = ranges.map(({ clock, len }) => ({ clock, len: Math.min(len, end - clock) }));
      const past = ranges.map(({ clock, len }) => {
        const from = Math.max(clock, end);
        return { clock: from, len: clock + len - from };
      });
      const some = (list: Range[]) => list.filter(({ len }) => len > 0);
      if (some(upTo).length > 0) here.set(client, some(upTo));
      if (some(past).length > 0) ahead.set(client, some(past));
    }
    return [here, ahead];
  }
}

interface Range {
  clock: number;
  len: number;
}
type Ranges = Map<number, Range[]>;

/** For what has no deletions, it does not matter what is there. */
const noState = Y.encodeStateVector(new Map());
