/** A past text as it is drawn: its lines, with what was changed in them and who wrote them. Pure. */
import {
  footnoteOf,
  type Comparison,
  type FootnoteChange,
  type FormatChange,
  type LineChange,
  type TextPart,
} from '../../../../../shared/document/compare/index.ts';
import {
  readBlocks,
  type Embed,
  type LineKind,
  type Marks,
} from '../../../../../shared/document/index.ts';
import { wholeWords } from './whole-words.ts';

/** Who wrote a stretch, and when (ISO 8601); `userId` null: the server. */
export interface Author {
  readonly from: number;
  readonly to: number;
  readonly userId: string | null;
  readonly at: string;
}

export type ShownPart = {
  readonly change: TextPart['change'];
  readonly marks: Marks;
  /** How the look of words that stayed was changed. */
  readonly formats: readonly FormatChange[];
  /** Null for what was removed, and where it is not known. */
  readonly author: Author | null;
} & ({ readonly text: string } | { readonly embed: Embed; readonly number: number | null });

export interface ShownLine {
  readonly key: string;
  /** What it is; of a line that is gone, what it was. */
  readonly kind: LineKind;
  /** What it was, where it is something else now. */
  readonly was: LineKind | null;
  readonly change: LineChange['change'];
  readonly restyled: boolean;
  /** How what its line break says was changed. */
  readonly formats: readonly FormatChange[];
  /** Where the line begins in the text before and after; null where it is not there. */
  readonly before: number | null;
  readonly after: number | null;
  readonly parts: readonly ShownPart[];
}

/** The lines of a comparison, with those that are gone. Authors are of the later text. */
export function shownLines(changes: Comparison, authors: readonly Author[]): ShownLine[] {
  const numbers = new NoteNumbers();
  return changes.lines.map((line) => {
    const { change, restyled, formats = [], before, after, block } = line;
    const { before: was, after: is } = block;
    return {
      key: after === null ? `b${before}` : `a${after}`,
      kind: is ?? was ?? { kind: 'paragraph' },
      was: is !== null && was !== null && formats.length > 0 ? was : null,
      ...{ change, restyled, formats, before, after },
      parts: shownParts(line.parts, { authors, from: after, numbers }),
    };
  });
}

/** A footnote as it is drawn. */
export interface ShownNote {
  readonly id: string;
  readonly change: FootnoteChange['change'];
  /** Its number in the later text; of one that has no mark there, in the earlier. */
  readonly number: number | null;
  /** Whether its mark was put in or taken out, while the footnote itself was there before and after. */
  readonly mark: 'same' | 'added' | 'removed';
  readonly parts: readonly ShownPart[];
}

/** The footnotes that the text refers to, and all of which something was changed. */
export function shownNotes({ lines, footnotes }: Comparison): ShownNote[] {
  const numbers = firstNumbers(lines);
  return footnotes
    .filter(({ change, before, after }) => change !== 'same' || before !== null || after !== null)
    .map(({ id, change, before, after, parts }) => {
      const stayed = change !== 'added' && change !== 'removed';
      const gone = stayed && before !== null && after === null;
      const fresh = stayed && before === null && after !== null;
      return {
        ...{ id, change, number: numbers.get(id) ?? null },
        mark: gone ? 'removed' : fresh ? 'added' : 'same',
        parts: shownParts(parts),
      };
    });
}

export function isChanged({ change, mark }: ShownNote): boolean {
  return change !== 'same' || mark !== 'same';
}

function firstNumbers(lines: readonly LineChange[]): ReadonlyMap<string, number> {
  const [before, after] = [new Map<string, number>(), new Map<string, number>()];
  const numbers = new NoteNumbers();
  for (const part of lines.flatMap(({ parts }) => parts)) {
    const id = footnoteOf(part);
    if (id === undefined) continue;
    const side = part.change === 'removed' ? before : after;
    const number = numbers.next(part.change);
    if (!side.has(id)) side.set(id, number);
  }
  return new Map([...before, ...after]);
}

/** Counts the marks of footnotes in the order of the text: of those that were removed, the earlier. */
class NoteNumbers {
  #before = 0;
  #after = 0;

