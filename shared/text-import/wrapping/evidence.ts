import type { Pair } from './measure.ts';

/*
 * Whether a text was wrapped at a width, told by its line breaks alone. Somebody who wraps ends a line
 * where the next word does not fit, mostly within a sentence. Somebody who ends a line on purpose does
 * so at any width: at the end of a sentence, or, in verses and addresses, before a capital. How likely
 * each break is in each of these is a guess from mail, archives, posts and verse; what counts is that one
 * break proves little and four prove much.
 */

/** Where a line ends, seen from a width: full, with room for a short word, for more, for many, or beyond. */
type Place = 'full' | 'near' | 'short' | 'far' | 'over';

/** Room for a next word, in characters, that a line still may have that is wrapped with care for rags. */
const nearly = 10;

/** Longest word that says where a line was meant to end, with the space before it. */
const longestWord = 40;

/** By so many characters a line may be longer that was wrapped by eye. */
const slip = 2;

export function placeOf(pair: Pair, width: number): Place {
  const { length, wanted, oneWord, bothOneWord } = pair;
  if (length > width && (!oneWord || bothOneWord)) return length <= width + slip ? 'near' : 'over';
  if (wanted > width) return 'full';
  const room = width - wanted;
  if (room <= nearly) return 'near';
  return room > width * 0.3 ? 'far' : 'short';
}

const wrapped = {
  place: { full: 0.88, near: 0.08, short: 0.02, far: 0.005, over: 0.004 },
  start: { lower: 0.72, upper: 0.17, other: 0.11 },
  startAfterEnd: { lower: 0.03, upper: 0.82, other: 0.15 },
  ended: 0.1,
  /** Paragraphs that follow each other without a blank line. */
  lastLine: 0.05,
};
/** A line is a paragraph. */
const paragraphs = {
  place: { full: 0.12, near: 0.12, short: 0.5, far: 0.5, over: 0.5 },
  start: { lower: 0.03, upper: 0.82, other: 0.15 },
  ended: 0.93,
};
/** A line is one of a poem, an address, a list without signs. */
const verses = {
  place: { full: 0.1, near: 0.12, short: 0.6, far: 0.6, over: 0.3 },
  start: { lower: 0.2, upper: 0.7, other: 0.11 },
  ended: 0.35,
};
/** Verses are of about one length, and few are longer than this. */
const verseWidth = 58;
const narrowVerses = { full: 0.35, near: 0.4, short: 0.25, far: 0.25, over: 0.3 };

function asWrapped({ ended, start }: Break, place: Place): number {
  const likely = (ended ? wrapped.startAfterEnd : wrapped.start)[start];
  if (ended && (place === 'short' || place === 'far')) return wrapped.lastLine * likely;
  return wrapped.place[place] * likely * (ended ? wrapped.ended : 1 - wrapped.ended);
}

function asKept({ ended, start }: Break, kind: typeof verses, place: number): number {
  return place * kind.start[start] * (ended ? kind.ended : 1 - kind.ended);
}

type Break = Pick<Pair, 'ended' | 'start'>;
type Weights = Readonly<Record<Place, { paragraphs: number; verses: number; narrow: number }>>;

/** Logarithms of what each break is worth, by its text and its place: a long text has many breaks. */
const weights = new Map<string, Weights>();
for (const ended of [true, false]) {
  for (const start of ['lower', 'upper', 'other'] as const) {
    const weigh = (place: Place) => {
      const likely = asWrapped({ ended, start }, place);
      const against = (kind: typeof verses, at: number) =>
        Math.log(likely / asKept({ ended, start }, kind, at));
      return {
        paragraphs: against(paragraphs, paragraphs.place[place]),
        verses: against(verses, verses.place[place]),
        narrow: against(verses, narrowVerses[place]),
      };
    };
    weights.set(`${start}${ended}`, {
      full: weigh('full'),
      near: weigh('near'),
      short: weigh('short'),
      far: weigh('far'),
      over: weigh('over'),
    });
  }
}

/**
 * How much more likely these breaks are with wrapping at `width` than by intention: a natural logarithm.
 */
