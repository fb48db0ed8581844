import type * as Y from 'yjs';
import { readText } from '../delta/read-text.ts';
import { blockAttributes, inlineAttributes, type Attributes, type DeltaOp } from '../schema.ts';
import { diffTexts, type Change } from '../text/diff.ts';
import { rewrite } from './rewrite.ts';

/** One character or embed of a body. */
interface Cell {
  readonly insert: string | object;
  readonly attributes: Attributes;
}

/**
 * Makes the passage from index `from` to `to` read `text` (line breaks divide blocks), by the fewest
 * words: what stays is not touched. New words look like those that they stand for; a new line is what
 * the line was that it comes out of, and behind a heading a paragraph. Embeds stay where they are.
 * @returns the changes, in indexes of the body before and after.
 */
export function replacePassage(body: Y.Text, from: number, to: number, text: string): Change[] {
  const before = cellsOf(readText(body), from, to);
  const { cells, start } = before;
  const inside = cells.slice(from - start, to - start);
  const present = inside.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('');
  const writer = new PassageWriter(cells, from - start);
  for (const change of diffTexts(present, text)) writer.change(change, text);
  const { after, changes } = writer.finish();
  rewrite(body, cells, after, changes, { at: start, looks: true });
  return changes.map(({ at, remove, from, to }) => ({
    ...{ at: at + start, remove, from: from + start, to: to + start },
  }));
}

/** The cells of the lines that a stretch is in. */
function cellsOf(delta: readonly DeltaOp[], from: number, to: number) {
  const { start, end } = linesAround(delta, from, to);
  const cells: Cell[] = [];
  let index = 0;
  for (const { insert, attributes = {} } of delta) {
    if (typeof insert !== 'string') {
      if (index >= start && index < end) cells.push({ insert, attributes });
      index += 1;
      continue;
    }
    // By UTF-16 units, as the body counts.
    for (let i = Math.max(0, start - index); i < Math.min(insert.length, end - index); i++) {
      cells.push({ insert: insert.charAt(i), attributes });
    }
    index += insert.length;
  }
  return { cells, start };
}

/** Where the line of `from` begins, and behind the break of the line of `to`. */
function linesAround(delta: readonly DeltaOp[], from: number, to: number) {
  let start = 0;
  let index = 0;
  for (const { insert } of delta) {
    if (typeof insert !== 'string') {
      index += 1;
      continue;
    }
    const before = index < from ? insert.lastIndexOf('\n', from - 1 - index) : -1;
    if (before >= 0) start = index + before + 1;
    const after = insert.indexOf('\n', Math.max(0, to - index));
    if (after >= 0) return { start, end: index + after + 1 };
    index += insert.length;
  }
  return { start, end: index };
}

/**
 * Writes the lines of a passage anew. Reads `#old` from its beginning to its end; a change copies what
 * is before it, passes over what it removes, but for embeds, and puts in what it inserts.
 */
class PassageWriter {
  readonly #old: readonly Cell[];
  readonly #after: Cell[] = [];
  readonly #changes: Change[] = [];
  #at = 0;
  /** How many characters of text, embeds not counted, the passage has up to `#at`. */
  #offset = 0;
  /** What the present line is to be, where that is not what its break says. */
  #kind: Attributes | null = null;

  constructor(old: readonly Cell[], from: number) {
    this.#old = old;
    this.#copyTo(from);
  }

