/**
 * Text as it is compared where it need not be the same to the letter: a quote that comes from a web page
 * or a mail, a word that is sought by who types straight quotation marks.
 */

/** UTF-16 offsets into a text. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface FoldOptions {
  /** Capital and small letters are the same. */
  readonly ignoreCase?: boolean;
  /**
   * All quotation marks are the same, single or double, and so are spaces beside them or none: styles
   * differ in both («&nbsp;Non&nbsp;», »Nein«, ‘No’).
   */
  readonly anyQuotes?: boolean;
}

/** Of one kind with the apostrophe: ‘ ’ ‚ ‛ ′ ´ ʼ, and ‹ ›. */
const single = "'\\u2018-\\u201b\\u2032\\u00b4\\u02bc\\uff07";
const singleAngle = '\\u2039\\u203a';
/** “ ” „ ‟ ″ 〝 〞 〟 「 」 『 』, and « ». */
const double = '"\\u201c-\\u201f\\u2033\\u301d-\\u301f\\u300c-\\u300f\\uff02';
const doubleAngle = '\\u00ab\\u00bb';
/** What stands between French quotation marks and their words: no-break and thin spaces. */
const narrow = '\\u00a0\\u202f\\u2007\\u2009';
/**
 * What has no width and says nothing: soft hyphen, zero-width space and non-joiner, word joiner, marks
 * of direction.
 */
const widthless =
  '\\u00ad\\u200b\\u200c\\u2060\\ufeff\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const blank = `\\s${widthless}`;
/** A joiner makes one sign of several emoji; between letters it says nothing. */
const blanks = `(?:[${blank}]|\\u200d(?!\\p{Extended_Pictographic}))+`;
/**
 * Forms of other characters: the ellipsis, ligatures, Arabic and wide letters. Not all that NFKC takes
 * for the same: 10⁶ is not 106.
 */
const forms = '\\u2026\\ufb00-\\ufb06\\ufb50-\\ufdfb\\ufe70-\\ufefc\\uff01-\\uffdc';
/** Marks, and the letters that Hangul syllables go on with. */
const joined = '\\p{M}\\u1160-\\u11ff';

const isForm = new RegExp(`^[${forms}]`, 'u');
/** Goes on with what stands before it: a mark, the colour of an emoji, the joiner of several. */
const goesOn = /^[\p{M}\p{Emoji_Modifier}\u200d]/u;
const notBlank = new RegExp(`[^${blank}]`, 'u');
const hasWidth = /[^\S\ufeff]/u;

/**
 * Characters that stand for one other, wherever they are. They are replaced all at once: each match of
 * a pattern costs hundreds of times as much.
 *
 * A minus sign and the hyphens that are kept together are typed as "-". Dashes are signs of their own:
 * what stands for them is " - " or "--".
 */
const even: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`[${single}]`, 'gu'), "'"],
  [new RegExp(`[${double}]`, 'gu'), '"'],
  [/[\u2010\u2011\u2212]/g, '-'],
  [/[\t-\r\u1680\u2000-\u2006\u2008\u200a\u2028\u2029\u205f\u3000]/g, ' '],
  [new RegExp(`(?<![\\u00ab\\u2039${narrow}])[${narrow}](?![\\u00bb\\u203a${narrow}])`, 'g'), ' '],
];
const anyQuote = new RegExp(`["${doubleAngle}${singleAngle}]`, 'gu');
const angles: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`[${singleAngle}]`, 'g'), "'"],
  [new RegExp(`[${doubleAngle}]`, 'g'), '"'],
];

const pattern = (quotes: string, others: string) =>
  // A space by itself stays what it is.
  new RegExp(`(${quotes})|(?! [^${blank}])(${blanks})|${others}`, 'gu');
/** No other spaces: German and Danish ones have theirs on the outside (und »Nein« sagt). */
const angled = `[\\u00ab\\u2039][${narrow}]+|[${narrow}]+[\\u00bb\\u203a]`;
const spaced = `[${blank}]+'[${blank}]*|'[${blank}]+`;
const form = `[${forms}][\\uff9e\\uff9f]?`;
/** In a text that is not in NFC, everything that could come out otherwise. */
const unnormal = `(?:${form}|[^\\0-\\x7f]|[\\0-\\x7f](?=[${joined}]))[${joined}]*`;
const patterns = {
  normal: pattern(angled, form),
  unnormal: pattern(angled, unnormal),
  normalAny: pattern(spaced, form),
  unnormalAny: pattern(spaced, unnormal),
};

/**
 * A text in which quotation marks of one kind, white space of any kind and length, and the Unicode forms
 * of a character are one, with the way back: each unit of `text` knows which characters it comes from.
 */
export class FoldedText {
  readonly text: string;
  /** Where units and characters are not one for one, in order. */
  readonly #folds: Fold[] = [];
  readonly #length: number;

