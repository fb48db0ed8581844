import * as Y from 'yjs';

/** How far a document has come, by clientID. */
export type StateVector = ReadonlyMap<number, number>;

/**
 * Where the character that a position is tied to stands: for an edge before its character the index
 * of it, for one behind its character the index after it. `alive`: the character is there; where it
 * is not, the index is that of the gap that it left.
 */
export interface Edge {
  readonly index: number;
  readonly alive: boolean;
}

/** What a position is tied to: the character after it ('next'), or the one before it ('last'). */
export type Side = 'next' | 'last';

/**
 * The text of a field as quotes are taken from it and sought in it: what `toString` gives, without
 * embeds, and with U+FFFD for what a database cannot store (NUL, halves of surrogate pairs). Places
 * in it are offsets; those in the field's Y.Text, where an embed takes one too, are indexes.
 *
 * It is read off Yjs's own list in one pass: 500 positions one by one would be 500 passes (1 ms each
 * on a long piece). It is of one moment; do not keep it.
 */
export class FieldText {
  readonly source: Y.Text;
  readonly text: string;
  /** Indexes of the embeds, ascending. */
  readonly #embeds: number[] = [];
  readonly #items: Y.Item[] = [];
  /** The index of each item's first character. */
  readonly #starts: number[] = [];
  readonly #edges: (Edge | null)[];

  /** `positions` are Yjs relative positions, encoded. */
  constructor(source: Y.Text, positions: readonly Uint8Array[] = []) {
    this.source = source;
    const tied = new Map<Y.Item, Tie[]>();
    this.#edges = positions.map((bytes, slot) => tie(source, bytes, slot, tied));
    const parts: string[] = [];
    let index = 0;
    for (let item = source._start; item !== null; item = item.right) {
      const there = !item.deleted && item.countable;
      for (const { slot, diff, side } of tied.get(item) ?? []) {
        const behind = side === 'last' ? 1 : 0;
        this.#edges[slot] = { index: there ? index + diff + behind : index, alive: there };
      }
      if (!there) continue;
      this.#items.push(item);
      this.#starts.push(index);
      if (item.content instanceof Y.ContentString) parts.push(item.content.str);
      else for (let i = 0; i < item.length; i++) this.#embeds.push(index + i);
      index += item.length;
    }
    this.text = storable(parts.join(''));
  }

  /** Where the positions are that were given; null where one is of no character of this text. */
  get edges(): readonly (Edge | null)[] {
    return this.#edges;
  }

  /** The offset of an index. That of an embed is that of the character after it. */
  offsetOf(index: number): number {
    return index - countBelow(this.#embeds, (embed) => embed < index);
  }

  /** The index of the character at an offset. */
  startAt(offset: number): number {
    return offset + countBelow(this.#embeds, (embed, k) => embed - k <= offset);
  }

  /** The index behind the character before an offset. */
  endAt(offset: number): number {
    return offset + countBelow(this.#embeds, (embed, k) => embed - k < offset);
  }

  /**
   * A relative position, encoded: tied to the character at `index`, or to the one before it. Where
   * there is none, to the end or the beginning of the text.
   */
  positionAt(index: number, side: Side): Uint8Array {
    const character = side === 'next' ? index : index - 1;
    const slot = countBelow(this.#starts, (start) => start <= character) - 1;
    const item = this.#items[slot];
    const assoc = side === 'next' ? 0 : -1;
    const offset = character - (this.#starts[slot] ?? 0);
    const none = character < 0 || item === undefined || offset >= item.length;
    const id = none ? null : Y.createID(item.id.client, item.id.clock + offset);
    const { type, name } = id === null ? identify(this.source) : { type: null, name: null };
    return Y.encodeRelativePosition(new Y.RelativePosition(type, name, id, assoc));
  }

  /** Whether there are characters from index `from` to `to` that are newer than `since`, or older. */
  ages(from: number, to: number, since: StateVector): { newer: boolean; older: boolean } {
    const ages = { newer: false, older: false };
    let slot = Math.max(0, countBelow(this.#starts, (start) => start <= from) - 1);
    for (; slot < this.#items.length; slot++) {
      const item = this.#items[slot];
      const start = this.#starts[slot] ?? 0;
      if (item === undefined || start >= to) break;
      if (start + item.length <= from) continue;
      const { client, clock } = item.id;
      const known = since.get(client) ?? 0;
      if (clock + Math.min(item.length, to - start) > known) ages.newer = true;
      if (clock + Math.max(0, from - start) < known) ages.older = true;
    }
    return ages;
  }
}

/** Characters that no database takes, replaced one for one. */
export function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
}

/** A position that waits for the pass to come to its item. */
interface Tie {
  readonly slot: number;
  /** Which character of the item. */
  readonly diff: number;
  readonly side: Side;
}

/** Notes what a position is tied to; the edge, where that is no character; null: nothing here. */
function tie(
  source: Y.Text,
  bytes: Uint8Array,
  slot: number,
  tied: Map<Y.Item, Tie[]>,
): Edge | null {
  const position = decode(bytes);
  if (position === null) return null;
  const side = position.assoc >= 0 ? 'next' : 'last';
  if (position.item === null) {
    const { type, name } = identify(source);
    const here = name === null ? Y.compareIDs(type, position.type) : name === position.tname;
    return here ? { index: side === 'next' ? source.length : 0, alive: false } : null;
  }
  const item = itemAt(source.doc, position.item);
  if (item?.parent !== source) return null;
  const ties = tied.get(item) ?? [];
  ties.push({ slot, diff: position.item.clock - item.id.clock, side });
  tied.set(item, ties);
  return null;
}

/** The shared type that an encoded relative position is in; null: none that is known. */
export function typeAt(doc: Y.Doc, bytes: Uint8Array): unknown {
  const position = decode(bytes);
  if (position === null) return null;
  if (position.item !== null) return itemAt(doc, position.item)?.parent ?? null;
  if (position.type === null) return doc.share.get(position.tname ?? '') ?? null;
  const content = itemAt(doc, position.type)?.content;
  return content instanceof Y.ContentType ? content.type : null;
}

/** Null: it has not come yet, or is so long gone that nothing of it is kept. */
function itemAt(doc: Y.Doc | null, id: Y.ID): Y.Item | null {
  if (doc === null || Y.getState(doc.store, id.client) <= id.clock) return null;
  const item: unknown = Y.getItem(doc.store, id);
  return item instanceof Y.Item ? item : null;
}

/** What a position without a character names its text by: its key, or where it is nested, its id. */
function identify(text: Y.Text): { type: Y.ID | null; name: string | null } {
  const item = text._item;
  if (item === null) return { type: null, name: Y.findRootTypeKey(text) };
  return { type: Y.createID(item.id.client, item.id.clock), name: null };
}

/** Null where the bytes are no relative position. */
function decode(bytes: Uint8Array): Y.RelativePosition | null {
  try {
    return Y.decodeRelativePosition(bytes);
  } catch {
    // Whatever a client sends: lib0 has no error of its own for "not that".
    return null;
  }
}

/** How many elements of an ascending list satisfy `below`, which none does behind one that does not. */
function countBelow(list: readonly number[], below: (value: number, index: number) => boolean) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (below(list[middle] ?? 0, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