  change({ at, remove, from, to }: Change, text: string): void {
    while (this.#offset < at || this.#isEmbedBefore(at, remove)) this.#copyInPassage();
    const inserted = text.slice(from, to);
    const first = { kind: this.#kind ?? this.#lineKind(), begins: this.#beginsLine() };
    // Whole lines before a heading are no headings.
    const wholeLines = first.begins && inserted.endsWith('\n') && 'header' in first.kind;
    const kindOfNew = wholeLines ? {} : first.kind;
    const looks = this.#lookOfNew(remove);
    this.#insert(inserted, looks, kindOfNew);
    const breaks = this.#remove(remove);
    if (inserted.includes('\n')) this.#kind = breaks > 0 ? null : this.#kindOfRest(kindOfNew);
    // Joined lines are what the first one was, unless nothing of that is left.
    else if (breaks > 0) this.#kind = first.begins && inserted === '' ? null : first.kind;
  }

  finish(): { after: DeltaOp[]; changes: Change[] } {
    this.#copyTo(this.#old.length);
    return { after: this.#after.map((cell) => ({ ...cell })), changes: this.#changes };
  }

  #copyTo(index: number): void {
    while (this.#at < index) this.#copy();
  }

  #copy(): void {
    const cell = this.#old[this.#at++];
    if (cell === undefined) return;
    const isBreak = cell.insert === '\n';
    this.#after.push(
      isBreak && this.#kind !== null ? { insert: '\n', attributes: this.#kind } : cell,
    );
    if (isBreak) this.#kind = null;
  }

  #copyInPassage(): void {
    if (typeof this.#old[this.#at]?.insert === 'string') this.#offset++;
    this.#copy();
  }

  /** An embed right before what is removed is no part of it, and stands before what is inserted. */
  #isEmbedBefore(at: number, remove: number): boolean {
    const cell = this.#old[this.#at];
    return this.#offset === at && remove > 0 && typeof cell?.insert === 'object';
  }

  #insert(text: string, look: Attributes, kind: Attributes): void {
    if (text === '') return;
    const from = this.#after.length;
    let heading = 'header' in kind;
    for (let i = 0; i < text.length; i++) {
      const insert = text.charAt(i);
      const attributes = insert === '\n' ? kind : look;
      this.#after.push({ insert, attributes });
      if (insert === '\n' && heading) {
        heading = false;
        kind = {};
      }
    }
    this.#changes.push({ at: this.#at, remove: 0, from, to: this.#after.length });
  }

  /** @returns how many line breaks were removed. */
  #remove(length: number): number {
    const end = this.#offset + length;
    let breaks = 0;
    while (this.#offset < end && this.#at < this.#old.length) {
      const cell = this.#old[this.#at];
      if (typeof cell?.insert === 'object') {
        this.#copy();
        continue;
      }
      if (cell?.insert === '\n') breaks++;
      this.#noteRemoved();
      this.#offset++;
      this.#at++;
    }
    return breaks;
  }

  #noteRemoved(): void {
    const last = this.#changes.at(-1);
    const here = { at: this.#at, remove: 1, from: this.#after.length, to: this.#after.length };
    if (last !== undefined && last.at + last.remove === this.#at && last.to === here.to) {
      this.#changes[this.#changes.length - 1] = { ...last, remove: last.remove + 1 };
    } else this.#changes.push(here);
  }

  #beginsLine(): boolean {
    const last = this.#after.at(-1);
    return last === undefined || last.insert === '\n';
  }

  /** What the break of the present line says. */
  #lineKind(): Attributes {
    const end = this.#old.find((cell, i) => i >= this.#at && cell.insert === '\n');
    return without(end?.attributes ?? {}, inlineAttributes);
  }

  /** The rest of a line that was divided: what it was, but nothing is left of a heading behind it. */
  #kindOfRest(kind: Attributes): Attributes | null {
    return 'header' in kind && this.#old[this.#at]?.insert === '\n' ? {} : null;
  }

  /** New words look like the first that they replace; otherwise as both neighbours in the line do. */
  #lookOfNew(remove: number): Attributes {
    const isText = (cell: Cell | undefined) =>
      cell !== undefined && typeof cell.insert === 'string' && cell.insert !== '\n';
    const replaced = this.#old.slice(this.#at, this.#at + remove).find(isText);
    if (replaced !== undefined) return without(replaced.attributes, blockAttributes);
    const [left, right] = [this.#after.at(-1), this.#old[this.#at]];
    if (isText(left) && isText(right)) return shared(left?.attributes, right?.attributes);
    const only = isText(left) ? left : isText(right) ? right : undefined;
    return without(only?.attributes ?? {}, [...blockAttributes, 'link', 'code']);
  }
}

function without(attributes: Attributes, names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

function shared(a: Attributes = {}, b: Attributes = {}): Attributes {
  const both = Object.entries(a).filter(([name, value]) => b[name] === value);
  return without(Object.fromEntries(both), blockAttributes);
}
