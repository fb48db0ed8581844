/** A past text as it is drawn: its lines, with what was changed in them and who wrote them. Pure. */
import type { Comparison, LineChange, TextPart } from '../../../../shared/document/compare/index.ts';
import {
  readBlocks,
  type DocumentModel,
  type Embed,
  type Line,
  type LineKind,
  type Marks,
  type Span,
} from '../../../../shared/document/index.ts';

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
  /** Null for what was removed, and where it is not known. */
  readonly author: Author | null;
} & ({ readonly text: string } | { readonly embed: Embed });

export interface ShownLine {
  readonly key: string;
  readonly kind: LineKind;
  readonly change: LineChange['change'];
  readonly restyled: boolean;
  /** Where the line begins in the text before and after; null where it is not there. */
  readonly before: number | null;
  readonly after: number | null;
  readonly parts: readonly ShownPart[];
}

/**
 * The lines of `model`, with what `changes` tells of them and of those that are gone. Lines that the
 * model lacks are shown as the changes have them, without looks.
 */
export function shownLines(
  model: DocumentModel,
  changes: Comparison | null,
  authors: readonly Author[],
): ShownLine[] {
  const lines = readBlocks(model.body);
  if (changes === null) {
    return lines.map((line) => {
      const parts = partsOf(line, [{ change: 'same', text: signsOf(line) }], authors);
      const place = { before: line.from, after: line.from };
      return { key: `a${line.from}`, kind: line, change: 'same', restyled: false, ...place, parts };
    });
  }
  const byStart = new Map(lines.map((line) => [line.from, line]));
  return changes.lines.map(({ change, restyled, kind, before, after, parts }) => {
    const line = after === null ? undefined : byStart.get(after);
    const whole = wholeWords(parts);
    return {
      key: after === null ? `b${before}` : `a${after}`,
      kind: line ?? kindOf(kind),
      change,
      restyled,
      before,
      after,
      parts: line === undefined ? whole.map(plain) : partsOf(line, whole, authors),
    };
  });
}

/** Whether two states are the same, as far as a comparison tells. */
export function isSame({ lines, title, standfirst }: Comparison): boolean {
  return (
    lines.every(({ change, restyled }) => change === 'same' && !restyled) &&
    [...title, ...standfirst].every(({ change }) => change === 'same')
  );
}

/** Changes within words as changes of the whole words: of “Never” for “Not”, people read no letters. */
export function wholeWords(parts: readonly TextPart[]): TextPart[] {
  const runs: { before: string; after: string; same: boolean }[] = [];
  for (const { change, text } of parts) {
    const same = change === 'same';
    let run = runs.at(-1);
    if (run === undefined || run.same !== same || same) {
      run = { before: '', after: '', same };
      runs.push(run);
    }
    if (change !== 'added') run.before += text;
    if (change !== 'removed') run.after += text;
  }
  runs.forEach((run, index) => {
    if (run.same) return;
    const [earlier, later] = [runs[index - 1], runs[index + 1]];
    const begins = isWord(run.before.at(0)) || isWord(run.after.at(0));
    const head = begins ? (/[\p{L}\p{N}]*$/u.exec(earlier?.after ?? '')?.[0] ?? '') : '';
    const ends = isWord(run.before.at(-1)) || isWord(run.after.at(-1));
    const tail = ends ? (/^[\p{L}\p{N}]*/u.exec(later?.after ?? '')?.[0] ?? '') : '';
    if (earlier) earlier.before = earlier.after = earlier.after.slice(0, -head.length || undefined);
    if (later) later.before = later.after = later.after.slice(tail.length);
    run.before = head + run.before + tail;
    run.after = head + run.after + tail;
  });
  return runs.flatMap(({ before, after, same }) => {
    const both: TextPart[] = same
      ? [{ change: 'same', text: after }]
      : [
          { change: 'removed', text: before },
          { change: 'added', text: after },
        ];
    return both.filter(({ text }) => text !== '');
  });
}

function isWord(sign: string | undefined): boolean {
  return sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
}

/** What a line is compared by: its text, with one sign for each embed. */
export function signsOf(line: { readonly spans: readonly Span[] }): string {
  return line.spans.map((span) => ('text' in span ? span.text : '\ufffc')).join('');
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

function partsOf(
  line: Line,
  changes: readonly TextPart[],
  authors: readonly Author[],
): ShownPart[] {
  const parts: ShownPart[] = [];
  const spans = new Spans(line.spans);
  let index = line.from;
  for (const part of changes) {
    if (part.change === 'removed') {
      parts.push(plain(part));
      continue;
    }
    for (let left = part.text.length; left > 0;) {
      const author = authorAt(authors, index);
      const piece = spans.take(Math.min(left, author === null ? left : author.to - index));
      if (piece === null) break;
      const { width, ...rest } = piece;
      parts.push({ change: part.change, author, ...rest });
      index += width;
      left -= width;
    }
  }
  return parts;
}

type Taken = { readonly width: number; readonly marks: Marks } & (
  { readonly text: string } | { readonly embed: Embed }
);

/** The spans of a line, taken from its beginning. */
class Spans {
  readonly #spans: readonly Span[];
  #index = 0;
  #offset = 0;

  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  /** At most so many signs that look alike; null at the end. */
  take(most: number): Taken | null {
    const span = this.#spans[this.#index];
    if (span === undefined) return null;
    const { marks } = span;
    if ('embed' in span) {
      this.#index += 1;
      return { width: 1, marks, embed: span.embed };
    }
    const text = span.text.slice(this.#offset, this.#offset + most);
    this.#offset += text.length;
    if (this.#offset >= span.text.length) {
      this.#index += 1;
      this.#offset = 0;
    }
    return { width: text.length, marks, text };
  }
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

/** A part of which only the words are known. */
function plain({ change, text }: TextPart): ShownPart {
  return { change, marks: {}, author: null, text };
}

/** Of a line that is not in the model, only what kind it was is told. */
function kindOf(kind: LineChange['kind']): LineKind {
  switch (kind) {
    case 'heading':
      return { kind, level: 2 };
    case 'list':
      return { kind, style: 'bullet', indent: 0 };
    case 'thesis':
    case 'counterpoint':
      return { kind, id: '' };
    case 'paragraph':
    case 'quote':
    case 'code':
      return { kind };
  }
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
