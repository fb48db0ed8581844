import type { Declarations } from '../styles/style.ts';

/* The numbers that browsers and Word draw before the items of lists. */

/** Counts through a list as browsers do (HTML, "ordinal value"). */
export interface Numbering {
  next: number;
  readonly step: 1 | -1;
  readonly type: string;
}

const types: Readonly<Record<string, string>> = {
  ...{ '1': 'decimal', a: 'lower-alpha', A: 'upper-alpha', i: 'lower-roman', I: 'upper-roman' },
  ...{ 'lower-latin': 'lower-alpha', 'upper-latin': 'upper-alpha' },
};
const known =
  /\b(?:none|decimal(?:-leading-zero)?|(?:lower|upper)-(?:alpha|latin|roman|greek)|disc|circle|square|[a-z]+-(?:decimal|alpha|alphabetic|ideographic|formal|informal)|hiragana|katakana|hebrew|armenian|georgian|arabic-indic)\b/;

/** How a list, or an item that says so itself, draws its numbers; undefined where it says nothing. */
export function numberType(element: Element, style: Declarations): string | undefined {
  const styled = style.get('list-style-type') ?? known.exec(style.get('list-style') ?? '')?.[0];
  const named = styled ?? element.getAttribute('type')?.trim();
  return named === undefined || named === '' ? undefined : (types[named] ?? named.toLowerCase());
}

export function numberingOf(list: Element, style: Declarations): Numbering {
  const items = [...list.children].filter(({ localName }) => localName === 'li').length;
  const reversed = list.hasAttribute('reversed');
  const start = Number.parseInt(list.getAttribute('start') ?? '', 10);
  return {
    next: Number.isNaN(start) ? (reversed ? items : 1) : start,
    step: reversed ? -1 : 1,
    type: numberType(list, style) ?? 'decimal',
  };
}

/** The number of an item; the list goes on behind it. */
export function takeNumber(list: Numbering, item: Element): number {
  const value = Number.parseInt(item.getAttribute('value') ?? '', 10);
  const number = Number.isNaN(value) ? list.next : value;
  list.next = number + list.step;
  return number;
}

/** "3", "c", "iii"; undefined where there is no such sign, as of 0 in letters. */
export function shownNumber(number: number, type: string): string | undefined {
  if (/decimal|disc|none/.test(type)) return String(number);
  const sign = /alpha/.test(type) ? lettersOf(number) : /roman/.test(type) ? romanOf(number) : '';
  if (sign === '') return undefined;
  return type.startsWith('upper') ? sign.toUpperCase() : sign;
}

/** a, b … z, aa, ab … */
function lettersOf(number: number): string {
  let sign = '';
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    sign = String.fromCharCode(97 + ((rest - 1) % 26)) + sign;
  }
  return sign;
}

const romans: readonly (readonly [number, string])[] = [
  ...([
    [1000, 'm'],
    [900, 'cm'],
    [500, 'd'],
    [400, 'cd'],
    [100, 'c'],
    [90, 'xc'],
  ] as const),
  ...([
    [50, 'l'],
    [40, 'xl'],
    [10, 'x'],
    [9, 'ix'],
    [5, 'v'],
    [4, 'iv'],
    [1, 'i'],
  ] as const),
];

function romanOf(number: number): string {
  if (number < 1 || number > 3_999) return '';
  let sign = '';
  let rest = number;
  for (const [value, letters] of romans) {
    for (; rest >= value; rest -= value) sign += letters;
  }
  return sign;
}

/**
 * What Word has written before an item: `ordered` and its number, NaN where that is no plain number
 * ("a)", "1.2."). Undefined where it says something, as "Article 3" does.
 */
export function readSign(text: string): { ordered: boolean; number?: number } | undefined {
  const sign = text.trim();
  const plain = /^\(?(\d+)[.)]?$/.exec(sign)?.[1];
  if (plain !== undefined) return { ordered: true, number: Number(plain) };
  if (
    /^\(?(?:[\divxlcdm]+|\p{L}{1,2})(?:\.\d+|\.\p{L})*[.)]$/iu.test(sign) ||
    /^\d+(?:\.\d+)+$/.test(sign)
  )
    return { ordered: true, number: Number.NaN };
  return [...sign].length <= 1 || !/[\p{L}\p{N}]/u.test(sign) ? { ordered: false } : undefined;
}
