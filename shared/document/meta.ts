import type * as Y from 'yjs';
import { sameValue } from './delta/delta.ts';

/** A plain JSON value. */
export type MetaValue =
  string | number | boolean | null | readonly MetaValue[] | { readonly [name: string]: MetaValue };

/**
 * What is told of a piece beside its text: the fields of front matter, each under its own name. Each
 * is a `MetaValue`, which is not said here: what TypeScript makes of nested types, such as arguments
 * that go to a browser, would have no end.
 */
export type Meta = Readonly<Record<string, unknown>>;

/** The fields that every piece has a place for, in the order in which they are shown and written. */
export const metaFields = ['byline', 'date', 'slug', 'excerpt', 'tags', 'canonicalUrl'] as const;

/**
 * The field that says which strings came as strings though they read as a date or a long number: a
 * list of JSON pointers (RFC 6901). JSON has one form for both, and front matter has two. No field of
 * YAML has this name, which is the tag of its strings.
 */
export const stringsField = '!!str';

/** Names that front matter has for the texts of a document. A field of these names is passed over. */
const ofTexts: ReadonlySet<string> = new Set([
  ...['title', 'titleMarkdown', 'titleDelta'],
  ...['standfirst', 'standfirstMarkdown', 'standfirstDelta', 'unterminated'],
]);

export function isMetaName(name: string): boolean {
  return !ofTexts.has(name);
}

/** How deep lists and maps of a value may be in one another. */
export const deepest = 32;

/**
 * The fields of a document in the order of their names. What is no plain JSON value, or cannot be
 * told from the texts in front matter, is passed over. Never throws, whatever clients have written.
 */
export function readMeta(map: Y.Map<unknown>): Meta {
  const fields: [string, unknown][] = [];
  map.forEach((value, name) => fields.push([name, value]));
  return metaOf(fields);
}

/** The one form of some fields: two are the same where their JSON is. */
export function metaOf(fields: Iterable<readonly [string, unknown]>): Meta {
  const found: [string, MetaValue][] = [];
  let strings: unknown;
  for (const [name, raw] of fields) {
    if (name === stringsField) strings = raw;
    const value = isMetaName(name) && name !== stringsField ? plainValue(raw) : undefined;
    if (value !== undefined) found.push([name, value]);
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  const meta = Object.fromEntries(found);
  const said = Array.isArray(strings) ? stringsIn(meta, strings) : [];
  // First, as '!' comes before all letters; a name before it is sorted, too.
  return said.length === 0 ? meta : sorted({ ...meta, [stringsField]: said });
}

function sorted(meta: Meta): Meta {
  return Object.fromEntries(Object.entries(meta).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A copy of a plain JSON value; undefined: it is none, or deeper than `deepest`. */
export function plainValue(value: unknown, depth = 0): MetaValue | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  // JSON has no -0.
  if (typeof value === 'number') return Number.isFinite(value) ? value || 0 : undefined;
  if (typeof value !== 'object' || depth >= deepest) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item) => plainValue(item, depth + 1));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const entries: [string, MetaValue][] = [];
  for (const [name, raw] of Object.entries(value)) {
    const item = plainValue(raw, depth + 1);
    // Yjs cannot bring this name back: it would be the object's prototype.
    if (item === undefined || name === '__proto__') return undefined;
    entries.push([name, item]);
  }
  return Object.fromEntries(entries);
}

const timestamp =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:(?:[Tt]|[ \t]+)(?:[01]?\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)?$/;
const noJsonNumber = /^[-+]?(?:\d+|\.inf|\.Inf|\.INF)$|^\.(?:nan|NaN|NAN)$/;

/**
 * Whether a string reads as something that JSON has no form for: a date, an integer that would lose
 * digits, or no number. In front matter it stands without quotes, unless `stringsField` names it.
 */
export function readsAsOther(text: string): boolean {
  if (text.length > 100) return false;
  if (timestamp.test(text)) return isDay(text);
  return noJsonNumber.test(text) && !/^[-+]?0\d/.test(text) && !Number.isSafeInteger(Number(text));
}

/** The 31st of February ends a reader that knows dates. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  const at = new Date(Date.UTC(2000, month - 1, day));
  at.setUTCFullYear(year, month - 1, day);
  return year > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}

/** Those of the pointers that lead to a string which reads as something else, in their order. */
function stringsIn(meta: Meta, pointers: readonly unknown[]): string[] {
  const found = new Set<string>();
  for (const pointer of pointers) {
    if (typeof pointer !== 'string' || !pointer.startsWith('/')) continue;
    const value = valueAt(meta, pointer);
    if (typeof value === 'string' && readsAsOther(value)) found.add(pointer);
  }
  return [...found].sort();
}

function valueAt(meta: Meta, pointer: string): unknown {
  let value: unknown = meta;
  for (const step of pointer.slice(1).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Meta)[name];
  }
  return value;
}

/** One step further of a JSON pointer. */
export function pointerTo(pointer: string, step: string | number): string {
  return `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * Makes the fields of a document what is wanted, by touching only those that are otherwise. What
 * readers pass over stays.
 */
export function changeMeta(map: Y.Map<unknown>, wanted: Meta): void {
  const present = readMeta(map);
  for (const name of Object.keys(present)) if (!Object.hasOwn(wanted, name)) map.delete(name);
  for (const [name, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(present, name) || !sameMeta(present[name], value)) map.set(name, value);
  }
}

/** Whether two values are written the same: in a map, the order of its fields counts. */
export function sameMeta(a: unknown, b: unknown): boolean {
  return sameValue(a, b) && JSON.stringify(a) === JSON.stringify(b);
}
