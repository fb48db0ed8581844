import { headFields, type HeadField } from '../document/head.ts';
import { parseDocument, stringify } from 'yaml';

/** A text with its marks, in whichever form it was written. `delta`: JSON. */
export interface MarkedText {
  markdown?: string;
  delta?: string;
}

/** A title or standfirst as it is written. */
export interface HeadEntry extends MarkedText {
  field: HeadField;
  text: string;
}

/** What a document takes from front matter. `rest` is what it cannot hold, as YAML. */
export interface FrontMatter {
  title?: string;
  standfirst?: string;
  /** With their marks, where the plain text is there too. */
  marked: Partial<Record<HeadField, MarkedText>>;
  /** The last line of the body has no line break. */
  unterminated: boolean;
  rest: string;
  /** Set when the text is no YAML mapping; all of it is in `rest` then. */
  error?: string;
}

/** Reads the text between the fences. Never throws: what is no YAML mapping is handed back. */
export function readFrontMatter(text: string): FrontMatter {
  const found: FrontMatter = { marked: {}, unterminated: false, rest: '' };
  let value: unknown;
  try {
    // The failsafe schema has no types but strings, so `title: 1984` or `title: No` stay as typed.
    const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
    const [problem] = document.errors;
    if (problem) throw problem;
    value = document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    const [firstLine = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    return { ...found, rest: text, error: firstLine };
  }
  if (value === null || value === '') return found;
  if (typeof value !== 'object' || Array.isArray(value)) {
    return { ...found, rest: text, error: 'it is not a list of "key: value"' };
  }
  const rest: [string, unknown][] = [];
  const entries: [string, unknown][] = Object.entries(value);
  for (const [key, field] of entries) {
    if (isHeadField(key) && typeof field === 'string') found[key] = field;
  }
  for (const [key, field] of entries) {
    if (typeof field === 'string' && (isHeadField(key) || takeMarked(found, key, field))) continue;
    if (key === 'unterminated' && field === 'true') found.unterminated = true;
    else rest.push([key, field]);
  }
  if (rest.length > 0) found.rest = stringify(Object.fromEntries(rest), { lineWidth: 0 }).trimEnd();
  return found;
}

function isHeadField(key: string): key is HeadField {
  return headFields.some((field) => field === key);
}

/** Takes `titleMarkdown` and the like; false: it is none, or of a text that is not there. */
function takeMarked(found: FrontMatter, key: string, value: string): boolean {
  const [, field = '', form] = /^(.*)(Markdown|Delta)$/.exec(key) ?? [];
  if (!isHeadField(field) || found[field] === undefined) return false;
  const named = form === 'Delta' ? { delta: value } : { markdown: value };
  found.marked[field] = { ...found.marked[field], ...named };
  return true;
}

/** Front matter with its fences, or '' when there is nothing in it. */
export function writeFrontMatter(head: readonly HeadEntry[], unterminated: boolean): string {
  const lines = head.flatMap(({ field, text, markdown, delta }) => [
    ...(text === '' && delta === undefined ? [] : [`${field}: ${writeScalar(text)}`]),
    ...(markdown === undefined ? [] : [`${field}Markdown: ${writeScalar(markdown)}`]),
    ...(delta === undefined ? [] : [`${field}Delta: ${writeScalar(delta)}`]),
  ]);
  if (unterminated) lines.push('unterminated: true');
  return lines.length === 0 ? '' : ['---', ...lines, '---'].join('\n');
}

/**
 * A string as YAML: plain where it is words and nothing a YAML reader could take for a number, a
 * date or a sign, and otherwise as JSON, the only quoting that holds any string on one line.
 */
function writeScalar(text: string): string {
  const plain = /^\p{L}[\p{L}\p{N},.;!?()’‘“”–—-]*(?: [\p{L}\p{N},.;!?()’‘“”–—-]+)+$/u;
  return plain.test(text) ? text : JSON.stringify(text);
}
