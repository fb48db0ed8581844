import type { Marks } from '../../document/schema.ts';

/** A stretch of a line that Markdown has a form for. */
export type InlinePart = { text: string; marks: Marks } | { footnote: string; marks: Marks };

/** How much is escaped, from nothing but what always must be, to everything. */
export interface InlineStyle {
  /** Characters to put a backslash before; `start` is that of a block at the start of the line. */
  escape: ReadonlySet<string> | 'all';
  italic: '*' | '_';
  /**
   * Which letters beside an emphasis become references, and so punctuation. CommonMark takes "**" at
   * “**Quite.**so” for an end only when no letter follows, and at "**a*b****c*" cannot tell at all
   * unless letters on the inside are hidden too.
   */
  flanks: 'none' | 'outside' | 'both';
  /** What would be CriticMarkup is escaped. */
  critic: boolean;
  /** Keeps spaces at the ends of the line as references; otherwise they are written as they are. */
  edges: boolean;
}

/** Characters that can mean something in the middle of a line. */
export const activeCharacters = ['\\', '`', '*', '_', '[', ']', '<', '&', '~', '#'] as const;

type Segment =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'mark'; text: string; emphasis?: 'opens' | 'closes' };

/** One line of Markdown; whether it reads back as it should is for the caller to try. */
export function writeInline(parts: readonly InlinePart[], style: InlineStyle): string {
  const segments = nest(parts, style);
  return segments.map((segment, i) => writeSegment(segment, i, segments, style)).join('');
}

/** Text that no reader takes for anything else, wherever in a document it stands. */
export function isCertainlyPlain(text: string): boolean {
  return certainlyPlain.test(text.replace(/^ {1,3}| +$/g, ''));
}

