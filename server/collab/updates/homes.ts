import * as Y from 'yjs';
import type { Decoded, Struct } from './read-update.ts';
import { byClient, hasContent, structAt, type Structs } from './structs.ts';

/** A shared type: a root of the document, or the one that an item is. */
export type Place =
  { readonly root: unknown } | { readonly client: number; readonly clock: number };

/** What an item stands in: a shared type, and its key there where that is a map. */
export interface Home {
  readonly place: Place;
  readonly key: string | null;
}

/**
 * `gone`: it stood in something that has been thrown away with all that was in it. Null: it cannot be
 * told yet.
 */
export type Found = Home | 'gone' | null;

/** Tells what the items of an update, and their neighbours, stand in. */
export class Homes {
  readonly #doc: Y.Doc;
  readonly #read: Decoded;
  #own: Structs | null = null;
  /** Of the update's own; made where it is needed, which is rare. */
  #known: Map<Struct, Found> | null = null;

  constructor(doc: Y.Doc, read: Decoded) {
    this.#doc = doc;
    this.#read = read;
  }

  /** Of an item of the update. Who has a neighbour does not say itself what they stand in. */
  of(item: Y.Item): Found {
    if (item.parent !== null) return this.#told(item);
    const neighbour = item.origin ?? item.rightOrigin;
    return neighbour === null ? null : this.at(neighbour);
  }

  /** Of what has an id, in the document or in the update. */
  at(id: Y.ID): Found {
    const stored = structAt(this.#doc.store.clients, id);
    if (stored instanceof Y.Item) return this.#told(stored);
    this.#known ??= new Map();
    const way: Struct[] = [];
    let found: Found = null;
    for (let next: Y.ID | null = id; next !== null;) {
      const struct = this.structAt(next);
      if (struct === undefined || struct instanceof Y.Skip) break;
      if (!(struct instanceof Y.Item)) {
        found = 'gone';
        break;
      }
      found = this.#told(struct) ?? this.#known.get(struct) ?? null;
      if (found !== null || this.#known.has(struct)) break;
      // What builds on itself comes here a second time.
      this.#known.set(struct, null);
      way.push(struct);
      next = struct.origin ?? struct.rightOrigin;
    }
    for (const struct of way) this.#known.set(struct, found);
    return found;
  }

  /** The struct that has an id, in the document or in the update. */
  structAt(id: Y.ID): Struct | undefined {
    const stored = structAt(this.#doc.store.clients, id);
    if (stored !== undefined) return stored;
    this.#own ??= byClient(this.#read);
    return structAt(this.#own, id);
  }

  /** Whether it is there and not deleted, in the document or in the update. */
  stands({ place }: Home): boolean {
    if ('root' in place) return true;
    const item = this.structAt(Y.createID(place.client, place.clock));
    return item !== undefined && hasContent(item) && !item.deleted;
  }

  #told({ parent, parentSub }: Y.Item): Home | null {
    return parent === null ? null : { place: placeOf(this.#doc, parent), key: parentSub };
  }
}

export function placeOf(doc: Y.Doc, parent: NonNullable<Y.Item['parent']>): Place {
  if (parent instanceof Y.ID) return parent;
  // Read off an update, a root is its name.
  if (typeof parent === 'string') return { root: doc.share.get(parent) ?? parent };
  return parent._item === null ? { root: parent } : parent._item.id;
}

export function sameHome(one: Home, other: Home): boolean {
  return one.key === other.key && samePlace(one.place, other.place);
}

function samePlace(one: Place, other: Place): boolean {
  if ('root' in one || 'root' in other) {
    return 'root' in one && 'root' in other && one.root === other.root;
  }
  return one.client === other.client && one.clock === other.clock;
}
