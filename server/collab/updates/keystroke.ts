import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { structAt } from './structs.ts';

/** Words that go on behind others, as they stand in an update. */
export interface Keystroke {
  readonly client: number;
  readonly clock: number;
  readonly origin: Y.ID;
  readonly rightOrigin: Y.ID | null;
  readonly text: string;
}

/** And the place in a document where they belong. */
export interface KeystrokePlace {
  readonly left: Y.Item;
  readonly right: Y.Item | null;
  readonly parent: Y.Text;
}

/** An update of more bytes is no keystroke; with two clientIDs of ten digits, one has some 40. */
const mostBytes = 128;

const hasOrigin = 0x80;
const hasRightOrigin = 0x40;
const stringContent = 4;

/**
 * Reads an update (v1) that is one run of text behind a letter and nothing else, as what is typed is.
 * Null: it may be anything, and is to be read by `readUpdate`, which also says what is wrong with it. What
 * this reads, that takes too, and reads the same (a tenth of its time).
 */
export function readKeystroke(update: Uint8Array): Keystroke | null {
  if (update.length > mostBytes || update[0] !== 1 || update[1] !== 1) return null;
  const bytes = new Bytes(update, 2);
  const client = bytes.uint();
  const clock = bytes.uint();
  const info = bytes.byte();
  if ((info & ~hasRightOrigin) !== (hasOrigin | stringContent)) return null;
  const origin = bytes.id();
  const rightOrigin = (info & hasRightOrigin) === 0 ? null : bytes.id();
  const text = bytes.string();
  // It deletes nothing, and nothing follows.
  if (text === '' || bytes.byte() !== 0 || !bytes.isAtEnd) return null;
  return { client, clock, origin, rightOrigin, text };
}

/**
 * Where a keystroke goes that does not have to look for its place: what it builds on is there, its
 * neighbours still are neighbours in one text, and it follows what its client wrote last. Null: any of
 * that is not so.
 */
export function placeOfKeystroke(doc: Y.Doc, keystroke: Keystroke): KeystrokePlace | null {
  const { client, clock, origin, rightOrigin } = keystroke;
  const { store } = doc;
  if (store.pendingStructs !== null || store.pendingDs !== null) return null;
  if (clock === 0 || Y.getState(store, client) !== clock) return null;
  const left = structAt(store.clients, origin);
  // Not its last letter: Yjs would have to part it.
  if (!(left instanceof Y.Item) || left.id.clock + left.length - 1 !== origin.clock) return null;
  const { right, parent } = left;
  if (rightOrigin === null ? right !== null : right === null || !isAt(right, rightOrigin)) {
    return null;
  }
  if (!(parent instanceof Y.Text) || left.parentSub !== null) return null;
  return parent._item?.deleted === true ? null : { left, right, parent };
}

const isAt = ({ id }: Y.Item, { client, clock }: Y.ID) =>
  id.client === client && id.clock === clock;

/** Reads on in an update. Behind its end, and where a number is too long, it reads what no update has. */
class Bytes {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes;
    this.#at = from;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** -1 behind the end. */
  byte(): number {
    return this.#bytes[this.#at++] ?? -1;
  }

  /** As lib0 writes it, up to 2^49; -1: it is not. */
  uint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 7; count++) {
      const byte = this.byte();
      if (byte < 0) return -1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    return -1;
  }

  id(): Y.ID {
    return Y.createID(this.uint(), this.uint());
  }

  /** Empty where there is none. */
  string(): string {
    const from = this.#at;
    const length = this.uint();
    const letter = this.#bytes[this.#at] ?? 0xff;
    if (length === 1 && letter < 0x80) {
      this.#at++;
      return String.fromCharCode(letter);
    }
    const decoder = decoding.createDecoder(this.#bytes);
    decoder.pos = from;
    try {
      const text = decoding.readVarString(decoder);
      this.#at = decoder.pos;
      return text;
    } catch {
      // It is cut, or no UTF-8: `readUpdate` says so.
      return '';
    }
  }
}
