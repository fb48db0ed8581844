import {
  metaFields,
  pointerTo,
  readsAsOther,
  stringsField,
  type Meta,
} from '../../document/meta.ts';

/**
 * Fields as lines of YAML that readers of 1.1 and of 1.2 read alike: the known ones first, the others
 * by their names. Dates stand without quotes, as their readers want them.
 */
export function writeFields(meta: Meta): string[] {
  const { [stringsField]: said, ...fields } = meta;
  const strings = new Set(Array.isArray(said) ? said : []);
  const known: readonly string[] = metaFields;
  const others = Object.keys(fields).filter((name) => !known.includes(name));
  others.sort((a, b) => (a < b ? -1 : 1));
  const names = [...known.filter((name) => Object.hasOwn(fields, name)), ...others];
  return names.flatMap((name) => entry(name, fields[name] ?? null, { pointer: '', strings }));
}

interface Place {
  /** A JSON pointer to what the value is in. */
  readonly pointer: string;
  readonly strings: ReadonlySet<unknown>;
}

function entry(name: string, value: unknown, { pointer, strings }: Place): string[] {
  const key = writeKey(name);
  // A key before ": " may have 1,024 characters.
  const [before, sign] = key.length < 1_000 ? [[], `${key}:`] : [[`? ${key}`], ':'];
  const lines = write(value, { pointer: pointerTo(pointer, name), strings });
  return isOnKeyLine(value)
    ? [...before, `${sign} ${lines.join('')}`]
    : [...before, sign, ...lines.map((line) => `  ${line}`)];
}

/** A value as lines, with no indentation of its own. */
function write(value: unknown, place: Place): string[] {
  if (typeof value === 'string') return [writeString(value, place)];
  if (typeof value === 'number') return [writeNumber(value)];
  if (typeof value !== 'object' || value === null) return [String(value)];
  if (isList(value)) {
    if (value.length === 0) return ['[]'];
    return value.flatMap((item, i) => {
      const [first = '', ...more] = write(item, {
        ...place,
        pointer: pointerTo(place.pointer, i),
      });
      return [`- ${first}`, ...more.map((line) => `  ${line}`)];
    });
  }
  const entries = Object.entries(value);
  return entries.length === 0
    ? ['{}']
    : entries.flatMap(([name, item]) => entry(name, item, place));
}

const isList = (value: object): value is readonly unknown[] => Array.isArray(value);

/** Whether it stands on the line of its key. */
function isOnKeyLine(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

/** Words that YAML 1.1 or 1.2 reads as something else. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$/i;
const plain = /^\p{L}[\p{L}\p{N},.;!?()’‘“”–—/_@'-]*(?: [\p{L}\p{N},.;!?()’‘“”–—/_@'-]+)*$/u;

function writeKey(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) && !reserved.test(name) ? name : quoted(name);
}

function writeString(text: string, { pointer, strings }: Place): string {
  const isPlain = readsAsOther(text) ? !strings.has(pointer) : plain.test(text);
  return isPlain && !reserved.test(text) ? text : quoted(text);
}

/**
 * As JSON, with the letters as numbers that YAML 1.1 takes for line ends or has no place for, and those
 * of no meaning that stand for notes in an export with notes.
 */
function quoted(text: string): string {
  const unprintable = /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF\u{F0000}-\u{10FFFF}]/gu;
  return JSON.stringify(text).replace(unprintable, (one) => {
    const code = (one.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Integers that JSON holds, and all else with a point, without which YAML 1.1 reads a word. */
function writeNumber(value: number): string {
  const text = String(value);
  if (Number.isSafeInteger(value) || /^-?\d+\.\d+$/.test(text)) return text;
  const [digits = '', power = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}e${power}`;
}
