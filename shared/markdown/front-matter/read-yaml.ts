import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Alias,
  type Document,
  type Pair,
  type Scalar,
} from 'yaml';
import { pointerTo, readsAsOther, type MetaValue } from '../../document/meta.ts';
import { Budget, checkDepth, checkName, Unreadable, type Field, type Fields } from './fields.ts';

/**
 * The fields of a YAML mapping, by the rules of YAML 1.2: `no` is a word, and so is what begins with a
 * zero. Dates and integers that would lose digits stay as they were typed.
 * @throws Unreadable
 */
export function readYaml(text: string): Fields {
  checkBrackets(text);
  // Without the library's own look for names that are there twice, which is quadratic.
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  const [problem] = document.errors;
  if (problem) throw new Unreadable(problem.message.split('\n')[0]?.replace(/:$/, ''));
  return new Reader(document).fields();
}

/** Thousands of lists in one another take the library seconds before it fails (100,000: 4 s). */
function checkBrackets(text: string): void {
  let open = 0;
  for (const [sign] of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (sign === '[' || sign === '{' ? 1 : -1));
    if (open > 1_000) throw new Unreadable('it is deeper than 1000 levels');
  }
}

/** The most that may stand for something above: each is looked for in all of it. */
const mostAliases = 100;

class Reader {
  readonly #document: Document.Parsed;
  readonly #budget = new Budget();
  readonly #strings: string[] = [];
  #aliases = 0;
  #comments = false;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  fields(): Fields {
    const { contents, comment, commentBefore, warnings } = this.#document;
    this.#note({ comment, commentBefore });
    const isEmpty = contents === null || (isScalar(contents) && contents.source === '');
    const pairs = isMap(contents) ? contents.items : isEmpty ? [] : null;
    if (pairs === null) throw new Unreadable('it is not a list of "key: value"');
    const all = this.#fieldsOf(pairs);
    return {
      ...{ all, strings: this.#strings, comments: this.#comments },
      tags: warnings.some(({ code }) => code === 'TAG_RESOLVE_FAILED'),
    };
  }

  #fieldsOf(pairs: readonly Pair[]): Field[] {
    return [...this.#entries(pairs, '', 1)].map(([name, { node, value }]) => {
      const isTyped = isScalar(node) && node.type === 'PLAIN';
      return { name, value, ...(isTyped && { typed: node.source ?? '' }) };
    });
  }

  /** The fields of a mapping; those that it takes over from another come behind its own. */
  #entries(pairs: readonly Pair[], pointer: string, depth: number) {
    const found = new Map<string, { node: unknown; value: MetaValue }>();
    const merged: unknown[] = [];
    for (const { key, value } of pairs) {
      const name = this.#name(key);
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
        merged.push(value);
        continue;
      }
      checkName(name, found);
      found.set(name, {
        node: value,
        value: this.#value(value, pointerTo(pointer, name), depth),
      });
    }
    for (const node of merged) this.#merge(node, found, { pointer, depth });
    return found;
  }

  #merge(
    node: unknown,
    found: Map<string, { node: unknown; value: MetaValue }>,
    at: { pointer: string; depth: number },
  ): void {
    checkDepth(at.depth);
    const source = isAlias(node) ? this.#target(node) : node;
    if (isSeq(source)) {
      for (const item of source.items) this.#merge(item, found, { ...at, depth: at.depth + 1 });
      return;
    }
    if (!isMap(source)) throw new Unreadable('"<<" is not followed by a mapping');
    for (const [name, entry] of this.#entries(source.items, at.pointer, at.depth + 1)) {
      if (!found.has(name)) found.set(name, entry);
    }
  }

  #name(key: unknown): string {
    if (!isScalar(key)) throw new Unreadable('a key is not a word');
    this.#note(key);
    const name = key.type === 'PLAIN' ? (key.source ?? '') : String(key.value);
    this.#budget.spend(name.length);
    return name;
  }

  #value(node: unknown, pointer: string, depth: number): MetaValue {
    checkDepth(depth);
    this.#budget.spend(0);
    if (node === null) return null;
    if (isAlias(node)) return this.#value(this.#target(node), pointer, depth + 1);
    if (isScalar(node)) return this.#scalar(node, pointer);
    if (isSeq(node)) {
      this.#note(node);
      return node.items.map((item, i) => this.#value(item, pointerTo(pointer, i), depth + 1));
    }
    if (!isMap(node)) throw new Unreadable('it has a value that is none');
    this.#note(node);
    const entries = this.#entries(node.items, pointer, depth + 1);
    return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]));
  }

  #scalar(node: Scalar, pointer: string): MetaValue {
    this.#note(node);
    const { value, source = '', type } = node;
    this.#budget.spend(source.length);
    if (typeof value === 'string') {
      const isTyped = type === 'PLAIN' && node.tag === undefined;
      if (!isTyped && readsAsOther(value)) this.#strings.push(pointer);
      return value;
    }
    if (typeof value === 'number') {
      // Digits that mean something, such as those of a postcode.
      if (readsAsOther(source) || /^[-+]?0\d/.test(source)) return source;
      return Number.isFinite(value) ? value || 0 : source;
    }
    return typeof value === 'boolean' ? value : null;
  }

  #target(alias: Alias): unknown {
    this.#aliases += 1;
    if (this.#aliases > mostAliases) throw new Unreadable('it refers to itself too often');
    const target = alias.resolve(this.#document);
    if (target === undefined) throw new Unreadable('it refers to what is not there');
    return target;
  }

  #note(node: { comment?: string | null | undefined; commentBefore?: string | null | undefined }) {
    if (node.comment || node.commentBefore) this.#comments = true;
  }
}