const certainlyPlain =
  /^(?![-+=:\s{$]|\d+[.)]|(?:im|ex)port )[^\\`*_[\]<>&~|#\n\r\t\0\uFEFF]*[^\\`*_[\]<>&~|#\s\0\uFEFF]$/u;

/** Opens and closes marks around the parts; those that reach furthest are the outermost. */
function nest(parts: readonly InlinePart[], style: InlineStyle): Segment[] {
  const segments: Segment[] = [];
  const open: { name: keyof Marks; value: unknown }[] = [];
  const closeTo = (depth: number): void => {
    for (const mark of open.splice(depth).reverse()) segments.push(closing(mark, style));
  };
  parts.forEach((part, i) => {
    const keep = open.findIndex(({ name, value }) => part.marks[name] !== value);
    if (keep >= 0) closeTo(keep);
    const missing = wrapping
      .filter((name) => part.marks[name] !== undefined)
      .filter((name) => !open.some((mark) => mark.name === name))
      .map((name) => ({ name, value: part.marks[name], reach: reach(parts, i, name) }))
      .sort((a, b) => b.reach - a.reach);
    for (const { name, value } of missing) {
      open.push({ name, value });
      segments.push(openingOf(name, style));
    }
    if ('footnote' in part) {
      segments.push({ kind: 'mark', text: `[^${part.footnote}]` });
    } else segments.push({ kind: part.marks.code ? 'code' : 'text', text: part.text });
  });
  closeTo(0);
  return segments;
}

const wrapping = ['link', 'bold', 'italic', 'strike'] as const;

function reach(parts: readonly InlinePart[], from: number, name: keyof Marks): number {
  const value = parts[from]?.marks[name];
  const end = parts.findIndex((part, i) => i > from && part.marks[name] !== value);
  return end < 0 ? parts.length : end;
}

function openingOf(name: keyof Marks, style: InlineStyle): Segment {
  if (name === 'link') return { kind: 'mark', text: '[' };
  return { kind: 'mark', text: delimiter(name, style), emphasis: 'opens' };
}

function closing(mark: { name: keyof Marks; value: unknown }, style: InlineStyle): Segment {
  if (mark.name === 'link') return { kind: 'mark', text: `](${writeUrl(String(mark.value))})` };
  return { kind: 'mark', text: delimiter(mark.name, style), emphasis: 'closes' };
}

function delimiter(name: keyof Marks, style: InlineStyle): string {
  if (name === 'bold') return '**';
  return name === 'strike' ? '~~' : style.italic;
}

function writeUrl(url: string): string {
  const written = url.replace(/&(?=#?\w+;)|[\\<>\s]/gu, reference);
  const bare = /^[\w\-./:?#=@%+,;!$~'&]*$/u;
  // Parentheses may stand in pairs of one level, as in addresses of Wikipedia.
  const flat = written.replace(/\([^()]*\)/gu, (pair) => pair.slice(1, -1));
  return bare.test(flat) && !written.includes('&#') ? written : `<${written}>`;
}

function writeSegment(
  segment: Segment,
  index: number,
  all: readonly Segment[],
  style: InlineStyle,
): string {
  if (segment.kind === 'mark') return segment.text;
  if (segment.kind === 'code') return writeCode(segment.text);
  const characters = [...segment.text];
  const last = characters.length - 1;
  const start = index === 0 ? startLength(segment.text) : -1;
  return characters
    .map((character, i) => {
      if (i === 0 && isEdge(character, all[index - 1], 'opens', style)) return reference(character);
      if (i === last && isEdge(character, all[index + 1], 'closes', style))
        return reference(character);
      return writeCharacter(character, i, characters, start, style);
    })
    .join('');
}

/**
 * Whether a character at an end of a text must be a reference for the sake of what stands beside it.
 * `inner` is the sign that would have the character on its inside.
 */
function isEdge(
  character: string,
  beside: Segment | undefined,
  inner: 'opens' | 'closes',
  style: InlineStyle,
): boolean {
  if (!beside) return style.edges && (character === ' ' || character === '\t');
  if (beside.kind !== 'mark' || !beside.emphasis) return false;
  const inside = beside.emphasis === inner;
  if (inside && /\s/u.test(character)) return true;
  const hidden = style.flanks === 'both' || (style.flanks === 'outside' && !inside);
  return hidden && /[\p{L}\p{N}]/u.test(character);
}

function writeCharacter(
  character: string,
  i: number,
  all: readonly string[],
  start: number,
  style: InlineStyle,
): string {
  if (character === '\r' || character === '\uFEFF') return reference(character);
  // Leading white space of four columns would be code.
  if (i === 0 && start === 0 && deepIndent.test(all.slice(0, 4).join(''))) {
    return reference(character);
  }
  const always =
    // Before a "[" that is escaped, a lone backslash would take the escape for itself.
    (character === '\\' && all[i + 1] === '[') ||
    (character === '[' && all[i + 1] === '^') ||
    (character === ':' && i === start && all[i + 1] === ':' && all[i + 2] === ':') ||
    (style.critic && isCritic(all, i));
  const escaped =
    always ||
    (style.escape === 'all'
      ? /[!-/:-@[-`{-~]/.test(character)
      : style.escape.has(character) || (i === start && style.escape.has('start')));
  return escaped && /[!-/:-@[-`{-~]/.test(character) ? `\\${character}` : character;
}

/**
 * Whether a letter, without a backslash, would make CriticMarkup with those beside it. Of tildes behind
 * a brace each would: what is left of a run that lost its first could strike words out.
 */
function isCritic(all: readonly string[], i: number): boolean {
  const [before, here, after] = [all[i - 1], all[i], all[i + 1]];
  if (here === '}')
    return before === all[i - 2] && before !== undefined && '+-~=<'.includes(before);
  if (here === '>' && before === '~') return true;
  if (here === '~') {
    let from = i;
    while (all[from - 1] === '~' && i - from < longestRun) from--;
    return all[from - 1] === '{' && all[from + 1] === '~';
  }
  return before === '{' && here === after && here !== undefined && '+-=>'.includes(here);
}

/** Past it, a run of tildes is read back like anything else. */
const longestRun = 100;

/** White space that begins indented code. */
export const deepIndent = /^(?: {4}| {0,3}\t)/;

/** Index of the character by which a line would begin a block: behind spaces, or digits. */
function startLength(text: string): number {
  const spaces = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  if (deepIndent.test(text)) return 0;
  const digits = /^\d{1,9}(?=[.)])/.exec(text.slice(spaces))?.[0].length ?? 0;
  return spaces + digits;
}

function writeCode(text: string): string {
  const runs = new Set((text.match(/`+/g) ?? []).map((run) => run.length));
  let length = 1;
  while (runs.has(length)) length += 1;
  const fence = '`'.repeat(length);
  const padded =
    /^`|`$/.test(text) || (text.startsWith(' ') && text.endsWith(' ') && text.trim() !== '');
  return padded ? `${fence} ${text} ${fence}` : fence + text + fence;
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
