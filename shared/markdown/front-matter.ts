import { parseDocument, stringify } from 'yaml';

/** What a document takes from front matter. `rest` is what it cannot hold, as YAML. */
export interface FrontMatter {
  title?: string;
  standfirst?: string;
  /** The last line of the body has no line break. */
  unterminated: boolean;
  rest: string;
  /** Set when the text is no YAML mapping; all of it is in `rest` then. */
  error?: string;
}

/** Reads the text between the fences. Never throws: what is no YAML mapping is handed back. */
export function readFrontMatter(text: string): FrontMatter {
  const found: FrontMatter = { unterminated: false, rest: '' };
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
  for (const [key, field] of Object.entries(value)) {
    if (key === 'title' && typeof field === 'string') found.title = field;
    else if (key === 'standfirst' && typeof field === 'string') found.standfirst = field;
    else if (key === 'unterminated' && field === 'true') found.unterminated = true;
    else rest.push([key, field]);
  }
  if (rest.length > 0) found.rest = stringify(Object.fromEntries(rest), { lineWidth: 0 }).trimEnd();
  return found;
}

/** Front matter with its fences, or '' when there is nothing in it. */
export function writeFrontMatter(fields: {
  title: string;
  standfirst: string;
  unterminated: boolean;
}): string {
  const lines: string[] = [];
  if (fields.title !== '') lines.push(`title: ${writeScalar(fields.title)}`);
  if (fields.standfirst !== '') lines.push(`standfirst: ${writeScalar(fields.standfirst)}`);
  if (fields.unterminated) lines.push('unterminated: true');
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
