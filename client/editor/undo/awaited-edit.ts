import * as Y from 'yjs';

/** Letters and embeds by their ids: from `clock` on, `len` of them. */
export interface IdRange {
  readonly client: number;
  readonly clock: number;
  readonly len: number;
}

/** What an edit did to a document. */
export interface EditRanges {
  readonly insertions: readonly IdRange[];
  readonly deletions: readonly IdRange[];
}

/**
 * An edit of a passage that the server is about to make in the name of who writes here. It comes like
 * anybody's, possibly in one update with others' edits: what of it is the server's is told by the passage,
 * and by its clientID, which is new to the document.
 */
export class AwaitedEdit {
  readonly #text: Y.Text;
  readonly #known: ReadonlyMap<number, number>;
  readonly #passage: readonly IdRange[];
  readonly #before: Y.ID | null;
  readonly #behind: Y.ID | null;

  /** The passage from index `from` to `to` of a text, as it is now. */
  constructor(text: Y.Text, from: number, to: number) {
    this.#text = text;
    this.#known = text.doc ? Y.decodeStateVector(Y.encodeStateVector(text.doc)) : new Map();
    const passage: IdRange[] = [];
    let [before, behind]: [Y.ID | null, Y.ID | null] = [null, null];
    let index = 0;
    for (let item = text._start; item !== null && behind === null; item = item.right) {
      if (item.deleted) continue;
      const { client, clock } = item.id;
      if (!item.countable) {
        // Where a look begins or ends, which goes with its words.
        if (index >= from && index <= to) {
          passage.push({ client, clock, len: item.length });
          item.keep = true;
        }
        continue;
      }
      const end = index + item.length;
      const [first, last] = [Math.max(from, index), Math.min(to, end)];
      if (index < from) before = Y.createID(client, clock + Math.min(from, end) - 1 - index);
      if (first < last) {
        passage.push({ client, clock: clock + first - index, len: last - first });
        // What the edit takes out could not be put back if Yjs dropped it.
        item.keep = true;
      }
      if (end > to) behind = Y.createID(client, clock + Math.max(0, to - index));
      index = end;
    }
    this.#passage = passage;
    this.#before = before;
    this.#behind = behind;
  }

  /** Null: it has not come yet, or it is not to be told from others' edits. */
  read(): EditRanges | null {
    const { doc } = this.#text;
    if (doc === null) return null;
    const deletions = this.#passage.flatMap((range) => deletedIn(doc, range));
    const insertions = this.#inserted(doc);
    if (new Set(insertions.map(({ client }) => client)).size > 1) return null;
    return deletions.length + insertions.length === 0 ? null : { insertions, deletions };
  }

  #inserted(doc: Y.Doc): IdRange[] {
    const inserted: IdRange[] = [];
    const last = this.#behind === null ? null : itemAt(doc, this.#behind);
    let item = this.#before === null ? this.#text._start : itemAt(doc, this.#before);
    for (; item !== null && item !== last; item = item.right) {
      const { client, clock } = item.id;
      if (!this.#known.has(client)) inserted.push({ client, clock, len: item.length });
    }
    return inserted;
  }
}

function deletedIn(doc: Y.Doc, { client, clock, len }: IdRange): IdRange[] {
  const deleted: IdRange[] = [];
  for (let at = clock; at < clock + len;) {
    const item = itemAt(doc, Y.createID(client, at));
    if (item === null) break;
    const end = Math.min(clock + len, item.id.clock + item.length);
    if (item.deleted) deleted.push({ client, clock: at, len: end - at });
    at = end;
  }
  return deleted;
}

function itemAt(doc: Y.Doc, id: Y.ID): Y.Item | null {
  const item: unknown = Y.getItem(doc.store, id);
  return item instanceof Y.Item ? item : null;
}
