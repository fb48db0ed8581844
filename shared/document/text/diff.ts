import { diff } from 'lib0/diff/patience';
import type { DeltaOp } from '../schema.ts';

/**
 * A difference between two texts: `remove` characters at index `at` of the one are the characters
 * `from` to `to` of the other. What lies between two changes is the same in both.
 */
export interface Change {
  readonly at: number;
  readonly remove: number;
  readonly from: number;
  readonly to: number;
}

/** What turns one text into the other, in order, word by word, and within a word by its ends. */
export function diffTexts(before: string, after: string): Change[] {
  return changes(textTokens(before), textTokens(after));
}

/** The same for deltas. Attributes do not count; an embed is one character. */
export function diffDeltas(before: readonly DeltaOp[], after: readonly DeltaOp[]): Change[] {
  return changes(deltaTokens(before), deltaTokens(after));
}

/** Words, single signs, line breaks; scripts without spaces letter by letter. */
const token =
  /\n|[^\S\n]+|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}])+|./gsu;

/** No text begins with half a character, so embeds are told from it by one. */
const embedSign = '\udc00';

function textTokens(text: string): string[] {
  return text.match(token) ?? [];
}

function deltaTokens(delta: readonly DeltaOp[]): string[] {
  const tokens: string[] = [];
  let text = '';
  const flush = () => {
    for (const one of textTokens(text)) tokens.push(one);
    text = '';
  };
  for (const { insert } of delta) {
    if (typeof insert === 'string') text += insert;
    else {
      flush();
      tokens.push(embedSign + canonicalJson(insert));
    }
  }
  flush();
  return tokens;
}

/** The order of an object's keys does not count. */
function canonicalJson(value: object): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

const isEmbed = (one: string) => one.startsWith(embedSign);
const lengthOf = (one: string) => (isEmbed(one) ? 1 : one.length);
const lengthOfAll = (tokens: readonly string[]) => tokens.reduce((sum, t) => sum + lengthOf(t), 0);

/** A run of an array that is another run of another: `at` and `from` are where they begin. */
export interface Hunk {
  readonly at: number;
  readonly remove: readonly string[];
  readonly from: number;
  readonly insert: readonly string[];
}

/** Lines first, then the words of those that differ: lines that moved take no words with them. */
function changes(before: readonly string[], after: readonly string[]): Change[] {
  const [old, young] = [linesOf(before), linesOf(after)];
  const found: Change[] = [];
  const oldIndex = indexer(old.tokens);
  const youngIndex = indexer(young.tokens);
  for (const lines of hunks(old.keys, young.keys)) {
    const removed = old.tokens.slice(lines.at, lines.at + lines.remove.length).flat();
    const inserted = young.tokens.slice(lines.from, lines.from + lines.insert.length).flat();
    let [at, from] = [oldIndex(lines.at), youngIndex(lines.from)];
    let [a, b] = [0, 0];
    for (const words of hunks(removed, inserted)) {
      at += lengthOfAll(removed.slice(a, words.at));
      from += lengthOfAll(inserted.slice(b, words.from));
      found.push(trimmed(at, words.remove, from, words.insert));
      at += lengthOfAll(words.remove);
      from += lengthOfAll(words.insert);
      a = words.at + words.remove.length;
      b = words.from + words.insert.length;
    }
  }
  return found;
}

function linesOf(tokens: readonly string[]): { keys: string[]; tokens: string[][] } {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const one of tokens) {
    line.push(one);
    if (one !== '\n') continue;
    lines.push(line);
    line = [];
  }
  if (line.length > 0) lines.push(line);
  return { keys: lines.map((parts) => parts.join('')), tokens: lines };
}

/** The index at which a line begins. */
function indexer(lines: readonly (readonly string[])[]): (line: number) => number {
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + lengthOfAll(line));
  return (line) => starts[line] ?? 0;
}

/**
 * Patience diff goes by what is in both once; within what that leaves, more is in both once. So it
 * is done again there, until it finds nothing.
 */
export function hunks(
  before: readonly string[],
  after: readonly string[],
  at = 0,
  from = 0,
): Hunk[] {
  const found: Hunk[] = [];
  let shift = 0;
  for (const { index, remove, insert } of diff([...before], [...after])) {
    const hunk = { at: at + index, remove, from: from + index + shift, insert };
    shift += insert.length - remove.length;
    const smaller = remove.length < before.length || insert.length < after.length;
    const both = remove.length > 0 && insert.length > 0;
    if (smaller && both) found.push(...hunks(remove, insert, hunk.at, hunk.from));
    else found.push(hunk);
  }
  return found;
}

/** Without the letters that both begin and end with; no character is cut in half. */
function trimmed(
  at: number,
  remove: readonly string[],
  from: number,
  insert: readonly string[],
): Change {
  const whole = { at, remove: lengthOfAll(remove), from, to: from + lengthOfAll(insert) };
  if ([...remove, ...insert].some(isEmbed)) return whole;
  const [old, young] = [[...remove.join('')], [...insert.join('')]];
  const most = Math.min(old.length, young.length);
  let start = 0;
  while (start < most && old[start] === young[start]) start++;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === young.at(-1 - end)) end++;
  const head = old.slice(0, start).join('').length;
  const tail = end === 0 ? 0 : old.slice(-end).join('').length;
  return {
    at: at + head,
    remove: whole.remove - head - tail,
    from: from + head,
    to: whole.to - tail,
  };
}