  next(change: TextPart['change']): number {
    if (change !== 'added') this.#before += 1;
    if (change !== 'removed') this.#after += 1;
    return change === 'removed' ? this.#before : this.#after;
  }
}

/** The words of a section's heading, or null for the lede, by where it begins. */
export interface SectionStart {
  readonly at: number;
  readonly heading: string | null;
}

/**
 * Where sections can be brought back: the shown lines that begin one in the text that is looked at,
 * by their keys. A text without headings is one whole, and has none.
 */
export function sectionStarts(
  lines: readonly ShownLine[],
  side: 'before' | 'after',
): ReadonlyMap<string, SectionStart> {
  const starts = new Map<string, SectionStart>();
  const headings = lines.filter((line) => line[side] !== null && line.kind.kind === 'heading');
  if (headings.length === 0) return starts;
  const first = lines.find((line) => line[side] === 0);
  if (first !== undefined && first.kind.kind !== 'heading') {
    starts.set(first.key, { at: 0, heading: null });
  }
  for (const line of headings) {
    const at = line[side];
    if (at !== null) starts.set(line.key, { at, heading: wordsOf(line, side).trim() });
  }
  return starts;
}

function wordsOf({ parts }: ShownLine, side: 'before' | 'after'): string {
  const other = side === 'before' ? 'added' : 'removed';
  return parts.map((part) => ('text' in part && part.change !== other ? part.text : '')).join('');
}

export interface PartsOf {
  /** Who wrote the text that the parts are of, and where in it they begin. */
  readonly authors: readonly Author[];
  readonly from: number | null;
  readonly numbers: NoteNumbers;
}

/** Parts by whole words, divided where their authors change. */
export function shownParts(
  changes: readonly TextPart[],
  { authors, from, numbers }: PartsOf = { authors: [], from: null, numbers: new NoteNumbers() },
): ShownPart[] {
  const parts: ShownPart[] = [];
  let index = from ?? 0;
  for (const part of wholeWords(changes)) {
    const { change, text, embed, attributes, formats = [] } = part;
    const marks = marksOf(attributes);
    for (let at = 0; at < text.length;) {
      const isKnown = change !== 'removed' && from !== null;
      const author = isKnown ? authorAt(authors, index) : null;
      const to = Math.min(text.length, author === null ? text.length : at + author.to - index);
      const shared = { change, marks, formats, author };
      if (embed === undefined) parts.push({ ...shared, text: text.slice(at, to) });
      else {
        const shown = embedOf(embed);
        const number = shown.kind === 'footnote' ? numbers.next(change) : null;
        parts.push({ ...shared, embed: shown, number });
      }
      if (change !== 'removed') index += to - at;
      at = to;
    }
  }
  return parts;
}

function marksOf(attributes: TextPart['attributes']): Marks {
  return readBlocks([{ insert: ' ', attributes }])[0]?.spans[0]?.marks ?? {};
}

function embedOf(value: object): Embed {
  const span = readBlocks([{ insert: value }])[0]?.spans[0];
  return span !== undefined && 'embed' in span ? span.embed : { kind: 'unknown', value };
}

/** The stretch that an index is in; they are in order and do not overlap. */
export function authorAt(authors: readonly Author[], index: number): Author | null {
  let [low, high] = [0, authors.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const one = authors[middle];
    if (one === undefined) return null;
    if (index < one.from) high = middle - 1;
    else if (index >= one.to) low = middle + 1;
    else return one;
  }
  return null;
}

/** Lines around changes: those that are the same, but for the nearest, are left out as one gap. */
export function changedLines(lines: readonly ShownLine[]): (ShownLine | 'gap')[] {
  const near = new Set<number>();
  lines.forEach(({ change, restyled }, index) => {
    if (change === 'same' && !restyled) return;
    for (const one of [index - 1, index, index + 1]) near.add(one);
  });
  return lines.flatMap((line, index): (ShownLine | 'gap')[] => {
    if (near.has(index)) return [line];
    return index === 0 || near.has(index - 1) ? ['gap'] : [];
  });
}
