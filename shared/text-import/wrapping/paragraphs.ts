import { findOwnWidth, hasRoom, isBreak, isWrappedAt, placeOf, type Stretch } from './evidence.ts';
import { isSoft, pairsOf, stretchOf, type Flow } from './flow.ts';
import { joinLines } from './join.ts';
import { indentOf, outdent, stripped, withoutEnd, type SourceLine } from '../lines.ts';
import type { Pair } from './measure.ts';
import { isTable } from '../signs.ts';

/** A paragraph, or a line that stays one. */
export interface Paragraph {
  readonly text: string;
  /** Of its first line. */
  readonly line: number;
  /** Lines that it was written in. */
  readonly lines: number;
  /** One of a table that is set by spaces. */
  readonly table?: true;
}

/** Lines with nothing between them that begins anything else, as paragraphs. */
export function readParagraphs(lines: readonly SourceLine[], flow: Flow): Paragraph[] {
  const texts = lines.map(({ text }) => text);
  if (lines.length > 1 && isTable(texts)) {
    return keptLines(lines).map((paragraph) => ({ ...paragraph, table: true }));
  }
  if (flow.flowed) return joined(lines, (i) => !isSoft(texts[i] ?? ''), flow);
  const stretch = stretchOf(texts, flow.habits.measure);
  const { pairs } = stretch;
  const width = widthOf(stretch, flow);
  if (width === null) return keptLines(lines);
  const starts = indentedStarts(texts, pairs, width);
  const ends = (i: number) => {
    const pair = pairs[i];
    return starts.has(i + 1) || (pair !== undefined && isBreak(pair, width));
  };
  return joined(lines, ends, flow);
}

/** That these lines are wrapped at, or null. */
function widthOf(stretch: Stretch, { width, habits }: Flow): number | null {
  if (stretch.pairs.length === 0) return null;
  if (width !== null && isWrappedAt(stretch.pairs, width)) return width;
  return findOwnWidth(stretch, habits.measure);
}

/** Whether line `to` goes on with the paragraph that line `from` is of, in a text of such a flow. */
export function goesOn(from: string, to: string, { width, habits, flowed }: Flow): boolean {
  if (flowed) return isSoft(from);
  if (width === null) return false;
  const [pair] = pairsOf([from, to], habits.measure);
  if (!pair) return false;
  const place = placeOf(pair, width);
  return place === 'full' || (place === 'near' && !pair.ended);
}

function joined(
  lines: readonly SourceLine[],
  endsAfter: (index: number) => boolean,
  { habits }: Flow,
): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: SourceLine[] = [];
  lines.forEach((line, i) => {
    open.push(line);
    if (i < lines.length - 1 && !endsAfter(i)) return;
    paragraphs.push(oneParagraph(open, habits));
    open = [];
  });
  return paragraphs;
}

export function oneParagraph(lines: readonly SourceLine[], habits: Flow['habits']): Paragraph {
  const texts = lines.map(({ text }) => stripped(text));
  const text = texts.length === 1 ? (texts[0] ?? '') : joinLines(texts, habits);
  return { text, line: lines[0]?.number ?? 1, lines: lines.length };
}

/** Wider than a verse or a table: spaces before it are an indentation of its paragraph. */
const wide = 100;

/** Each as it is; verses stay as far in as they are from each other. */
function keptLines(lines: readonly SourceLine[]): Paragraph[] {
  const margin = Math.min(...lines.map(({ text }) => indentOf(text)));
  const set = lines.length > 1 && lines.every(({ text }) => text.length <= wide);
  return lines.map(({ text, number }) => ({
    text: set ? withoutEnd(outdent(text, margin)) : stripped(text),
    line: number,
    lines: 1,
  }));
}

/** Columns that a first line is set in by, at least. */
const leastIndent = 2;

/**
 * Lines that begin a paragraph by where they begin: those that are set in, or, where the others are,
 * those that are not.
 */
function indentedStarts(
  texts: readonly string[],
  pairs: readonly Pair[],
  width: number,
): ReadonlySet<number> {
  const indents = texts.map(indentOf);
  const margin = Math.min(...indents);
  const isIn = indents.map((indent) => indent >= margin + leastIndent);
  const rest = isIn.slice(1).filter((set) => set).length;
  const hanging = isIn[0] === false && rest * 2 > texts.length - 1;
  const starts = new Set<number>();
  for (let i = 1; i < texts.length; i += 1) {
    const pair = pairs[i - 1];
    if (!pair || isIn[i] === hanging) continue;
    const ends = pair.ended || hasRoom(pair, width);
    if (hanging ? isIn[i - 1] : ends && pair.start !== 'lower') starts.add(i);
  }
  return starts;
}
