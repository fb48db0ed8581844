import * as Y from 'yjs';
import { structAt } from '../updates/structs.ts';

/**
 * Walks along a text and finds the marks in it that format nothing: those that another of their key
 * follows before the next words, and those that say what holds already. It can be left between any two
 * items, and goes on from there where nothing but words has come meanwhile.
 */
export class MarkWalk {
  readonly #text: Y.Text;
  /** What holds behind the last words that were passed. */
  readonly #formats = new Map<string, unknown>();
  /** The last letter of those; null: none were. */
  #behind: Y.ID | null = null;
  /** By key the last mark since. */
  #marks = new Map<string, Y.Item>();
  /** Of those, what is still to be compared with what holds, before the next words are passed. */
  #left: Iterator<[string, Y.Item]> | null = null;
  #at: Y.Item | null;

  constructor(text: Y.Text) {
    this.#text = text;
    this.#at = text._start;
  }

  get done(): boolean {
    return this.#at === null;
  }

  /**
   * Walks on for so many items, a mark that is compared at the next words counting once more, and gives the
   * marks that can go: so many at most (B1), each behind what it was compared with.
   */
  next(items: number): Y.Item[] {
    const idle: Y.Item[] = [];
    for (let left = items; this.#at !== null && left > 0; left--) {
      const mark = this.#step(this.#at);
      if (mark !== null) idle.push(mark);
    }
    return idle;
  }

  /**
   * Words have come since: goes back to the last that were passed. False: they are there no more, or what
   * holds has been changed since already.
   */
  again(): boolean {
    const { doc } = this.#text;
    if (doc === null || this.#left !== null) return false;
    this.#marks.clear();
    if (this.#behind === null) {
      this.#at = this.#text._start;
      return true;
    }
    const passed = structAt(doc.store.clients, this.#behind);
    if (!(passed instanceof Y.Item)) return false;
    this.#at = passed.right;
    return true;
  }

  /** One item, or one mark before it. Null: no mark that can go. */
  #step(item: Y.Item): Y.Item | null {
    if (!item.deleted && item.content instanceof Y.ContentFormat) {
      this.#at = item.right;
      const { key } = item.content;
      const before = this.#marks.get(key) ?? null;
      this.#marks.set(key, item);
      return before;
    }
    if (!item.deleted && this.#marks.size > 0) {
      this.#left ??= this.#marks[Symbol.iterator]();
      const next = this.#left.next();
      if (next.done !== true) return this.#holds(next.value[1]);
      this.#left = null;
      this.#marks.clear();
    }
    if (!item.deleted) this.#behind = item.lastId;
    this.#at = item.right;
    return null;
  }

  /** The last mark of its key before words: it can go where it says what holds already. */
  #holds(mark: Y.Item): Y.Item | null {
    const { key, value } = formatOf(mark);
    if ((this.#formats.get(key) ?? null) === value) return mark;
    if (value === null) this.#formats.delete(key);
    else this.#formats.set(key, value);
    return null;
  }
}

function formatOf({ content }: Y.Item): Y.ContentFormat {
  if (content instanceof Y.ContentFormat) return content;
  throw new TypeError('not a mark');
}
