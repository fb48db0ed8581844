import * as Y from 'yjs';
import type { Letters } from './letters.ts';

/** Letters that were written by one insertion, right before others. */
interface Insertion {
  readonly client: number;
  readonly clock: number;
  readonly rightOrigin: Y.ID;
  /** Positions, by clock. */
  readonly positions: number[];
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
      if (struct instanceof Y.Item && open !== null && goesOn(open, struct)) {
        note(open, struct, letters);
        continue;
      }
      if (open !== null) settle(open, letters, sources);
      open = struct instanceof Y.Item ? begin(struct, letters) : null;
    }
    if (open !== null) settle(open, letters, sources);
  }
  return sources;
}

function begin(item: Y.Item, letters: Letters): Insertion | null {
  const { rightOrigin, parentSub } = item;
  const { client, clock } = item.id;
  if (rightOrigin === null || parentSub !== null || !item.countable) return null;
  const target = letters.at(rightOrigin.client, rightOrigin.clock);
  const own = letters.at(client, clock);
  // Most of what there is: it was written before what stood there, or still does.
  if (target < 0 || own < 0 || !hadGone(letters, target, own)) return null;
  const insertion = { client, clock, rightOrigin, positions: [] };
  note(insertion, item, letters);
  return insertion;
}

function goesOn({ client, clock, rightOrigin, positions }: Insertion, item: Y.Item): boolean {
  const next = clock + positions.length;
  return (
    item.id.clock === next &&
    item.countable &&
    item.origin !== null &&
    Y.compareIDs(item.origin, Y.createID(client, next - 1)) &&
    Y.compareIDs(item.rightOrigin, rightOrigin)
  );
}

function note({ positions }: Insertion, item: Y.Item, letters: Letters): void {
  const { client, clock } = item.id;
  for (let i = 0; i < item.length; i++) positions.push(letters.at(client, clock + i));
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

/** Whether a letter had gone when another came, or went in the row that brought it. */
function hadGone({ birth, death }: Letters, target: number, own: number): boolean {
  const gone = death[target] ?? -1;
  return gone >= 0 && gone <= (birth[own] ?? -1);
}
