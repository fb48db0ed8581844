import * as Y from 'yjs';
import { BadFrame } from '../../../shared/protocol/messages.ts';
import type { Applied } from '../apply.ts';
import type { LargeUpdate } from '../ports.ts';
import { slicesOf } from '../state/cut.ts';
import { inTurns } from '../state/in-turns.ts';
import { packedAt } from '../state/packed.ts';
import { deletionsUpdate, type DeletedRanges } from '../updates/update-parts.ts';
import { costOf, deletable, mostOfTurn } from '../updates/cost.ts';
import { looksOfOne } from '../updates/looks.ts';

/** An update of more bytes than this is put into a document in slices; below it takes 10 ms, mostly (B1). */
export const largeUpdateBytes = 32 * 1024;
/** An update whose structs look at more items than this is none that a client has written: 3 s of looking. */
const mostLooks = 5_000_000;
/** Others have half of the event loop meanwhile. */
const rests = { rests: true };
/** An update of which so much is news is handed on and kept as it came. */
const mostlyNew = 0.9;

/** A slice of a large update. */
export interface LargeSlice {
  readonly update: Uint8Array;
  /** Which of its words a later slice deletes, as an update; empty: none. */
  readonly deletedLater: Uint8Array;
}

type Merge = (updates: readonly Uint8Array[]) => Promise<Uint8Array>;

/** What the slices of an update did together. */
export interface Together {
  readonly applied: Pick<Applied, 'effect' | 'kept' | 'more'>;
  /** How many letters they took away. */
  readonly removed: number;
}

/**
 * Puts an update into a document slice by slice, with turns of the event loop between (B1): `put` is
 * called with each of them. Whoever calls keeps others from the document meanwhile. Null: `stopped`,
 * which is asked before each slice and after the last, and the document may hold a part of the update;
 * so it may where this rejects.
 */
export async function putInSlices(
  doc: Y.Doc,
  large: Pick<LargeUpdate, 'own' | 'slices' | 'deletedLater'>,
  how: {
    /** One update that says what all of these do, made off the event loop. */
    readonly merge: Merge;
    put(slice: LargeSlice): Applied;
    stopped(): boolean;
  },
): Promise<Together | null> {
  const done: Applied[] = [];
  await inTurns(
    turnsOf(doc, large),
    (slice) => {
      if (!how.stopped()) done.push(how.put(slice));
    },
    rests,
  );
  if (how.stopped()) return null;
  const together = await join(how.merge, done, large.own);
  return how.stopped() ? null : together;
}

/** What Yjs cannot put in in one turn goes struct by struct, and deletions of much in parts. */
export function* turnsOf(
  doc: Y.Doc,
  { slices, deletedLater: later }: Pick<LargeUpdate, 'slices' | 'deletedLater'>,
): Generator<LargeSlice> {
  let looks = 0;
  for (let i = 0; i < slices.ends.length; i++) {
    const slice = packedAt(slices, i);
    const deletedLater = packedAt(later, i);
    const read = Y.decodeUpdate(slice);
    if (costOf(doc, read) <= mostOfTurn) {
      yield { update: slice, deletedLater };
      continue;
    }
    const structs = { structs: read.structs, ds: { clients: new Map() } };
    for (const update of slicesOf(structs, Y.encodeStateVector(doc), 1)) {
      const [struct] = Y.decodeUpdate(update).structs;
      looks += looksOfOne(doc, struct, mostLooks - looks);
      if (looks > mostLooks) {
        throw new BadFrame('words that look for their place among all others');
      }
      yield { update, deletedLater };
    }
    for (const update of deletionsInTurns(doc, read.ds.clients)) yield { update, deletedLater };
  }
}

/** Deletions in parts, by what is still to be deleted when each is asked for. */
export function* deletionsInTurns(doc: Y.Doc, deletions: DeletedRanges): Generator<Uint8Array> {
  for (const [client, ranges] of deletions) {
    for (const { clock, len } of ranges) {
      const all = clock + len;
      for (let from = clock; from < all;) {
        const list = doc.store.clients.get(client) ?? [];
        const { end } = deletable(list, { clock: from, len: all - from }, mostOfTurn);
        // What is not there yet waits together.
        const to = end > from ? end : all;
        yield deletionsUpdate({ clients: new Map([[client, [{ clock: from, len: to - from }]]]) });
        from = to;
      }
    }
  }
}

/** What they did together, merged off the event loop. `own`: the update that they are of. */
async function join(
  merge: Merge,
  slices: readonly Applied[],
  own: Uint8Array | null,
): Promise<Together> {
  const more = slices.some((slice) => slice.more);
  let [removed, bytes] = [0, 0];
  await inTurns(
    slices,
    ({ effect }) => {
      if (effect === null) return;
      removed += lettersRemoved(effect);
      bytes += effect.length;
    },
    rests,
  );
  // Nearly all of it was news: nothing is saved by leaving out the rest.
  if (own !== null && !more && bytes >= own.length * mostlyNew) {
    return { applied: { effect: own, kept: own, more }, removed };
  }
  const merged = async (updates: readonly (Uint8Array | null)[]) => {
    const some = updates.filter((update) => update !== null);
    return some.length < 2 ? (some[0] ?? null) : merge(some);
  };
  const effect = await merged(slices.map((slice) => slice.effect));
  const isSame = slices.every((slice) => slice.effect === slice.kept);
  const kept = isSame ? effect : await merged(slices.map((slice) => slice.kept));
  return { applied: { effect, kept, more }, removed };
}

function lettersRemoved(effect: Uint8Array): number {
  let removed = 0;
  for (const ranges of Y.decodeUpdate(effect).ds.clients.values()) {
    for (const { len } of ranges) removed += len;
  }
  return removed;
}
