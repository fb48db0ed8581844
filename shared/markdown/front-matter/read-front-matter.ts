import { headFields, type HeadField } from '../../document/head.ts';
import { isMetaName, metaOf, stringsField, type Meta } from '../../document/meta.ts';
import { longest, Unreadable, type Field, type Fields } from './fields.ts';
import { readToml } from './read-toml.ts';
import { readYaml } from './read-yaml.ts';
import { splitFrontMatter, type Fenced } from './split.ts';
import { writeFields } from './write-yaml.ts';

/** A text with its marks, in whichever form it was written. `delta`: JSON. */
export interface MarkedText {
  markdown?: string;
  delta?: string;
}

/** What a document takes from front matter. */
export interface FrontMatter {
  title?: string;
  standfirst?: string;
  /** With their marks, where the plain text is there too. */
  marked: Partial<Record<HeadField, MarkedText>>;
  /** The last line of the body has no line break. */
  unterminated: boolean;
  meta: Meta;
  /** What it has no place for: fields, as YAML, or all of it where it cannot be read. */
  rest: string;
  /** What was left out, or why the rest is one. */
  told: string[];
}

const parsers = { yaml: readYaml, json: readYaml, toml: readToml };
const names = { yaml: 'YAML', json: 'JSON', toml: 'TOML' };

/** The front matter of a file, and where what follows it begins; null: it has none. */
export function findFrontMatter(source: string): { front: FrontMatter; end: number } | null {
  const fenced = splitFrontMatter(source);
  const front = fenced && readFrontMatter(fenced);
  return fenced && front && { front, end: fenced.end };
}

/**
 * Reads front matter. Never throws: what cannot be read is handed back as it is. Null: it is none,
 * but text between two dividers.
 */
function readFrontMatter({ kind, text }: Fenced): FrontMatter | null {
  const found: FrontMatter = { marked: {}, unterminated: false, meta: {}, rest: '', told: [] };
  try {
    if (text.length > longest) throw new Unreadable(`it has more than ${longest} characters`);
    const fields = parsers[kind](text);
    if (kind === 'yaml' && !isMeant(text, fields)) return null;
    return sortOut(fields, found);
  } catch (cause) {
    if (!(cause instanceof Unreadable || cause instanceof RangeError)) throw cause;
    if (!looksMeant[kind].test(text)) return null;
    const told = [`No ${names[kind]} that a piece can hold: ${cause.message}; it is kept as text`];
    return { ...found, rest: text, told };
  }
}

/** How the first line of a mapping begins, behind comments. */
const looksMeant = {
  yaml: /^(?:[ \t]*(?:#.*)?\n)*["']?[\w$@.-]+["']?[ \t]*:(?:[ \t\n]|$)/,
  toml: /^(?:[ \t]*(?:#.*)?\n)*(?:\[|["']?[\w.-]+["']?[ \t]*=)/,
  json: /^\{/,
};

/** "He said: no" between two dividers reads as YAML, too; front matter has names, and no blank line before. */
function isMeant(text: string, { all }: Fields): boolean {
  return !/^[ \t]*\n/.test(text) || all.every(({ name }) => !/\s/.test(name));
}

function sortOut({ all, strings, comments, tags }: Fields, found: FrontMatter): FrontMatter {
  const [meta, rest]: [Field[], Field[]] = [[], []];
  const texts = new Map<string, Field>();
  for (const field of all) {
    const { name } = field;
    if (!isMetaName(name)) texts.set(name, field);
    else if (name === stringsField) rest.push(field);
    else meta.push(field);
  }
  for (const field of headFields) take(texts, field, (text) => (found[field] = text));
  for (const field of headFields) {
    if (found[field] === undefined) continue;
    const marked: MarkedText = {};
    take(texts, `${field}Markdown`, (text) => (marked.markdown = text));
    take(texts, `${field}Delta`, (text) => (marked.delta = text));
    if (Object.keys(marked).length > 0) found.marked[field] = marked;
  }
  if (texts.get('unterminated')?.value === true) {
    found.unterminated = true;
    texts.delete('unterminated');
  }
  rest.push(...texts.values());
  found.meta = metaOf([...meta.map(entryOf), [stringsField, strings]]);
  found.rest = writeFields(Object.fromEntries(rest.map(entryOf))).join('\n');
  if (comments) found.told.push('Comments are not kept');
  if (tags) found.told.push('Tags such as "!name" are not kept, only what stands behind them');
  if (rest.length > 0) {
    const said = rest.map(({ name }) => `"${name}"`).join(', ');
    found.told.push(`There is no place for ${said}; it is kept as text`);
  }
  return found;
}

const entryOf = ({ name, value }: Field) => [name, value] as const;

/** Takes a text off the fields, as it was typed: a number, or `No`, is one, too. */
function take(texts: Map<string, Field>, name: string, put: (text: string) => void): void {
  const field = texts.get(name);
  if (field === undefined) return;
  const { value, typed } = field;
  if (typeof value === 'object' && value !== null) return;
  put(typed ?? (value === null ? '' : String(value)));
  texts.delete(name);
}
