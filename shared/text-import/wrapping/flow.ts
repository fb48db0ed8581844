import { findWidth, type Stretch } from './evidence.ts';
import { breaksCompounds, mixesUnspaced, type Habits } from './join.ts';
import { isGreeting } from '../letters.ts';
import { isBlank, stripped, type SourceLine } from '../lines.ts';
import { endsSentence, isShouted, isUnspaced, lengthOf, pairOf, type Pair } from './measure.ts';
import { isDivider, isLabelled, isNote, isTable, listSign, quoted } from '../signs.ts';

/** How a text, or what is quoted in it, was wrapped. */
export interface Flow {
  readonly habits: Habits;
  /** That most of it is wrapped at, or null. */
  readonly width: number | null;
  /** A space at the end of a line says that it goes on (RFC 3676). */
  readonly flowed: boolean;
}

/** Lines between blank ones. */
export type Group = readonly [SourceLine, ...SourceLine[]];

export function groupsOf(lines: readonly SourceLine[]): Group[] {
  const groups: [SourceLine, ...SourceLine[]][] = [];
  let open: [SourceLine, ...SourceLine[]] | undefined;
  for (const line of lines) {
    if (isBlank(line)) open = undefined;
    else if (open) open.push(line);
    else groups.push((open = [line]));
  }
  return groups;
}

/**
 * Looks at a text as a whole. `outer`, for what is quoted, is how the text around it is wrapped: few
 * quoted lines say little by themselves.
 */
export function lookAt(groups: readonly Group[], outer?: Flow): Flow {
  const sample = groups.flatMap((group) => group.map(({ text }) => text)).join('\n');
  const measure = isUnspaced(sample) ? 'columns' : 'characters';
  const stretches = groups.flatMap(stretchesOf);
  const seen = stretches.map((lines) => stretchOf(lines, measure));
  const width = findWidth(seen, measure) ?? outerWidth(outer, seen);
  const breaks = stretches.flatMap((lines) => neighbours(lines));
  const habits = {
    measure,
    breaksCompounds: width !== null && breaksCompounds(breaks, width, measure),
    mixesUnspaced: mixesUnspaced(sample),
  } as const;
  return { habits, width, flowed: isFlowed(groups) };
}

export function stretchOf(lines: readonly string[], measure: Habits['measure']): Stretch {
  const last = lines.at(-1)?.trimEnd() ?? '';
  return { pairs: pairsOf(lines, measure), last: lengthOf(last, measure) };
}

/** The breaks between lines. */
export function pairsOf(lines: readonly string[], measure: Habits['measure']): Pair[] {
  return neighbours(lines).map(([from, to]) => pairOf(from, to, measure));
}

function neighbours(lines: readonly string[]): [from: string, to: string][] {
  return lines.slice(1).map((to, i) => [lines[i] ?? '', stripped(to)]);
}

/** Whoever answers mail quotes what was wrapped as they wrap, or with the sign in the same width. */
function outerWidth(outer: Flow | undefined, stretches: readonly Stretch[]): number | null {
  if (outer?.width == null) return null;
  const { width } = outer;
  let longest = 0;
  for (const { pairs } of stretches) {
    for (const { length, oneWord } of pairs) if (!oneWord) longest = Math.max(longest, length);
  }
  return [width - 2, width].find((tried) => longest <= tried) ?? null;
}

/** Lines that could be one paragraph: nothing between them begins anything else. */
function stretchesOf(group: Group): string[][] {
  if (isTable(group.map(({ text }) => text))) return [];
  const stretches: string[][] = [];
  let open: string[] | undefined;
  group.forEach(({ text }, index) => {
    const apart = quoted(text) !== null || isDivider(text);
    const begins = isLabelled(text) || isNote(text) || listSign(text) !== null;
    if (apart || begins) open = undefined;
    if (apart) return;
    if (open) open.push(text);
    else stretches.push((open = [text]));
    if (open.length === 1 && isLeading(text, group[index + 1]?.text)) open = undefined;
  });
  return stretches;
}

/** A greeting, or a line in capitals over others that are not: what follows is another paragraph. */
export function isLeading(line: string, next: string | undefined): boolean {
  return isGreeting(line) || (next !== undefined && isShouted(line) && !isShouted(next));
}

/** Of the longest line of a flowed text, in characters; the standard says 78 at most. */
const leastFlowed = 40;
const mostFlowed = 100;

/** One space at the end of most lines, but not of the last ones of paragraphs. */
function isFlowed(groups: readonly Group[]): boolean {
  let soft = 0;
  let inner = 0;
  let softLast = 0;
  let ended = 0;
  let longest = 0;
  for (const group of groups) {
    group.forEach(({ text }, i) => {
      const ends = isSoft(text);
      if (ends) {
        longest = Math.max(longest, text.length);
        if (endsSentence(text)) ended += 1;
      }
      if (i === group.length - 1) softLast += ends ? 1 : 0;
      else {
        inner += 1;
        soft += ends ? 1 : 0;
      }
    });
  }
  // Others leave a space behind a sentence, or behind whatever they write.
  const isLine = longest >= leastFlowed && longest <= mostFlowed && ended <= soft * 0.4;
  return isLine && soft >= 2 && soft >= inner * 0.5 && softLast <= groups.length * 0.2;
}

/** "-- " stands before a signature. */
export function isSoft(text: string): boolean {
  return /[^ ] $/.test(text) && !/^\s*-- $/.test(text);
}
