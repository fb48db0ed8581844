import * as Y from 'yjs';
import { never, type Letters } from './letters.ts';

/** Letters that were written by one insertion, right before others. */
interface Insertion {
  readonly client: number;
  readonly clock: number;
  readonly rightOrigin: Y.ID;
  /** The row that brought it. */
  readonly birth: number;
  /** Positions, by clock. */
  readonly positions: number[];
}

/** Letters of an item that one row brought: clocks `clock` to `end`. */
interface Part {
  readonly item: Y.Item;
  readonly clock: number;
  readonly end: number;
  readonly birth: number;
}

/**
 * For each letter the one that it is put back for, by position; -1: none. What Yjs undoes or redoes, it
 * writes anew right before what was deleted, as an insertion of its own. Nobody types there: who
 * types comes to stand behind all that is deleted. Restored text is written likewise (restore.ts). So
 * where a whole insertion stands right before letters that have gone, and says the same, it is those
 * letters, of whatever length. Nobody gains by imitating it: what one can have said so is what is
 * left when one deletes the rest.
 */
export function undoneBy(doc: Y.Doc, letters: Letters): Int32Array {
  const sources = new Int32Array(letters.count).fill(-1);
  for (const structs of doc.store.clients.values()) {
    let open: Insertion | null = null;
    for (const struct of structs) {
      for (const part of partsOf(struct, letters)) {
        if (open !== null && goesOn(open, part)) {
          note(open, part, letters);
          continue;
        }
        if (open !== null) settle(open, letters, sources);
        open = begin(part, letters);
      }
    }
    if (open !== null) settle(open, letters, sources);
  }
  return sources;
}

/**
 * An insertion is of one row; an item need not be: Yjs joins what was deleted side by side, also where
 * it was written at different times. Empty where nothing can be put back.
 */
function partsOf(struct: Y.Item | Y.GC, letters: Letters): Part[] {
  if (!(struct instanceof Y.Item) || !struct.countable) return [];
  const { rightOrigin, parentSub, length } = struct;
  const { client, clock } = struct.id;
  if (rightOrigin === null || parentSub !== null) return [];
  // Most of what there is: it was written before what still stands there.
  const target = letters.at(rightOrigin.client, rightOrigin.clock);
  if (target < 0 || !hasGone(letters, target)) return [];
  const own = letters.at(client, clock);
  const births = own < 0 ? new Int32Array(0) : letters.birth.subarray(own, own + length);
  const parts: Part[] = [];
  let from = 0;
  births.forEach((birth, i) => {
    if (births[i + 1] === birth) return;
    parts.push({ item: struct, clock: clock + from, end: clock + i + 1, birth });
    from = i + 1;
  });
  return parts;
}

function begin(part: Part, letters: Letters): Insertion | null {
  const { client } = part.item.id;
  const { rightOrigin } = part.item;
  if (rightOrigin === null) return null;
  const target = letters.at(rightOrigin.client, rightOrigin.clock);
  const own = letters.at(client, part.clock);
  if (target < 0 || own < 0 || !hadGone(letters, target, own)) return null;
  const insertion = { client, clock: part.clock, rightOrigin, birth: part.birth, positions: [] };
  note(insertion, part, letters);
  return insertion;
}

function goesOn(insertion: Insertion, { item, clock, birth }: Part): boolean {
  const { client, rightOrigin, positions } = insertion;
  const next = insertion.clock + positions.length;
  // Inside an item, a letter's origin is the one before it.
  const origin = clock > item.id.clock ? Y.createID(client, clock - 1) : item.origin;
  return (
    clock === next &&
    birth === insertion.birth &&
    origin !== null &&
    Y.compareIDs(origin, Y.createID(client, next - 1)) &&
    Y.compareIDs(item.rightOrigin, rightOrigin)
  );
}

function note({ positions }: Insertion, { item, clock, end }: Part, letters: Letters): void {
  for (let at = clock; at < end; at++) positions.push(letters.at(item.id.client, at));
}

function settle(
  { rightOrigin, positions }: Insertion,
  letters: Letters,
  sources: Int32Array,
): void {
  const targets = positions.map((_, i) => letters.at(rightOrigin.client, rightOrigin.clock + i));
  const isSame = positions.every((own, i) => {
    const target = targets[i] ?? -1;
    return (
      own >= 0 &&
      target >= 0 &&
      letters.code[own] === letters.code[target] &&
      hadGone(letters, target, own)
    );
  });
  if (!isSame) return;
  positions.forEach((own, i) => {
    sources[own] = targets[i] ?? -1;
  });
}

function hasGone({ death }: Letters, target: number): boolean {
  const gone = death[target] ?? never;
  return gone >= 0 && gone !== never;
}

/** Whether a letter had gone when another came, or went in the row that brought it. */
function hadGone({ birth, death }: Letters, target: number, own: number): boolean {
  const gone = death[target] ?? -1;
  return gone >= 0 && gone <= (birth[own] ?? -1);
}
