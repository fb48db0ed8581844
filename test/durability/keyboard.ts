import * as Y from 'yjs';
import type { Random } from '../support/random.ts';

/** Each hand has a stretch of CJK characters of its own, and uses each of them once. */
const firstLetter = 0x4e00;
const lettersEach = 5_000;

/** Somebody's keystrokes in a text: every letter is unique, so it can be told where it went. */
export class Keyboard {
  readonly #body: Y.Text;
  readonly #random: Random;
  readonly #first: number;
  #next: number;
  /** Letters that have been written and not taken back. */
  readonly #standing: string[] = [];
  readonly #erased = new Set<string>();

  constructor(hand: number, body: Y.Text, random: Random) {
    this.#body = body;
    this.#random = random;
    this.#first = firstLetter + hand * lettersEach;
    this.#next = this.#first;
  }

  get standing(): readonly string[] {
    return this.#standing;
  }

  /** One keystroke: mostly a new letter, now and then one of its own is taken back. */
  key(): void {
    if (this.#standing.length > 10 && this.#random.int(10) === 0) this.#erase();
    else this.#write();
  }

  /** What of these updates a document does not hold, letters first; empty where all is well. */
  missing(doc: Y.Doc, updates: readonly Uint8Array[]): string[] {
    const text = new Set(doc.getText('body').toJSON());
    const deleted = Y.createDeleteSetFromStructStore(doc.store);
    return updates.flatMap((bytes, i) => {
      const update = Y.decodeUpdate(bytes);
      const letters = lettersOf(update).filter((letter) => this.#wrote(letter));
      const lost = letters.filter((letter) => !text.has(letter) && !this.#erased.has(letter));
      const lacking = lackingFrom(doc, deleted, update);
      if (lost.length === 0 && lacking.length === 0) return [];
      const which = `update ${i} of ${updates.length}`;
      return [`${which}: lost letters "${lost.join('')}", lacking ${lacking.join(', ')}`];
    });
  }

  #wrote(letter: string): boolean {
    const code = letter.codePointAt(0)!;
    return code >= this.#first && code < this.#first + lettersEach;
  }

  #write(): void {
    if (this.#next === this.#first + lettersEach) throw new RangeError('out of unique letters');
    const letter = String.fromCodePoint(this.#next++);
    const last = this.#standing.at(-1);
    const moves = last === undefined || this.#random.int(10) === 0;
    const at = moves
      ? this.#random.int(this.#body.length + 1)
      : this.#body.toJSON().indexOf(last) + 1;
    this.#body.insert(at, letter);
    this.#standing.push(letter);
  }

  #erase(): void {
    const [letter] = this.#standing.splice(this.#random.int(this.#standing.length), 1);
    const at = this.#body.toJSON().indexOf(letter!);
    if (at < 0) throw new Error(`the letter ${letter} has vanished from its writer's own copy`);
    this.#erased.add(letter!);
    this.#body.delete(at, 1);
  }
}

type Update = ReturnType<typeof Y.decodeUpdate>;
type Deleted = ReturnType<typeof Y.createDeleteSetFromStructStore>;

function lettersOf({ structs }: Update): string[] {
  return structs.flatMap((struct) =>
    struct instanceof Y.Item && struct.content instanceof Y.ContentString
      ? [...struct.content.str]
      : [],
  );
}

/** The edits in an update that a document, with what is `deleted` in it, does not hold: by clientID, from and to. */
function lackingFrom(doc: Y.Doc, deleted: Deleted, { structs, ds }: Update): string[] {
  const lacking: string[] = [];
  for (const { id, length } of structs) {
    const has = Y.getState(doc.store, id.client);
    const end = id.clock + length;
    if (has < end) lacking.push(`${id.client}: ${Math.max(has, id.clock)} to ${end}`);
  }
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) {
      for (let at = clock; at < clock + len; at++) {
        const id = Y.createID(client, at);
        if (!Y.isDeleted(deleted, id)) lacking.push(`deletion of ${client}: ${at}`);
      }
    }
  }
  return lacking;
}

/** The letters that stand when everybody's keystrokes have come through, in order of code point. */
export function lettersThatStand(all: readonly { readonly standing: readonly string[] }[]): string {
  return inOrder(all.flatMap(({ standing }) => standing));
}

export function inOrder(letters: Iterable<string>): string {
  return [...letters].sort().join('');
}
