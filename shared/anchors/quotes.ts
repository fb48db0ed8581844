import { FoldedText } from '../document/text/fold-text.ts';
import type { FieldText } from './field-text.ts';

/** Offsets into the text of a field. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A W3C text quote selector: what is quoted, and what stands around it. */
export interface QuoteSelector {
  readonly quote: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** What is kept of a passage's surroundings, in UTF-16 units on each side. */
export const contextLength = 64;

/** A quote that is found more often than this could be told from the others by luck only. */
const mostPlaces = 1_000;

export function contextOf(text: string, { from, to }: Stretch): { prefix: string; suffix: string } {
  const first = Math.max(0, from - contextLength);
  const last = to + contextLength;
  return {
    prefix: text.slice(isInsideCharacter(text, first) ? first + 1 : first, from),
    suffix: text.slice(to, isInsideCharacter(text, last) ? last - 1 : last),
  };
}

/** Whether an offset is between the halves of a surrogate pair. */
export function isInsideCharacter(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}

/** Where `part` stands in `text`, one place not within another. */
export function occurrences(text: string, part: string): number[] {
  const found: number[] = [];
  if (part === '') return found;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    found.push(at);
    if (found.length === mostPlaces) break;
  }
  return found;
}

/**
 * The places that a selector names, in order: those that it fits to the letter; where there are none,
 * those that it fits but for the kind of a quotation mark, white space or Unicode form; then those that
 * it fits with any quotation marks. A selector with no quote names a point.
 */
export function select(view: FieldText, selector: QuoteSelector): Stretch[] {
  const exact = selectExactly(view.text, selector);
  if (exact.length > 0) return exact;
  const alike = selectFolded(view, selector, false);
  return alike.length > 0 ? alike : selectFolded(view, selector, true);
}

/** Not at a part of a letter: what a combining mark follows is another one. */
function selectExactly(text: string, { quote, prefix, suffix }: QuoteSelector): Stretch[] {
  const whole = prefix + quote + suffix;
  if (whole.trim() === '') return [];
  const overlapping: Stretch[] = [];
  for (let at = text.indexOf(whole); at >= 0; at = text.indexOf(whole, at + 1)) {
    const from = at + prefix.length;
    const end = at + whole.length;
    if (!isMark.test(text.slice(end, end + 2))) {
      overlapping.push({ from, to: from + quote.length });
    }
    if (overlapping.length === mostPlaces) break;
  }
  return overlapping;
}

const isMark = /^\p{M}/u;

function selectFolded(view: FieldText, selector: QuoteSelector, anyQuotes: boolean): Stretch[] {
  const { quote, prefix, suffix } = selector;
  const all = prefix + quote + suffix;
  // Last, what is blank at the ends does not count either.
  const whole = anyQuotes ? all.trim() : all;
  const lead = anyQuotes ? all.length - all.trimStart().length : 0;
  const part = new FoldedText(whole, { anyQuotes });
  if (part.text.trim() === '') return [];
  const first = part.unitAt(prefix.length - lead);
  const last = part.unitAt(prefix.length + quote.length - lead);
  if (first === last && quote !== '') return [];
  const folded = foldedOf(view, anyQuotes);
  const places: Stretch[] = [];
  for (const { from } of folded.occurrences(part.text, { overlapping: true })) {
    places.push(folded.rangeOf({ from: from + first, to: from + last }));
    if (places.length === mostPlaces) break;
  }
  return places;
}

/** Many quotes may be sought in one text. Not in `FieldText`, which browsers load before they type. */
const foldedTexts = new WeakMap<FieldText, Map<boolean, FoldedText>>();

function foldedOf(view: FieldText, anyQuotes: boolean): FoldedText {
  const known = foldedTexts.get(view) ?? new Map<boolean, FoldedText>();
  foldedTexts.set(view, known);
  const folded = known.get(anyQuotes) ?? new FoldedText(view.text, { anyQuotes });
  known.set(anyQuotes, folded);
  return folded;
}

/** Where a text has a quote but for the kind of a quotation mark, white space or Unicode form. */
export function resembling(view: FieldText, quote: string): Stretch[] {
  const { text } = new FoldedText(quote.trim());
  const folded = foldedOf(view, false);
  const places: Stretch[] = [];
  for (const units of folded.occurrences(text)) {
    places.push(folded.rangeOf(units));
    if (places.length === mostPlaces) break;
  }
  return places;
}

/** How many characters around a place are those that stood around the quote, on both sides. */
export function agreement(
  text: string,
  { from, to }: Stretch,
  { prefix, suffix }: Omit<QuoteSelector, 'quote'>,
): number {
  let before = 0;
  while (before < prefix.length && text[from - 1 - before] === prefix.at(-1 - before)) before++;
  let after = 0;
  while (after < suffix.length && text[to + after] === suffix[after]) after++;
  return before + after;
}

/** How alike two texts are, 0 to 1: the share of their pairs of letters that both have. */
export function similarity(a: string, b: string): number {
  if (a === b) return 1;
  if (a.length < 2 || b.length < 2) return 0;
  const pairs = new Map<string, number>();
  for (let i = 0; i < a.length - 1; i++) {
    const pair = a.slice(i, i + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let shared = 0;
  for (let i = 0; i < b.length - 1; i++) {
    const pair = b.slice(i, i + 2);
    const left = pairs.get(pair) ?? 0;
    if (left === 0) continue;
    pairs.set(pair, left - 1);
    shared++;
  }
  return (2 * shared) / (a.length + b.length - 2);
}

/** Whether `part` is `whole` with some letters left out. */
export function isLeftOver(part: string, whole: string): boolean {
  let at = 0;
  for (let i = 0; i < whole.length && at < part.length; i++) if (whole[i] === part[at]) at++;
  return at === part.length;
}
