/** Front matter as it stands at the beginning of a file. */
export interface Fenced {
  readonly kind: 'yaml' | 'toml' | 'json';
  /** What is between the fences; of JSON, all of it. */
  readonly text: string;
  /** Where what follows it begins. */
  readonly end: number;
}

/** What ends that which a line begins. `...` ends a document of YAML. */
const fences = [
  { opens: /^---[ \t]*\n/, closes: /^(?:---|\.\.\.)[ \t]*$/m, kind: 'yaml' },
  { opens: /^\+\+\+[ \t]*\n/, closes: /^\+\+\+[ \t]*$/m, kind: 'toml' },
] as const;

/** What may be the front matter of a file; null: there is none. Line ends must be "\n". */
export function splitFrontMatter(source: string): Fenced | null {
  for (const { opens, closes, kind } of fences) {
    const opened = opens.exec(source)?.[0].length;
    if (opened === undefined) continue;
    const rest = source.slice(opened);
    const close = closes.exec(rest);
    if (close === null) return null;
    const end = opened + close.index + close[0].length;
    return { kind, text: rest.slice(0, close.index).replace(/\n$/, ''), end };
  }
  return splitJson(source);
}

/** An object that begins the file, as Hugo has it: it ends where its line does. */
function splitJson(source: string): Fenced | null {
  if (!source.startsWith('{')) return null;
  // Strings, in which brackets count for nothing, and brackets.
  const sign = /"(?:[^"\\\n]|\\.)*"|[{}]/g;
  let depth = 0;
  for (let found = sign.exec(source); found !== null; found = sign.exec(source)) {
    if (found[0] === '{') depth += 1;
    if (found[0] === '}') depth -= 1;
    if (depth > 0) continue;
    const end = sign.lastIndex;
    const text = source.slice(0, end);
    return /^[ \t]*(?:\n|$)/.test(source.slice(end)) && isObject(text)
      ? { kind: 'json', text, end }
      : null;
  }
  return null;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return Object.keys(value as object).length > 0;
  } catch {
    // It is text that begins with a bracket.
    return false;
  }
}
