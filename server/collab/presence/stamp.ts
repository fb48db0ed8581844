import { BadFrame } from '../../../shared/protocol/messages.ts';
import type { PieceRole } from '../../../shared/roles.ts';
import type { Person } from '../ports.ts';

/** Whom a state is stamped with. */
export interface Stamped {
  readonly person: Person;
  readonly role: PieceRole;
}

const maxStateBytes = 16_384;
/** What is nested deeper is read by `JSON.parse`. */
const mostDepth = 16;
const mostOfNumber = 24;

/**
 * A presence state in JSON, with the person whom the server knows as its `user` (P2). Throws `BadFrame`
 * where it is no JSON, or too long.
 *
 * The person's JSON takes the place of what stood there, byte for byte: to parse a cursor and to write it
 * again took 7 % of the event loop. What is not as plain as clients write it (spaces, escapes,
 * letters beyond ASCII but in `user`) goes that way still.
 */
export function stamp(by: Stamped, json: Uint8Array): string {
  if (json.length > maxStateBytes)
    throw new BadFrame(`a presence state over ${maxStateBytes} bytes`);
  const text = Buffer.from(json.buffer, json.byteOffset, json.length);
  const stamped = spliced(by, text) ?? parsed(by, text.toString('utf8'));
  // Numbers may be written at length.
  if (stamped.length > 2 * maxStateBytes) throw new BadFrame('a presence state that grows');
  return stamped;
}

/** The same of a state that was stamped before, or of no object, of which there is nothing to keep. */
export function parsed(by: Stamped, text: string): string {
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state !== 'object' || state === null || Array.isArray(state)) {
      return JSON.stringify({ user: userOf(by) });
    }
    (state as { user: unknown }).user = userOf(by);
    return JSON.stringify(state);
  } catch (cause) {
    // Or it is nested so deep that it cannot be written.
    throw new BadFrame('a presence state that is not JSON', { cause });
  }
}

function userOf({ person: { id, name, color }, role }: Stamped) {
  return { id, name, color, role };
}

const written = new WeakMap<Person, { readonly role: PieceRole; readonly json: string }>();

function userJson(by: Stamped): string {
  const known = written.get(by.person);
  if (known?.role === by.role) return known.json;
  const json = JSON.stringify(userOf(by));
  written.set(by.person, { role: by.role, json });
  return json;
}

/** Null: it is not as plain as that. */
function spliced(by: Stamped, text: Buffer): string | null {
  const found = userIn(text);
  if (found === null) return null;
  const { from, to } = found;
  const user = userJson(by);
  if (from < to)
    return text.toString('latin1', 0, from) + user + text.toString('latin1', to, text.length);
  const comma = text.length > 2 ? ',' : '';
  return `${text.toString('latin1', 0, text.length - 1)}${comma}"user":${user}}`;
}

interface Found {
  readonly from: number;
  readonly to: number;
}

const nowhere: Found = { from: 0, to: 0 };

const code = {
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  open: 0x5b,
  backslash: 0x5c,
  close: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
};

/** The place of the value of `user` in a plain JSON object; empty: it has none. Null: it is not plain. */
function userIn(text: Uint8Array): Found | null {
  if (text[0] !== code.openBrace) return null;
  const reader = new PlainJson(text, 1);
  let found: Found | null = null;
  if (text[1] === code.closeBrace) return text.length === 2 ? nowhere : null;
  for (;;) {
    const key = reader.at;
    if (!reader.string() || !reader.is(code.colon)) return null;
    const from = reader.at;
    const isUser = from - key === 7 && text[key + 1] === 0x75 && text[key + 2] === 0x73;
    reader.isKept = !isUser || text[key + 3] !== 0x65 || text[key + 4] !== 0x72;
    if (!reader.value(1)) return null;
    if (!reader.isKept) {
      // The last one counts.
      if (found !== null) return null;
      found = { from, to: reader.at };
    }
    reader.isKept = true;
    if (reader.is(code.comma)) continue;
    return reader.is(code.closeBrace) && reader.at === text.length ? (found ?? nowhere) : null;
  }
}

/** Reads on in JSON as clients write it: without spaces, escapes, exponents, and with letters of ASCII. */
class PlainJson {
  at: number;
  /** Whether what is read is passed on as it is; else letters may be any. */
  isKept = true;
  readonly #text: Uint8Array;

  constructor(text: Uint8Array, at: number) {
    this.#text = text;
    this.at = at;
  }

  is(byte: number): boolean {
    if (this.#text[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  value(depth: number): boolean {
    switch (this.#text[this.at] ?? 0) {
      case code.quote:
        return this.string();
      case code.openBrace:
        return this.#list(depth, code.closeBrace, true);
      case code.open:
        return this.#list(depth, code.close, false);
      case 0x74:
        return this.#word('true');
      case 0x66:
        return this.#word('false');
      case 0x6e:
        return this.#word('null');
      default:
        return this.#number();
    }
  }

  string(): boolean {
    if (!this.is(code.quote)) return false;
    for (;;) {
      const byte = this.#text[this.at++] ?? 0;
      if (byte === code.quote) return true;
      // Behind the end, too.
      if (byte < 0x20 || byte === code.backslash || (byte >= 0x80 && this.isKept)) return false;
    }
  }

  #list(depth: number, end: number, hasKeys: boolean): boolean {
    if (depth >= mostDepth) return false;
    this.at++;
    if (this.is(end)) return true;
    do {
      if (hasKeys && !(this.string() && this.is(code.colon))) return false;
      if (!this.value(depth + 1)) return false;
    } while (this.is(code.comma));
    return this.is(end);
  }

  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++) if (!this.is(word.charCodeAt(i))) return false;
    return true;
  }

  /** What is longer may be more than a number holds. */
  #number(): boolean {
    const from = this.at;
    return this.#digitsAndDot() && this.at - from <= mostOfNumber;
  }

  #digitsAndDot(): boolean {
    this.is(code.minus);
    const isZero = this.is(code.zero);
    if (!isZero && this.#digits() === 0) return false;
    return !this.is(code.dot) || this.#digits() > 0;
  }

  #digits(): number {
    const from = this.at;
    for (;;) {
      const byte = this.#text[this.at] ?? 0;
      if (byte < code.zero || byte > code.nine) return this.at - from;
      this.at++;
    }
  }
}
