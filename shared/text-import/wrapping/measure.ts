/** What a line break between two lines looks like. */
export interface Pair {
  /** Of the first line. */
  readonly length: number;
  /** What the first line would have been long with the next one's first word in it. */
  readonly wanted: number;
  /** The first line is one word, which nobody could have wrapped. */
  readonly oneWord: boolean;
  /** So are both: two addresses under each other. */
  readonly bothOneWord: boolean;
  /** The first line ends a sentence. */
  readonly ended: boolean;
  readonly start: 'lower' | 'upper' | 'other';
}

/** How long a line is: in characters, or in the columns of a screen. */
export type Measure = 'characters' | 'columns';

/** Scripts that are written without spaces, with their punctuation; Hangul has spaces. */
const unspaced =
  String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}` +
  String.raw`\u3001-\u303F\u30FB\u30FC\uFF01-\uFF60\uFE30-\uFE4F`;
const unspacedStart = new RegExp(`^[${unspaced}]`, 'u');
const unspacedEnd = new RegExp(`[${unspaced}]$`, 'u');
const unspacedAll = new RegExp(`[${unspaced}]`, 'gu');
const wideAll = new RegExp(String.raw`[${unspaced}\p{Script=Hangul}\u3000]`, 'gu');
/** A word up to a space, or to where an unspaced script begins. */
const firstWord = new RegExp(String.raw`^[^\s${unspaced}]+`, 'u');
/** A character of an unspaced script, with what may not stand at the beginning of a line. */
const firstSign = new RegExp(String.raw`^[${unspaced}][、。，．・：；？！）」』】〕〉》”’]*`, 'u');

export function startsUnspaced(text: string): boolean {
  return unspacedStart.test(text);
}

export function endsUnspaced(text: string): boolean {
  return unspacedEnd.test(text);
}

/** Whether most of a text is of a script without spaces. */
export function isUnspaced(text: string): boolean {
  return (text.match(unspacedAll)?.length ?? 0) * 2 > text.length;
}

export function lengthOf(text: string, measure: Measure): number {
  let length = text.length;
  if (/[\ud800-\udbff]/.test(text)) length = [...text].length;
  return measure === 'columns' ? length + (text.match(wideAll)?.length ?? 0) : length;
}

/**
 * A full stop, question or exclamation mark in any script, with what may close around it: a bracket, a
 * quote mark, a note's number.
 */
const sentenceEnd =
  /[.!?…。！？．؟۔।‽][\p{Pe}\p{Pf}\p{Pi}"'*_\s\u00B9\u00B2\u00B3\u2070-\u2079]*(?:\[\d{1,3}\]\s*)?$/u;

export function endsSentence(text: string): boolean {
  return sentenceEnd.test(text);
}

/** Letters with full stops, an initial, a title: a sentence goes on behind them more often than not. */
const abbreviated =
  /(?:^|[\s(])(?:(?:\p{L}\.)+|(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nr|vs|cf|ca|bzw|etc|Jr|Sr|Gen|Rev|Hon|Mme|Mlle|Sra?)\.)\s*$/u;

/** The same, of a line that another comes after. */
export function endsSentenceBefore(text: string, next: string): boolean {
  return startOf(next) !== 'lower' && endsSentence(text) && !abbreviated.test(text);
}

/** In capitals throughout, and more than a sign. */
export function isShouted(text: string): boolean {
  return /\p{Lu}.*\p{Lu}.*\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text);
}

/** Whether the first letter is large; brackets and quote marks before it do not count. */
export function startOf(text: string): Pair['start'] {
  const [, letter = '', next = ''] = /^[\s\p{P}\p{S}]*(.?)(.?)/u.exec(text) ?? [];
  if (/\p{Ll}/u.test(letter)) return 'lower';
  // The English "I" is large wherever it stands.
  if (letter === 'I' && /['’\s]/.test(next)) return 'other';
  return /[\p{Lu}\p{Lt}]/u.test(letter) ? 'upper' : 'other';
}

function isOneWord(line: string): boolean {
  return !/\S\s+\S/.test(line) && !endsUnspaced(line.trimEnd());
}

/** `from` and `to` are two lines under each other, `to` without its indentation. */
export function pairOf(from: string, to: string, measure: Measure): Pair {
  const line = from.trimEnd();
  const word = firstSign.exec(to)?.[0] ?? firstWord.exec(to)?.[0] ?? '';
  const gap = startsUnspaced(to) || endsUnspaced(line) ? 0 : 1;
  const length = lengthOf(line, measure);
  const oneWord = isOneWord(line);
  return {
    length,
    wanted: length + gap + lengthOf(word, measure),
    oneWord,
    bothOneWord: oneWord && isOneWord(to),
    ended: endsSentenceBefore(line, to),
    start: startOf(to),
  };
}