export function evidenceOf(pairs: readonly Pair[], width: number): number {
  let againstParagraphs = 0;
  let againstVerses = 0;
  for (const pair of pairs) {
    const place = placeOf(pair, width);
    // Before an address, say, every line is full, however it was ended.
    if (place === 'full' && pair.wanted - pair.length > longestWord) continue;
    const weight = weights.get(`${pair.start}${pair.ended}`)?.[place];
    if (!weight) continue;
    againstParagraphs += weight.paragraphs;
    againstVerses += width < verseWidth ? weight.narrow : weight.verses;
  }
  return Math.min(againstParagraphs, againstVerses);
}

/** Widths that people wrap at. Below, lines are verses; above, paragraphs. */
const narrowest = 45;
const widest = { characters: 132, columns: 204 };

/** That the width was sought for, and so found more easily than by chance, has to be made up for. */
const sought = 3;
/** In a text that is not wrapped a wrapped stretch is rarer, and there are many that could look so. */
const soughtAlone = 5;
/** A stretch speaks against wrapping by no more than this: a poem within a mail is no proof. */
const most = -3;

interface Found {
  readonly width: number;
  readonly evidence: number;
}

/** Lines that could be one paragraph. */
export interface Stretch {
  readonly pairs: readonly Pair[];
  /** Of its last line, which is in no pair as the first. */
  readonly last: number;
}

/** The width at which most of these stretches are wrapped, or null. */
export function findWidth(
  stretches: readonly Stretch[],
  measure: keyof typeof widest,
): number | null {
  // Addresses and signatures are short at any width.
  const spoken = stretches.filter(({ pairs }) => pairs.some(({ length }) => length >= narrowest));
  if (mostlyEnded(spoken.flatMap(({ pairs }) => pairs))) return null;
  const found = bestWidth(spoken, stretches, widest[measure]);
  return found && found.evidence > sought ? found.width : null;
}

/** The width of one stretch in a text that is wrapped at another or not at all; null: not wrapped. */
export function findOwnWidth(stretch: Stretch, measure: keyof typeof widest): number | null {
  if (stretch.pairs.length < 3 || mostlyEnded(stretch.pairs)) return null;
  const found = bestWidth([stretch], [stretch], widest[measure]);
  return found && found.evidence > soughtAlone ? found.width : null;
}

/** The width that most speaks for; of several, the one that the longest lines fit in. */
function bestWidth(
  spoken: readonly Stretch[],
  all: readonly Stretch[],
  limit: number,
): Found | null {
  // The least width that fits a wrapped text is the length of its longest line.
  const candidates = new Set<number>();
  for (const { pairs, last } of all) {
    for (const { length } of pairs) candidates.add(length);
    candidates.add(last);
  }
  const widths = [...candidates].filter((width) => width >= narrowest && width <= limit);
  let best: Found | null = null;
  for (const width of widths.sort((a, b) => a - b)) {
    let evidence = 0;
    for (const { pairs } of spoken) evidence += Math.max(most, evidenceOf(pairs, width));
    if (best === null || evidence > best.evidence - 1e-9) best = { width, evidence };
  }
  return best;
}

/** Lines that mostly end sentences are paragraphs, however equal they are in length. */
function mostlyEnded(pairs: readonly Pair[]): boolean {
  return pairs.length >= 3 && pairs.filter(({ ended }) => ended).length > pairs.length * 0.6;
}

/** Whether a stretch is wrapped at a width that its text is known to be wrapped at. */
export function isWrappedAt(pairs: readonly Pair[], width: number): boolean {
  return evidenceOf(pairs, width) + 2 > 0;
}

/** Whether a line of a wrapped stretch was ended on purpose: it has much room, and says so. */
export function isBreak(pair: Pair, width: number): boolean {
  if (!hasRoom(pair, width)) return false;
  const room = (width - pair.wanted) / width;
  if (pair.ended) return room > 0.15;
  return pair.start === 'upper' ? room > 0.35 : pair.start === 'other' && room > 0.5;
}

/** Whether a line has room for more than one short word of the next. */
export function hasRoom(pair: Pair, width: number): boolean {
  const place = placeOf(pair, width);
  return place === 'short' || place === 'far';
}
