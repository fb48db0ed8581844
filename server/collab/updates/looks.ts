import * as Y from 'yjs';
import type { SharedType } from './deletions.ts';
import type { Decoded, Struct } from './read-update.ts';
import { byClient, structAt, type Structs } from './structs.ts';

type Side = 'origin' | 'rightOrigin';

/**
 * Counts the items that Yjs may look at to find the places of an update's items, up to `most`: for each
 * of them all that stands between its neighbours. Who types has nothing between them; who wrote where
 * others wrote at the same time, those words. Neighbours that the update brings along count as standing
 * where their own do, so it is too low by the update's own items at most, and mostly too high.
 */
export function looksOf(doc: Y.Doc, read: Decoded, most: number): number {
  const neighbours = new Neighbours(doc, read);
  let looks = 0;
  for (const struct of read.structs) {
    if (!(struct instanceof Y.Item)) continue;
    if (struct.id.clock + struct.length <= Y.getState(doc.store, struct.id.client)) continue;
    const left = neighbours.stored(struct, 'origin');
    const right = neighbours.stored(struct, 'rightOrigin');
    if (left !== null && left === right) continue;
    const ways = between(neighbours.typeOf(struct), struct, left, right);
    while (ways.next().done !== true) if (++looks > most) return looks;
  }
  return looks;
}

/**
 * How many items of an update may look for their place among the update's own: each that does not follow
 * what its client wrote just before, among all others. 30 kB can be 3,000 of them, and 200 ms.
 */
export function looksAmongOwn({ structs }: Decoded): number {
  let apart = 0;
  for (const struct of structs) if (struct instanceof Y.Item && !followsOn(struct)) apart++;
  return (apart * structs.length) / 2;
}

/** Whether an item stands right behind what its client wrote just before. */
export function followsOn({ id, origin }: Y.Item): boolean {
  return origin?.client === id.client && origin.clock === id.clock - 1;
}

/** How many Yjs does look at for one item whose neighbours are in the document, up to `most`. */
export function looksOfOne(doc: Y.Doc, item: Struct | undefined, most: number): number {
  if (!(item instanceof Y.Item)) return 0;
  const [left, right] = [storedAt(doc, item.origin), storedAt(doc, item.rightOrigin)];
  if (left !== null && left === right) return 0;
  const seen = new Set<Y.Item>();
  let looks = 0;
  for (const other of between(typeOf(doc, item), item, left, right)) {
    if (++looks > most) break;
    seen.add(other);
    if (item.parentSub !== null || Y.compareIDs(item.origin, other.origin)) continue;
    const behind = storedAt(doc, other.origin);
    if (behind === null || !seen.has(behind)) break;
  }
  return looks;
}

class Neighbours {
  readonly #doc: Y.Doc;
  readonly #own: Structs;
  readonly #known = {
    origin: new Map<Struct, Y.Item | null>(),
    rightOrigin: new Map<Struct, Y.Item | null>(),
  };

  readonly #types = new Map<Struct, SharedType | null>();

  constructor(doc: Y.Doc, read: Decoded) {
    this.#doc = doc;
    this.#own = byClient(read);
  }

  /** The item of the document that an item of the update stands behind, or before. */
  stored(item: Y.Item, side: Side): Y.Item | null {
    const known = this.#known[side];
    const way: Y.Item[] = [];
    let found: Y.Item | null = null;
    for (let at: Struct | undefined = item; at instanceof Y.Item;) {
      const before = known.get(at);
      if (before !== undefined) {
        found = before;
        break;
      }
      // What builds on itself comes here a second time.
      known.set(at, null);
      way.push(at);
      const id: Y.ID | null = at[side];
      if (id === null) break;
      found = storedAt(this.#doc, id);
      if (found !== null) break;
      at = structAt(this.#own, id);
    }
    for (const one of way) known.set(one, found);
    return found;
  }

  /** What an item stands in. Of those that build on each other only the first says it. */
  typeOf(item: Y.Item): SharedType | null {
    const way: Y.Item[] = [];
    let found: SharedType | null = null;
    for (let at: Struct | undefined = item; at instanceof Y.Item;) {
      const before = this.#types.get(at);
      if (before !== undefined) {
        found = before;
        break;
      }
      // What builds on itself comes here a second time.
      this.#types.set(at, null);
      way.push(at);
      if (at.parent !== null) {
        found = typeOf(this.#doc, at);
        break;
      }
      at = this.#ownAt(at.rightOrigin) ?? this.#ownAt(at.origin);
    }
    for (const one of way) this.#types.set(one, found);
    return found;
  }

  #ownAt(id: Y.ID | null): Struct | undefined {
    return id === null ? undefined : structAt(this.#own, id);
  }
}

function storedAt(doc: Y.Doc, id: Y.ID | null): Y.Item | null {
  const struct = id === null ? undefined : structAt(doc.store.clients, id);
  return struct instanceof Y.Item ? struct : null;
}

/** What stands between two neighbours, or, of a key of a map without a left one, all its values. */
function* between(
  home: SharedType | null,
  item: Y.Item,
  left: Y.Item | null,
  right: Y.Item | null,
): Generator<Y.Item> {
  const type = home ?? (right?.parent instanceof Y.AbstractType ? right.parent : null);
  if (left === null && item.parentSub !== null) {
    for (let at = type?._map.get(item.parentSub) ?? null; at !== null; at = at.left) yield at;
    return;
  }
  const first = left === null ? (type?._start ?? null) : left.right;
  for (let at = first; at !== null && at !== right; at = at.right) yield at;
}

function typeOf(doc: Y.Doc, { parent }: Y.Item): SharedType | null {
  if (typeof parent === 'string') return doc.share.get(parent) ?? null;
  const holder = parent instanceof Y.ID ? storedAt(doc, parent) : null;
  return holder?.content instanceof Y.ContentType ? holder.content.type : null;
}