  constructor(written: string, options: FoldOptions = {}) {
    const text = evened(written, options);
    const lower = options.ignoreCase === true ? lowerCase : (part: string) => part;
    let folded = '';
    let from = 0;
    const plain = (to: number) => {
      if (from === to) return;
      for (const { 0: part, 1: small } of evenly(text.slice(from, to), lower)) {
        if (small.length !== part.length)
          this.#note(folded.length, small.length, from, part.length);
        folded += small;
        from += part.length;
      }
    };
    for (const match of text.matchAll(patternOf(text, options))) {
      const [part] = match;
      plain(match.index);
      const small = foldPart(match, options, lower);
      if (small.length !== part.length || part.length > 1) {
        const lead = match[1] === undefined ? 0 : part.search(notBlank);
        const length = match[1] === undefined ? part.length : 1;
        this.#note(folded.length, small.length, from, part.length, lead, length);
      }
      folded += small;
      from = match.index + part.length;
    }
    plain(text.length);
    this.text = angles.reduce((all, [sign, one]) => all.replace(sign, one), folded);
    this.#length = text.length;
  }

  /** How many units come from what is before an offset. */
  unitAt(offset: number): number {
    const next = this.#count(({ start }) => start < offset);
    const fold = this.#folds[next - 1] ?? beginning;
    const until = Math.min(offset, this.#folds[next]?.offset ?? this.#length);
    return fold.unit + fold.units + Math.max(0, until - fold.behind);
  }

  /**
   * The characters that units come from; of none, the point before the unit `from`. What was folded to
   * nothing is inside, but not at the edges.
   */
  rangeOf({ from, to }: Range): Range {
    if (from < to) return { from: this.#charsOf(from).from, to: this.#charsOf(to - 1).to };
    const at = from < this.text.length ? this.#charsOf(from).from : this.#charsOf(from - 1).to;
    return { from: at, to: at };
  }

  /**
   * Where units read `part`, which has to be folded likewise; never at a part of a character.
   * `overlapping`: also where a place begins within another.
   */
  *occurrences(part: string, { overlapping = false } = {}): Generator<Range> {
    if (part === '') return;
    let at = this.text.indexOf(part);
    while (at >= 0) {
      const end = at + part.length;
      const inside = this.text[at - 1] === '\u200d' || goesOn.test(this.text.slice(end, end + 2));
      const whole = !inside && this.#isEdge(at) && this.#isEdge(end);
      if (whole) yield { from: at, to: end };
      at = this.text.indexOf(part, whole && !overlapping ? end : at + 1);
    }
  }

  /** Whether the units at both sides come from different characters. */
  #isEdge(unit: number): boolean {
    const inside = unit > 0 && unit < this.text.length;
    return !inside || this.#charsOf(unit - 1).from !== this.#charsOf(unit).from;
  }

  #charsOf(unit: number): Range {
    if (unit < 0) return { from: 0, to: 0 };
    const fold = this.#folds[this.#count((one) => one.unit <= unit) - 1] ?? beginning;
    const { start, end, behind } = fold;
    const beyond = unit - fold.unit - fold.units;
    return beyond < 0
      ? { from: start, to: end }
      : { from: behind + beyond, to: behind + beyond + 1 };
  }

  #note(
    unit: number,
    units: number,
    offset: number,
    whole: number,
    lead = 0,
    length: number = whole,
  ): void {
    const start = offset + lead;
    this.#folds.push({ unit, units, offset, start, end: start + length, behind: offset + whole });
  }

  /** How many folds satisfy `below`, which none does behind one that does not. */
  #count(below: (fold: Fold) => boolean): number {
    let [low, high] = [0, this.#folds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const fold = this.#folds[middle];
      if (fold !== undefined && below(fold)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Characters that became more units or fewer, from `offset` to `behind`. */
interface Fold {
  readonly unit: number;
  readonly units: number;
  readonly offset: number;
  /** Those that count are here; the others are only beside them. */
  readonly start: number;
  readonly end: number;
  readonly behind: number;
}

const beginning: Fold = { unit: 0, units: 0, offset: 0, start: 0, end: 0, behind: 0 };

/** Where a text has what is sought, one place not within another. */
export function findFolded(text: string, sought: string, options?: FoldOptions): Range[] {
  const folded = new FoldedText(text, options);
  const { text: part } = new FoldedText(sought, options);
  return [...folded.occurrences(part)].map((units) => folded.rangeOf(units));
}

/** What a match of a pattern is folded to. */
function foldPart(
  { 0: part, 1: quoted, 2: blanks }: RegExpExecArray,
  { anyQuotes }: FoldOptions,
  lower: (part: string) => string,
): string {
  if (quoted !== undefined) return anyQuotes === true ? "'" : quoted.trim();
  if (blanks !== undefined) return hasWidth.test(blanks) ? ' ' : '';
  return lower(part.normalize(isForm.test(part) ? 'NFKC' : 'NFC'));
}

/** With what stands for one other character replaced: as long as it was. */
function evened(text: string, { anyQuotes }: FoldOptions): string {
  const all = even.reduce((part, [sign, one]) => part.replace(sign, one), text);
  return anyQuotes === true ? all.replace(anyQuote, "'") : all;
}

function patternOf(text: string, { anyQuotes }: FoldOptions): RegExp {
  const normal = text.normalize('NFC') === text;
  if (anyQuotes === true) return normal ? patterns.normalAny : patterns.unnormalAny;
  return normal ? patterns.normal : patterns.unnormal;
}

/**
 * Text without anything special in it and its lower case: all at once, or letter by letter where that has
 * other lengths.
 */
function evenly(text: string, lower: (part: string) => string): [string, string][] {
  const small = lower(text);
  if (small.length === text.length) return [[text, small]];
  return Array.from(text, (letter) => [letter, lower(letter)]);
}

/** The last letter of a word is written otherwise in Greek. */
function lowerCase(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}
