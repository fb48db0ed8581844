import { deepest, pointerTo, readsAsOther, type MetaValue } from '../../document/meta.ts';

/** A field of front matter. */
export interface Field {
  readonly name: string;
  readonly value: MetaValue;
  /** As it was typed, where it has no quotes: a title may be `1984` or `No`. */
  readonly typed?: string;
}

export interface Fields {
  readonly all: readonly Field[];
  /** JSON pointers to strings that read as a date or a long number, and had quotes. */
  readonly strings: readonly string[];
  /** It has comments, or tags of YAML, which values have no place for. */
  readonly comments: boolean;
  readonly tags: boolean;
}

/** Front matter that is none, or that no document can hold; the message says why. */
export class Unreadable extends Error {}

/** Characters of front matter that are read: what is longer is kept as text. So many took 3.5 s at most. */
export const longest = 500_000;

/** Counts what values hold, however often one refers to another. */
export class Budget {
  #left = 2 * longest;

  spend(amount: number): void {
    this.#left -= amount + 1;
    if (this.#left < 0) throw new Unreadable('its values refer to each other too often');
  }
}

/** Throws where lists and maps are in one another deeper than a document holds. */
export function checkDepth(depth: number): void {
  if (depth > deepest) throw new Unreadable(`it is deeper than ${deepest} levels`);
}

export function checkName(name: string, known: { has(name: string): boolean }): void {
  if (known.has(name)) throw new Unreadable(`"${name}" is there twice`);
  if (name === '__proto__') throw new Unreadable('no field can be called "__proto__"');
}

/** Values of a parser that has types of its own, as plain ones. `dateText`: an own type's text. */
export class Plainer {
  readonly strings: string[] = [];
  readonly #dateText: (value: object) => string | null;

  constructor(dateText: (value: object) => string | null) {
    this.#dateText = dateText;
  }

  value(raw: unknown, pointer: string, depth = 1): MetaValue {
    checkDepth(depth);
    if (typeof raw === 'string') {
      if (readsAsOther(raw)) this.strings.push(pointer);
      return raw;
    }
    if (typeof raw === 'number') return Number.isFinite(raw) ? raw || 0 : noNumber(raw);
    if (typeof raw === 'bigint') return String(raw);
    if (typeof raw === 'boolean' || raw === null) return raw;
    if (typeof raw !== 'object') throw new Unreadable('it has a value that is none');
    const date = this.#dateText(raw);
    if (date !== null) return date;
    if (Array.isArray(raw)) {
      return raw.map((item, i) => this.value(item, pointerTo(pointer, i), depth + 1));
    }
    const entries = Object.entries(raw).map(([name, item]): [string, MetaValue] => {
      checkName(name, new Set());
      return [name, this.value(item, pointerTo(pointer, name), depth + 1)];
    });
    return Object.fromEntries(entries);
  }
}

function noNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  return value > 0 ? '.inf' : '-.inf';
}
