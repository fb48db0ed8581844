import { similarity } from '../anchors/quotes.ts';
import { lineText, readBlocks, type Line } from './blocks.ts';
import { sameValue } from './delta.ts';
import { diffTexts, hunks } from './diff.ts';
import type { DocumentModel } from './model.ts';
import { countWords } from './words.ts';

/** A stretch of text, and what became of it. */
export interface TextPart {
  readonly change: 'same' | 'added' | 'removed';
  readonly text: string;
}

/**
 * A line of the body, and what became of it. `moved` ones may have other words, too. `restyled`: its
 * kind, or the look of its words, is another. Indexes are of its beginning, in the body before and
 * after; null where it is not there.
 */
export interface LineChange {
  readonly change: 'same' | 'changed' | 'moved' | 'added' | 'removed';
  readonly restyled: boolean;
  readonly kind: Line['kind'];
  readonly before: number | null;
  readonly after: number | null;
  readonly parts: readonly TextPart[];
}

export interface Comparison {
  readonly title: readonly TextPart[];
  readonly standfirst: readonly TextPart[];
  /** In the order of the later body; what was removed, where it stood. */
  readonly lines: readonly LineChange[];
  /** Of the body. A moved line's words count only where they were changed. */
  readonly words: { readonly added: number; readonly removed: number };
}

/** More alike than this, two lines in one place are one that was changed. */
const alike = 0.55;
/** And in two places, one that was moved and changed, where it is at least so many letters long. */
const alikeElsewhere = 0.75;
const longEnough = 40;
/** Comparisons of lines elsewhere, at most: each takes some microseconds. */
const mostComparisons = 40_000;

/** What was changed between two states of a document, by lines and words. */
export function compareDocuments(before: DocumentModel, after: DocumentModel): Comparison {
  const [old, young] = [readBlocks(before.body), readBlocks(after.body)];
  const lines = inOrder(old, young, pairLines(old.map(signs), young.map(signs)));
  const counted = (change: TextPart['change']) =>
    lines.reduce((sum, { parts }) => sum + countChanged(parts, change), 0);
  return {
    title: compareTexts(before.title, after.title),
    standfirst: compareTexts(before.standfirst, after.standfirst),
    lines,
    words: { added: counted('added'), removed: counted('removed') },
  };
}

/** The words of one text that the other does not have, with those of both between them. */
export function compareTexts(before: string, after: string): TextPart[] {
  const parts: TextPart[] = [];
  const push = (change: TextPart['change'], text: string) => {
    if (text !== '') parts.push({ change, text });
  };
  let index = 0;
  for (const { at, remove, from, to } of diffTexts(before, after)) {
    push('same', before.slice(index, at));
    push('removed', before.slice(at, at + remove));
    push('added', after.slice(from, to));
    index = at + remove;
  }
  push('same', before.slice(index));
  return parts;
}

function countChanged(parts: readonly TextPart[], change: TextPart['change']): number {
  return parts.reduce((sum, part) => sum + (part.change === change ? countWords(part.text) : 0), 0);
}

/** What a line is compared by; an embed is one sign. */
function signs(line: Line): string {
  return line.spans.map((span) => ('text' in span ? span.text : '\ufffc')).join('');
}

interface Pair {
  readonly before: number;
  readonly moved: boolean;
}

/** By the index of each later line, the earlier one that it was. */
function pairLines(old: readonly string[], young: readonly string[]): Map<number, Pair> {
  const pairs = new Map<number, Pair>();
  const gone = new Set<number>();
  const fresh = new Set<number>();
  const found = hunks(old, young);
  let [a, b] = [0, 0];
  for (const { at, remove, from, insert } of found) {
    for (; a < at; a++, b++) pairs.set(b, { before: a, moved: false });
    for (; a < at + remove.length; a++) gone.add(a);
    for (; b < from + insert.length; b++) fresh.add(b);
  }
  for (; a < old.length && b < young.length; a++, b++) pairs.set(b, { before: a, moved: false });
  const pair = (later: number, before: number, moved: boolean) => {
    pairs.set(later, { before, moved });
    gone.delete(before);
    fresh.delete(later);
  };
  // The very same line elsewhere; then what it became in its place; then elsewhere.
  for (const later of [...fresh]) {
    const text = young[later] ?? '';
    if (text.trim() === '') continue;
    const before = [...gone].find((one) => old[one] === text);
    if (before !== undefined) pair(later, before, true);
  }
  for (const { at, remove, from, insert } of found) {
    let next = at;
    for (let later = from; later < from + insert.length; later++) {
      if (!fresh.has(later)) continue;
      for (let before = next; before < at + remove.length; before++) {
        if (!gone.has(before) || !isLike(old[before], young[later], alike)) continue;
        pair(later, before, false);
        next = before + 1;
        break;
      }
    }
  }
  if (gone.size * fresh.size > mostComparisons) return pairs;
  for (const later of [...fresh]) {
    const before = [...gone].find((one) =>
      isLike(old[one], young[later], alikeElsewhere, longEnough),
    );
    if (before !== undefined) pair(later, before, true);
  }
  return pairs;
}

function isLike(a = '', b = '', least = alike, longest = 0): boolean {
  return a.length >= longest && b.length >= longest && similarity(a, b) > least;
}

/** The later lines in their order, with those that are gone before what followed them. */
function inOrder(
  old: readonly Line[],
  young: readonly Line[],
  pairs: ReadonlyMap<number, Pair>,
): LineChange[] {
  const kept = new Set([...pairs.values()].map(({ before }) => before));
  const changes: LineChange[] = [];
  let next = 0;
  const passGone = (to: number) => {
    for (; next < to; next++) {
      const line = old[next];
      if (line !== undefined && !kept.has(next)) changes.push(oneSided(line, 'removed'));
    }
  };
  young.forEach((line, later) => {
    const pair = pairs.get(later);
    const was = pair === undefined ? undefined : old[pair.before];
    if (pair === undefined || was === undefined) {
      changes.push(oneSided(line, 'added'));
      return;
    }
    if (!pair.moved) passGone(pair.before);
    changes.push(twoSided(was, line, pair.moved));
  });
  passGone(old.length);
  return changes;
}

function oneSided(line: Line, change: 'added' | 'removed'): LineChange {
  const [before, after] = change === 'added' ? [null, line.from] : [line.from, null];
  const text = lineText(line);
  const parts = text === '' ? [] : [{ change, text }];
  return { change, restyled: false, kind: line.kind, before, after, parts };
}

function twoSided(was: Line, line: Line, moved: boolean): LineChange {
  const parts = compareTexts(signs(was), signs(line));
  const restyled = !sameValue(was.attributes, line.attributes) || !sameLook(was, line, parts);
  const same = parts.every(({ change }) => change === 'same') && !restyled;
  const change = moved ? 'moved' : same ? 'same' : 'changed';
  return { change, restyled, kind: line.kind, before: was.from, after: line.from, parts };
}

/** Whether the words that two lines share look alike; where words differ, that is not asked. */
function sameLook(was: Line, line: Line, parts: readonly TextPart[]): boolean {
  if (parts.some(({ change }) => change !== 'same')) return true;
  const looks = ({ spans }: Line) => spans.map(({ attributes, ...rest }) => [attributes, rest]);
  return sameValue(looks(was), looks(line));
}
