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

/** Of one kind with the apostrophe: ‘ ’ ‚ ‛ ‹ › ′ ´ ʼ. */
const single = "'\\u2018-\\u201b\\u2039\\u203a\\u2032\\u00b4\\u02bc\\uff07";
/** “ ” „ ‟ « » ″ 〝 〞 〟 「 」 『 』. */
const double = '"\\u201c-\\u201f\\u00ab\\u00bb\\u2033\\u301d-\\u301f\\u300c-\\u300f\\uff02';
/** What has no width and says nothing: soft hyphen, zero-width space, word joiner, marks of direction. */
const blank = '\\s\\u00ad\\u200b\\u2060\\u200e\\u200f';
/**
 * Forms of other characters: hyphens, the ellipsis, ligatures, Arabic and wide letters. Not all that
 * NFKC takes for the same: 10⁶ is not 106.
 */
const forms = '\\u2010\\u2011\\u2026\\ufb00-\\ufb06\\ufb50-\\ufdfb\\ufe70-\\ufefc\\uff01-\\uffdc';
/** Marks, and the letters that Hangul syllables go on with. */
const joined = '\\p{M}\\u1160-\\u11ff';

const isSingle = new RegExp(`^[${single}]`, 'u');
const isForm = new RegExp(`^[${forms}]`, 'u');
const isMark = /^\p{M}/u;

const patternFor = (quotes: string, others: string) =>
  new RegExp(`(?<quote>${quotes})|(?<blank>[${blank}]+)|${others}`, 'gu');
const quote = `[${single}${double}]`;
const form = `[${forms}][\\uff9e\\uff9f]?`;
/** In a text that is not in NFC, everything that could come out otherwise. */
const unnormal = `(?:${form}|[^\\0-\\x7f]|[\\0-\\x7f](?=[${joined}]))[${joined}]*`;
const patterns = {
  normal: patternFor(quote, form),
  unnormal: patternFor(quote, unnormal),
  normalAny: patternFor(`[${blank}]*${quote}[${blank}]*`, form),
  unnormalAny: patternFor(`[${blank}]*${quote}[${blank}]*`, unnormal),
};

/**
 * A text in which quotation marks of one kind, white space of any kind and length, and the Unicode forms
 * of a character are one, with the way back: each unit of `text` knows which characters it comes from.
 */
export class FoldedText {
  readonly text: string;
  /** Where the characters of each unit begin and end; units of the same characters are neighbours. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(text: string, options: FoldOptions = {}) {
    let folded = '';
    let from = 0;
    const lower = options.ignoreCase === true ? lowerCase : (part: string) => part;
    const plain = (to: number) => {
      for (const part of evenly(text.slice(from, to), lower)) {
        this.#note(part, from);
        folded += part.folded;
        from += part.length;
      }
    };
    for (const match of text.matchAll(patternOf(text, options))) {
      plain(match.index);
      const part = foldPart(match, options, lower);
      this.#note(part, match.index);
      folded += part.folded;
      from = match.index + match[0].length;
    }
    plain(text.length);
    this.text = folded;
  }

  /** How many units come from what is before an offset. */
  unitAt(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * The characters that units come from; of none, the point before the unit `from`. What was folded to
   * nothing is inside, but not at the edges.
   */
  rangeOf({ from, to }: Range): Range {
    const start = this.#starts[from] ?? this.#ends.at(-1) ?? 0;
    return { from: start, to: from < to ? (this.#ends[to - 1] ?? start) : start };
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
      const whole =
        this.#isEdge(at) && this.#isEdge(end) && !isMark.test(this.text.slice(end, end + 2));
      if (whole) yield { from: at, to: end };
      at = this.text.indexOf(part, whole && !overlapping ? end : at + 1);
    }
  }

  /** Whether the units at both sides come from different characters. */
  #isEdge(unit: number): boolean {
    return unit === 0 || unit === this.text.length || this.#starts[unit - 1] !== this.#starts[unit];
  }

  #note({ folded, lead, length, letters }: Part, at: number): void {
    for (let i = 0; i < folded.length; i++) {
      const from = at + lead + (letters ? i : 0);
      this.#starts.push(from);
      this.#ends.push(letters ? from + 1 : at + lead + length);
    }
  }
}

/** Where a text has what is sought, one place not within another. */
export function findFolded(text: string, sought: string, options?: FoldOptions): Range[] {
  const folded = new FoldedText(text, options);
  const { text: part } = new FoldedText(sought, options);
  return [...folded.occurrences(part)].map((units) => folded.rangeOf(units));
}

/** Characters, and what they are folded to. */
interface Part {
  readonly folded: string;
  /** How many of them are only beside what it stands for. */
  readonly lead: number;
  readonly length: number;
  /** Each unit stands for the one at its place; otherwise each for all. */
  readonly letters: boolean;
}

function foldPart(
  { 0: part, groups }: RegExpExecArray,
  { anyQuotes }: FoldOptions,
  lower: (part: string) => string,
): Part {
  if (groups?.['quote'] !== undefined) {
    const lead = part.search(/[^\s\u00ad\u200b\u2060\u200e\u200f]/u);
    const mark = part.slice(lead, lead + 1);
    const folded = anyQuotes === true || isSingle.test(mark) ? "'" : '"';
    return { folded, lead, length: 1, letters: false };
  }
  const shape = { lead: 0, length: part.length, letters: false };
  if (groups?.['blank'] !== undefined) return { folded: /\s/u.test(part) ? ' ' : '', ...shape };
  const form = isForm.test(part) ? 'NFKC' : 'NFC';
  return { folded: lower(part.normalize(form)).replace('\u2010', '-'), ...shape };
}

function patternOf(text: string, { anyQuotes }: FoldOptions): RegExp {
  const normal = text.normalize('NFC') === text;
  if (anyQuotes === true) return normal ? patterns.normalAny : patterns.unnormalAny;
  return normal ? patterns.normal : patterns.unnormal;
}

/** Text without anything special in it: letter by letter where its lower case has other lengths. */
function evenly(text: string, lower: (part: string) => string): Part[] {
  if (text === '') return [];
  const folded = lower(text);
  if (folded.length === text.length) {
    return [{ folded, lead: 0, length: text.length, letters: true }];
  }
  return Array.from(text, (letter) => {
    const small = lower(letter);
    const letters = small.length === letter.length;
    return { folded: small, lead: 0, length: letter.length, letters };
  });
}

/** The last letter of a word is written otherwise in Greek. */
function lowerCase(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}
